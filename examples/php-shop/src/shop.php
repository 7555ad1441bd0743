<?php
// The shop's side: its orders, its mails, who may call. Of licenses it knows what licensing.php offers.
declare(strict_types=1);

namespace Shop;

require __DIR__ . '/licensing.php';

function setting(string $name): string
{
    $value = getenv($name);
    return is_string($value) && $value !== '' ? $value : throw new \RuntimeException("$name is not set");
}

function answer(int $status, string $text): never
{
    http_response_code($status);
    header('Content-Type: text/plain');
    exit("$text\n");
}

function signature(string $text): string
{
    return hash_hmac('sha256', $text, setting('SHOP_SECRET'));
}

/** What goes with an order's number in the buyer's link. */
function seal(string $number): string
{
    return signature("order $number");
}

/** What the provider sent, checked; null if it is not what it should be. */
function read_paid(string $body): ?array
{
    $paid = json_decode($body, associative: true);
    $texts = [
        $paid['number'] ?? null, $paid['article'] ?? null,
        $paid['buyer']['number'] ?? null, $paid['buyer']['name'] ?? null, $paid['buyer']['email'] ?? null,
    ];
    foreach ($texts as $text) {
        if (!is_string($text) || $text === '') {
            return null;
        }
    }
    $count = $paid['count'] ?? null;
    $is_mail = filter_var($paid['buyer']['email'], FILTER_VALIDATE_EMAIL) !== false;
    $is_number = preg_match('/^[A-Za-z0-9-]{1,40}$/D', $paid['number']) === 1;
    return $is_mail && $is_number && is_int($count) && $count >= 1 && $count <= 100 ? $paid : null;
}

/** Brings an order to its end from wherever an earlier call left it. */
function fulfil(array $paid): void
{
    $number = $paid['number'];
    $lock = fopen(path($number, 'lock'), 'c');
    flock($lock, LOCK_EX);
    $order = load($number) ?? [];
    if (empty($order['orderIds'])) {
        $order['orderIds'] = (new Licensing())->sell($paid);
        save($number, $order);
    }
    if (empty($order['mailed'])) {
        mail_order($paid, $order['orderIds']);
        save($number, ['mailed' => true] + $order);
    }
}

function load(string $number): ?array
{
    $file = path($number, 'json');
    return is_file($file) ? json_decode(file_get_contents($file), associative: true) : null;
}

/** In one step: who reads sees the order before or after, never half of it. */
function save(string $number, array $order): void
{
    $file = path($number, 'json');
    $written = file_put_contents("$file.new", json_encode($order, JSON_THROW_ON_ERROR));
    if ($written === false || !rename("$file.new", $file)) {
        throw new Failure("$file can't be written");
    }
}

function path(string $number, string $kind): string
{
    return setting('SHOP_DATA') . '/' . rawurlencode($number) . ".$kind";
}

function mail_order(array $paid, array $orderIds): void
{
    ['number' => $number, 'buyer' => $buyer] = $paid;
    $link = setting('SHOP_URL') . '/order.php?' . http_build_query(['number' => $number, 'seal' => seal($number)]);
    $text = "Thank you for your order $number.\n\n"
        . "Enter an Order ID into the program to activate it:\n\n    "
        . implode("\n    ", $orderIds)
        . "\n\nThey are also here:\n$link\n";
    send($number, $buyer['email'], "Your order $number", $text);
}

function send(string $number, string $to, string $subject, string $text): void
{
    $headers = ['Content-Type' => 'text/plain; charset=utf-8'];
    $folder = getenv('SHOP_MAILS');
    $sent = is_string($folder) && $folder !== ''
        ? file_put_contents("$folder/$number.txt", "To: $to\nSubject: $subject\n\n$text", FILE_APPEND) !== false
        : mail($to, $subject, $text, $headers);
    if (!$sent) {
        throw new Failure('the mail did not go out', retryAfter: 300);
    }
}
