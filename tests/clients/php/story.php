<?php
declare(strict_types=1);

$url = getenv('LDS_URL');
$ref = getenv('LDS_REF');

// One element of a list is still a list.
$options = ['features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'cache_wsdl' => WSDL_CACHE_NONE];
$vendor = new SoapClient("$url/soap/v1?wsdl", $options + [
    'login' => getenv('LDS_USER'),
    'password' => getenv('LDS_PASSWORD'),
]);
$activation = new SoapClient("$url/soap/activation/v1?wsdl", $options);

// Create.
$result = $vendor->storeCustomers(['customer' => [[
    'name' => 'Müller & Söhne <Wien>',
    'contact' => [['name' => 'Eva Muster', 'email' => 'eva@example.com'], ['name' => 'Jo']],
    'address' => ['city' => 'Wien'],
    'externalRef' => $ref,
    'attribute' => [['name' => 'segment', 'value' => 'gold']],
]]])->result;
$id = $result->item[0]->customer->id;
echo "created $id\n";

// Find.
$customer = $vendor->findCustomers(['externalRef' => $ref])->result->customer[0];
echo "found $customer->name\n";

// Change, and store back whole.
$customer->notes = 'Calls back on Monday.';
$stored = $vendor->storeCustomers(['customer' => [$customer]])->result->item[0]->customer;
echo "stored $stored->revision\n";

// Sell: one Order ID.
$order = ['customerId' => $id, 'productId' => getenv('LDS_PRODUCT')];
$orderId = $vendor->createOrders(['order' => $order])->result->order[0]->orderId;
echo "order $orderId\n";

// Activate.
$laptop = ['type' => 'ETHERNET', 'value' => '00-11-22-AA-BB-CC'];
$license = $activation->activate(['orderId' => $orderId, 'host' => [$laptop]])->result;
echo "license $license->id\n";
echo "text {$license->file[0]->text}\n";

// A second machine is refused.
$desktop = ['type' => 'ETHERNET', 'value' => '00-11-22-DD-EE-FF'];
try {
    $activation->activate(['orderId' => $orderId, 'host' => [$desktop]]);
} catch (SoapFault $fault) {
    $detail = $fault->detail->ServiceFault;
    echo "fault $detail->code\n";
    echo "message $detail->message\n";
}

// A batch, one item of which fails: this revision is no longer the current one.
$batch = $vendor->storeCustomers(['customer' => [
    ['name' => 'Good & Co', 'externalRef' => "$ref-2"],
    ['id' => $id, 'revision' => 1, 'name' => 'Too late'],
]])->result;
echo "batch $batch->status $batch->failed of $batch->total\n";
foreach ($batch->item as $item) {
    if (isset($item->failure)) {
        echo "failure $item->index {$item->failure->code}\n";
    }
}

// Sign in with a password digest: the secret itself does not go over the wire.
function digest(string $token, string $secret): SoapHeader
{
    $wss = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
    $nonce = random_bytes(16);
    $created = gmdate('Y-m-d\TH:i:s\Z');
    $digest = base64_encode(sha1($nonce . $created . $secret, true));
    $encoded = base64_encode($nonce);
    $security = <<<XML
        <w:Security xmlns:w="$wss-wssecurity-secext-1.0.xsd" xmlns:u="$wss-wssecurity-utility-1.0.xsd">
          <w:UsernameToken>
            <w:Username>$token</w:Username>
            <w:Password Type="$wss-username-token-profile-1.0#PasswordDigest">$digest</w:Password>
            <w:Nonce>$encoded</w:Nonce>
            <u:Created>$created</u:Created>
          </w:UsernameToken>
        </w:Security>
        XML;
    return new SoapHeader("$wss-wssecurity-secext-1.0.xsd", 'Security', new SoapVar($security, XSD_ANYXML));
}

$signed = new SoapClient("$url/soap/v1?wsdl", $options);
$signed->__setSoapHeaders(digest(getenv('LDS_TOKEN'), getenv('LDS_SECRET')));  // for one call
$customer = $signed->findCustomers(['externalRef' => $ref])->result->customer[0];
echo "digest $customer->name\n";
