<?php
// What the shop wants of the license service, and what it makes of its faults.
declare(strict_types=1);

namespace Shop;

/** Why an order is not done yet; with seconds where trying again may help. */
final class Failure extends \Exception
{
    public function __construct(string $message, public readonly ?int $retryAfter = null)
    {
        parent::__construct($message);
    }
}

final class Licensing
{
    private const WAIT = 60;

    private \SoapClient $service;

    public function __construct()
    {
        try {
            $this->service = new \SoapClient(setting('LDS_URL') . '/soap/v1?wsdl', [
                'login' => setting('LDS_USER'),
                'password' => setting('LDS_PASSWORD'),
                'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
                'connection_timeout' => 10,
            ]);
        } catch (\SoapFault $fault) {
            throw new Failure("no WSDL: {$fault->getMessage()}", self::WAIT);
        }
    }

    /** The Order IDs of a paid order: the same ones whenever it is asked for again. */
    public function sell(array $paid): array
    {
        $this->know($paid['buyer']);
        $result = $this->call('createOrders', [
            'order' => [
                'customerId' => "ext:{$paid['buyer']['number']}",
                'productId' => "ext:{$paid['article']}",
                'attribute' => [['name' => 'shopOrder', 'value' => $paid['number']]],
            ],
            'count' => $paid['count'],
            'requestId' => "shop-{$paid['number']}",
        ]);
        return array_map(fn(object $order): string => $order->orderId, $result->order);
    }

    /** A buyer who is known stays as he is: the vendor's staff may have changed him. */
    private function know(array $buyer): void
    {
        $result = $this->call('storeCustomers', ['customer' => [[
            'name' => $buyer['name'],
            'contact' => [['name' => $buyer['name'], 'email' => $buyer['email']]],
            'externalRef' => $buyer['number'],
        ]]]);
        $failure = $result->item[0]->failure ?? null;
        if ($failure !== null && $failure->code !== 'AlreadyExists') {
            throw new Failure("$failure->code: $failure->message", $failure->retryable ? self::WAIT : null);
        }
    }

    private function call(string $operation, array $request): object
    {
        try {
            return $this->service->__soapCall($operation, [$request])->result;
        } catch (\SoapFault $fault) {
            throw self::failure($fault);
        }
    }

    /** Without a detail it is no word of the service: the network, or something in between. */
    private static function failure(\SoapFault $fault): Failure
    {
        $detail = $fault->detail->ServiceFault ?? null;
        if ($detail === null) {
            return new Failure($fault->getMessage(), self::WAIT);
        }
        $message = "$detail->code: $detail->message (correlation id $detail->correlationId)";
        // SoapClient leaves a fault's detail as text: its "false" would count as true.
        $mayRetry = $detail->retryable === 'true';
        return new Failure($message, $mayRetry ? (int) ($detail->retryAfterSeconds ?? self::WAIT) : null);
    }
}
