<?php
// The payment provider tells that an order was paid. It repeats the call until it is answered 200.
declare(strict_types=1);

require __DIR__ . '/../src/shop.php';

$body = file_get_contents('php://input', length: 65536);
if (!hash_equals(Shop\signature($body), $_SERVER['HTTP_SIGNATURE'] ?? '')) {
    Shop\answer(403, 'not signed by the payment provider');
}
$paid = Shop\read_paid($body) ?? Shop\answer(400, 'not an order');

try {
    Shop\fulfil($paid);
} catch (Shop\Failure $failure) {
    error_log("order {$paid['number']}: {$failure->getMessage()}");
    if ($failure->retryAfter !== null) {
        header("Retry-After: $failure->retryAfter");
        Shop\answer(503, 'try again later');
    }
    Shop\answer(500, 'somebody has to look at this order');
}
Shop\answer(200, 'done');
