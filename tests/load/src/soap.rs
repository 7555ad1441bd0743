//! Requests as bytes, made beforehand, and a look into replies. It knows the few messages that are
//! measured or that make the data for it.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const INTERNAL: &str = "urn:license-distribution-service:v1";
const ACTIVATION: &str = "urn:license-distribution-service:activation:v1";

/// The operator of the data that is measured.
pub(crate) const LOGIN: &str = "load";
pub(crate) const PASSWORD: &str = "only-within-this-machine";

/// An HTTP request to the vendor's service, signed in.
pub(crate) fn internal(operation: &str, content: &str) -> Vec<u8> {
    let credentials = STANDARD.encode(format!("{LOGIN}:{PASSWORD}"));
    let authorization = format!("Authorization: Basic {credentials}\r\n");
    post("/soap/v1", &authorization, INTERNAL, operation, content)
}

/// The one operation that is open to all.
pub(crate) fn service_info() -> Vec<u8> {
    post("/soap/v1", "", INTERNAL, "getServiceInfo", "")
}

/// An HTTP request to the customers' service, for the same machine of any order.
pub(crate) fn activation(operation: &str, order_id: &str) -> Vec<u8> {
    for_machine(operation, order_id, "001122aabbcc")
}

/// An HTTP request to the customers' service.
pub(crate) fn for_machine(operation: &str, order_id: &str, ethernet: &str) -> Vec<u8> {
    let content = format!(
        "<orderId>{order_id}</orderId>\
         <host><type>ETHERNET</type><value>{ethernet}</value></host>"
    );
    post("/soap/activation/v1", "", ACTIVATION, operation, &content)
}

/// A customer, for an order.
pub(crate) fn customer() -> Vec<u8> {
    internal("storeCustomers", "<customer><name>Miller</name></customer>")
}

/// So many customers as an accounting system has them, numbered from one on.
pub(crate) fn customers(from: u32, count: u32) -> Vec<u8> {
    let mut customers = String::new();
    for n in from..from + count {
        let _ = write!(
            customers,
            "<customer><name>Miller and Sons {n}</name>\
             <contact><name>Ann Miller</name><email>ann.{n}@miller.example</email></contact>\
             <address><street>{n} Mill Lane</street><city>Leeds</city><country>GB</country></address>\
             <externalRef>A-{n}</externalRef>\
             <attribute><name>segment</name><value>{segment}</value></attribute></customer>",
            segment = n % 7,
        );
    }
    internal("storeCustomers", &customers)
}

/// The licenses of a machine.
pub(crate) fn find_licenses(ethernet: &str) -> Vec<u8> {
    internal(
        "findLicenses",
        &format!("<host><type>ETHERNET</type><value>{ethernet}</value></host>"),
    )
}

/// A product whose license text has about 1 KB.
pub(crate) fn product() -> Vec<u8> {
    let mut features = String::new();
    for name in ["draw", "render", "mesh"] {
        let _ = write!(
            features,
            "<feature><name>{name}</name><version>2026.1</version></feature>"
        );
    }
    internal(
        "storeProducts",
        &format!(
            "<product><code>cad</code><name>CAD Professional</name><generator>token</generator>\
             {features}<terms><hostLock>REQUIRED</hostLock>\
             <hostRule><type>ETHERNET</type></hostRule></terms></product>"
        ),
    )
}

fn post(path: &str, header: &str, namespace: &str, operation: &str, content: &str) -> Vec<u8> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
         <{operation} xmlns=\"{namespace}\">{content}</{operation}></soap:Body></soap:Envelope>"
    );
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"\"\r\n{header}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The contents of all elements of this name that hold text only.
pub(crate) fn values<'a>(reply: &'a str, name: &str) -> Vec<&'a str> {
    let tag = format!("{name}>");
    let after = |(place, _): (usize, &str)| {
        let before = reply[..place].chars().next_back();
        let rest = &reply[place + tag.len()..];
        matches!(before, Some('<' | ':'))
            .then(|| rest.split_once("</"))
            .flatten()
            .map(|(text, _)| text)
    };
    let is_open = |text: &&str| !text.contains('<');
    reply
        .match_indices(&tag)
        .filter(|(place, _)| !is_end(&reply[..*place]))
        .filter_map(after)
        .filter(is_open)
        .collect()
}

/// Whether what stands before a name begins an end tag.
fn is_end(before: &str) -> bool {
    before
        .rfind('<')
        .is_some_and(|place| before[place..].starts_with("</"))
}

#[cfg(test)]
mod tests {
    use super::{service_info, values};

    #[test]
    fn values_are_found_under_any_prefix() {
        let reply = "<r><order><n:orderId>A</n:orderId></order><orderId>B</orderId></r>";
        assert_eq!(values(reply, "orderId"), ["A", "B"]);
        assert_eq!(values(reply, "Id"), [""; 0]);
        assert_eq!(values(reply, "order"), [""; 0]);
    }

    #[test]
    fn the_length_told_is_that_of_the_body() {
        let request = String::from_utf8(service_info()).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
    }
}
