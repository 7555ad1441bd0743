//! Messages made to do harm: each ends quickly in a fault, and the server answers on.

use std::time::{Duration, Instant};

use crate::support::http::{basic, request};
use crate::support::message::{CUSTOMERS, Refusal, SOAP11, STAFF, XML, outcome};
use crate::support::{Client, PASSWORD, Server, Shop, on_postgres};

const QUICKLY: Duration = Duration::from_secs(5);

fn fault(server: &Server, message: &[u8]) -> Box<Refusal> {
    let started = Instant::now();
    let response = server.post(CUSTOMERS, &[XML], message);
    let body = response.text();
    assert!(started.elapsed() < QUICKLY);
    for secret in ["root:x:", "panicked", ".rs:", "/etc/"] {
        assert!(!body.contains(secret), "{body}");
    }
    let fault = outcome(&response).err().expect("a fault");
    assert_eq!(fault.status, 500, "{fault:?}");
    server.assert_answers();
    fault
}

fn assert_clients(server: &Server, what: &str, message: &[u8]) {
    let fault = fault(server, message);
    assert_eq!(fault.kind, "Client", "{what}: {fault:?}");
    assert_eq!(fault.code, "InvalidRequest", "{what}: {fault:?}");
}

fn activate(content: &str) -> String {
    CUSTOMERS.message("activate", content)
}

#[test]
fn document_types_are_refused_and_nothing_is_fetched() {
    let server = Server::start();
    let laughs: Vec<_> = (1..10)
        .map(|i| {
            let ten = format!("&l{};", i - 1).repeat(10);
            format!("<!ENTITY l{i} \"{ten}\">")
        })
        .collect();
    let laughs = laughs.concat();
    let types = [
        (
            "external",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">".to_owned(),
        ),
        ("internal", "<!DOCTYPE a [<!ENTITY x \"y\">]>".to_owned()),
        (
            "parameter",
            "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\"> %x;]>".to_owned(),
        ),
        (
            "laughs",
            format!("<!DOCTYPE a [<!ENTITY l0 \"lol\">{laughs}]>"),
        ),
        (
            "file",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned(),
        ),
    ];
    for (what, document_type) in types {
        let message = document_type + &activate("<orderId>&x;&l9;</orderId>");
        assert_clients(&server, what, message.as_bytes());
    }
}

#[test]
fn what_is_no_xml_is_refused() {
    let server = Server::start();
    for (what, content) in [
        ("undefined entity", "<orderId>&nothing;</orderId>"),
        ("null", "<orderId>&#0;</orderId>"),
        ("control character", "<orderId>\u{1}</orderId>"),
        ("surrogate", "<orderId>&#xD800;</orderId>"),
        (
            "duplicate attribute",
            "<orderId a=\"1\" a=\"2\">x</orderId>",
        ),
        ("open element", "<orderId>"),
        ("undeclared prefix", "<x:orderId>x</x:orderId>"),
    ] {
        assert_clients(&server, what, activate(content).as_bytes());
    }
    let mut bytes = activate("<orderId>Q</orderId>").into_bytes();
    let place = bytes.iter().position(|byte| *byte == b'Q').expect("there");
    bytes[place] = 0xff;
    assert_clients(&server, "malformed UTF-8", &bytes);
    let lie = format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>{}",
        activate("<orderId>x</orderId>")
    );
    assert_clients(&server, "a lie about the encoding", lie.as_bytes());
    for nothing in ["", " ", "<", "{}", "PK\u{3}\u{4}"] {
        assert_clients(&server, nothing, nothing.as_bytes());
    }
}

/// A hundred thousand of something.
fn numbered(one: impl Fn(u32) -> String) -> String {
    (0..100_000).map(one).collect::<Vec<_>>().concat()
}

#[test]
fn what_grows_without_end_is_cut_off() {
    let server = Server::start();
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    let attributes = numbered(|i| format!(" a{i}=\"\""));
    let namespaces = numbered(|i| format!(" xmlns:n{i}=\"u\""));
    let name = "n".repeat(1 << 20);
    for (what, content) in [
        ("depth", deep),
        ("attributes", format!("<orderId{attributes}/>")),
        ("namespaces", format!("<orderId{namespaces}/>")),
        ("a name", format!("<{name}/>")),
        (
            "items",
            "<host><type>A</type><value>b</value></host>".repeat(50_000),
        ),
    ] {
        let message = activate(&format!("<orderId>x</orderId>{content}"));
        let fault = fault(&server, message.as_bytes());
        assert_eq!(fault.kind, "Client", "{what}: {fault:?}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let server = Server::start();
    let one = "<getOrderInfo xmlns=\"urn:license-distribution-service:activation:v1\">\
               <orderId>x</orderId></getOrderInfo>";
    let envelope = |inside: &str| format!("<s:Envelope xmlns:s=\"{SOAP11}\">{inside}</s:Envelope>");
    for (what, message) in [
        ("no envelope", "<getOrderInfo/>".to_owned()),
        ("no body", envelope("")),
        ("an empty body", envelope("<s:Body/>")),
        (
            "two requests",
            envelope(&format!("<s:Body>{one}{one}</s:Body>")),
        ),
        (
            "two bodies",
            envelope(&format!("<s:Body>{one}</s:Body><s:Body>{one}</s:Body>")),
        ),
        (
            "more behind the body",
            envelope(&format!("<s:Body>{one}</s:Body><more/>")),
        ),
        ("an unknown operation", CUSTOMERS.message("dropTables", "")),
        ("another namespace", STAFF.message("activate", "")),
        (
            "another service's operation",
            STAFF.message("getServiceInfo", ""),
        ),
    ] {
        assert_clients(&server, what, message.as_bytes());
    }
}

#[test]
fn an_unknown_version_is_a_mismatch() {
    let server = Server::start();
    let message = CUSTOMERS.message_with("urn:soap-of-tomorrow", "", "activate", "");
    assert_eq!(fault(&server, message.as_bytes()).kind, "VersionMismatch");
}

#[test]
fn a_header_that_must_be_understood_is() {
    let server = Server::start();
    let header = "<x:Transaction xmlns:x=\"urn:x\" s:mustUnderstand=\"1\"/>";
    let message = CUSTOMERS.message_with(SOAP11, header, "activate", "");
    assert_eq!(fault(&server, message.as_bytes()).kind, "MustUnderstand");
}

#[test]
fn members_out_of_place_are_named() {
    let server = Server::start();
    let host = "<host><type>ETHERNET</type><value>1</value></host>";
    for (content, field) in [
        ("<orderId>x</orderId><orderId>y</orderId>", "orderId"),
        ("<orderId>x</orderId><oderId>y</oderId>", "oderId"),
        (&format!("{host}<orderId>x</orderId>"), "orderId"),
        (
            "<orderId>x</orderId><host><value>1</value><type>E</type></host>",
            "host[0].type",
        ),
    ] {
        let fault = fault(&server, activate(content).as_bytes());
        assert_eq!(fault.kind, "Client", "{content}");
        let named = fault.field.unwrap_or_default();
        assert!(named.ends_with(field), "{content}: {named}");
    }
}

/// Nothing is fetched: a connection to this port would be noticed.
#[test]
fn references_are_never_followed() {
    let server = Server::start();
    let bait = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    bait.set_nonblocking(true).expect("an option");
    let url = format!("http://{}/bait", bait.local_addr().expect("an address"));
    let contents = [
        format!(
            "<orderId><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{url}\"/></orderId>"
        ),
        format!(
            "<orderId><xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"{url}\"/></orderId>"
        ),
        format!(
            "<orderId xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x {url}\">x</orderId>"
        ),
    ];
    for content in &contents {
        let fault = fault(&server, activate(content).as_bytes());
        assert_eq!(fault.kind, "Client", "{content}");
    }
    let replies = format!(
        "<a:ReplyTo xmlns:a=\"http://www.w3.org/2005/08/addressing\"><a:Address>{url}</a:Address></a:ReplyTo>"
    );
    let message = CUSTOMERS.message_with(SOAP11, &replies, "activate", "<orderId>x</orderId>");
    fault(&server, message.as_bytes());
    assert!(bait.accept().is_err(), "something was fetched");
}

/// PostgreSQL takes no NUL, and XML has none; a login and a form could bring one.
#[test]
fn signs_that_no_database_takes_are_refused_before_it_is_asked() {
    let server = Server::start_with(&on_postgres());
    let message = STAFF.message("findCustomers", "");
    let authorization = basic("ad\0min", PASSWORD);
    let headers = [XML, ("Authorization", &*authorization)];
    let response = server.post(STAFF, &headers, message.as_bytes());
    assert_eq!(response.status, 401, "{}", response.text());

    let order = Shop::new(Client::new(&server)).order("");
    let host = "host.ETHERNET.0=00-11-22-AA-BB-CC";
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    for typed in [
        "host.ETHERNET.0=00-11-22-AA-BB-CC%00".to_owned(),
        format!("{host}&name.ETHERNET.0=%00"),
        format!("{host}&parameter.note=%00"),
        format!("{host}&parameter.%00=1"),
        format!("host.%00.0=1&{host}"),
    ] {
        let body = format!("orderId={order}&{typed}");
        let sent = request("POST", "/activate/license", &form, body.as_bytes());
        let page = server.connect().exchange(&sent);
        assert_eq!(page.status, 422, "{typed}: {}", page.text());
    }
    server.assert_answers();
}
