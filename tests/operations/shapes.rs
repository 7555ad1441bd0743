//! Replies of shapes that a good request has not: what was done in part, what was not done since
//! all had to be, bytes that are no text. And the examples of requests, sent as they lie there.

use crate::support::message::{CUSTOMERS, STAFF, Service};
use crate::support::{Client, Server, inner};

use super::element::Element;
use super::golden;
use super::schema::Schema;
use super::world::{HOST, call};

const FOLDER: &str = "cases";
/// The first customer is there before the second one of the same reference.
const CUSTOMERS_TWICE: &str = "<customer><name>Ada</name><externalRef>crm-1</externalRef></customer>\
    <customer><name>Bob</name><externalRef>crm-1</externalRef></customer>";
const OTHERS_TWICE: &str = "<customer><name>Ada</name><externalRef>crm-2</externalRef></customer>\
    <customer><name>Bob</name><externalRef>crm-2</externalRef></customer><atomic>true</atomic>";
const SOME_UNKNOWN: &str = "<id>ext:nobody</id><id>ext:crm-1</id><reason>Did not pay.</reason>";
/// A product with a reference, for one machine.
const PRODUCT: &str = "<product><code>editor</code><name>Editor</name><generator>token</generator>\
    <terms><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule></terms>\
    <externalRef>erp-1</externalRef></product>";

fn send(client: &Client, service: Service, operation: &str, content: &str) -> String {
    let request = Element::parse(&format!("<{operation}>{content}</{operation}>"));
    let answer = call(client, service, &request);
    let answer = answer.unwrap_or_else(|fault| panic!("{operation}: {fault:?}"));
    inner(&answer.0, "Body")
}

/// The Order ID of an order with a license of bytes that are no text.
fn imported(client: &Client) -> String {
    let make = |operation: &str, content: &str| client.internal(operation, content).expect("made");
    make("storeProducts", PRODUCT);
    make("activateProducts", "<id>ext:erp-1</id>");
    let sold = "<order><customerId>ext:crm-1</customerId><productId>ext:erp-1</productId></order>";
    let order = make("createOrders", sold).want("orderId");
    let item = format!(
        "<item><orderId>{order}</orderId>{HOST}<file><name>license.bin</name>\
         <mediaType>application/octet-stream</mediaType><data>AAECA/8=</data></file>\
         <issuedAt>2019-03-01T08:30:00Z</issuedAt><expiresOn>2099-02-28</expiresOn></item>"
    );
    assert_eq!(make("importLicenses", &item).want("status"), "SUCCESS");
    order
}

#[test]
fn failed_items_and_bytes_have_golden_replies() {
    let server = Server::start();
    let client = Client::new(&server);
    let staff = |operation, content| send(&client, STAFF, operation, content);
    let of_staff = [
        (
            "storeCustomers-partial",
            staff("storeCustomers", CUSTOMERS_TWICE),
        ),
        (
            "storeCustomers-atomic",
            staff("storeCustomers", OTHERS_TWICE),
        ),
    ];
    let machine = format!("<orderId>{}</orderId>{HOST}", imported(&client));
    let of_customers = [(
        "getLicense-data",
        send(&client, CUSTOMERS, "getLicense", &machine),
    )];
    let blocked = [(
        "blockCustomers-partial",
        staff("blockCustomers", SOME_UNKNOWN),
    )];
    let mut wrong = Vec::new();
    let mut count = 0;
    for (service, replies) in [
        (STAFF, &of_staff[..]),
        (STAFF, &blocked[..]),
        (CUSTOMERS, &of_customers[..]),
    ] {
        let told = |(name, reply): &(&str, String)| golden::complaint(FOLDER, name, reply);
        wrong.extend(replies.iter().filter_map(told));
        count += replies.len();
        let replies: Vec<_> = replies.iter().map(|(_, reply)| reply.clone()).collect();
        Schema::of(&server, service).validate(&replies);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(count, golden::count(FOLDER));
    let found = client.internal("findCustomers", "<externalRef>crm-2</externalRef>");
    assert_eq!(
        found.expect("a page").all("id"),
        [""; 0],
        "nothing was written"
    );
}

/// Those that need nothing which is only known once it was made, in an order in which they can be
/// sent.
const EXAMPLES: [&str; 24] = [
    "getServiceInfo",
    "storeUsers",
    "createToken",
    "resetPassword",
    "lockUsers",
    "unlockUsers",
    "storeCustomers",
    "storeProducts",
    "activateProducts",
    "createOrders",
    "generateLicense",
    "previewLicense",
    "testGenerator",
    "findUsers",
    "findTokens",
    "findCustomers",
    "findProducts",
    "findOrders",
    "findLicenses",
    "findGenerators",
    "findAuditEntries",
    "findEvents",
    "verifyAudit",
    "blockCustomers",
];

#[test]
fn examples_can_be_sent_to_a_new_server_as_they_are() {
    let server = Server::start();
    let client = Client::new(&server);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wsdl/messages/examples");
    for name in EXAMPLES {
        let message = std::fs::read_to_string(format!("{folder}/{name}.xml")).expect("an example");
        let request = Element::parse(&inner(&message, "Body"));
        let answer = call(&client, STAFF, &request);
        let answer = answer.unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert_eq!(answer.get("failure"), None, "{name}: {}", answer.0);
    }
}
