<?php
// Shows a buyer the Order IDs. The link in the mail is signed, so that nobody guesses others' orders.
declare(strict_types=1);

require __DIR__ . '/../src/shop.php';

[$number, $seal] = [$_GET['number'] ?? '', $_GET['seal'] ?? ''];
if (!is_string($number) || !is_string($seal) || !hash_equals(Shop\seal($number), $seal)) {
    Shop\answer(404, 'no such order');
}
$order = Shop\load($number);
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');
header('Referrer-Policy: no-referrer');
$text = fn(string $value): string => htmlspecialchars($value, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
?>
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Your order <?= $text($number) ?></title>
<h1>Your order <?= $text($number) ?></h1>
<?php if (empty($order['orderIds'])): ?>
<p>We wait for your payment.</p>
<?php else: ?>
<p>Enter an Order ID into the program to activate it:</p>
<ul>
<?php foreach ($order['orderIds'] as $id): ?>
<li><code><?= $text($id) ?></code></li>
<?php endforeach ?>
</ul>
<?php endif ?>
</html>
