//! Methods and media types.

use crate::support::Server;
use crate::support::http::{Connection, Header, request};
use crate::support::message::{CUSTOMERS, SOAP12, STAFF, XML, outcome};

const GENERATOR: &str = "/flexnet/services/LicenseGeneratorService";

/// The status of a request, and the methods that the answer allows.
fn tried(server: &Server, method: &str, path: &str, body: &str) -> (u16, Option<String>) {
    let request = request(method, path, &[XML], body.as_bytes());
    let mut connection = server.connect();
    connection.send(&request);
    let response = if method == "HEAD" {
        connection.receive_head()
    } else {
        connection.receive()
    };
    let allowed = response.header("Allow");
    (response.status, allowed)
}

/// What is allowed is the same whichever method asks, and no method that is allowed is refused.
#[test]
fn other_methods_are_told_which_are_allowed() {
    let server = Server::start();
    for path in [STAFF.path, CUSTOMERS.path, GENERATOR] {
        let described = format!("{path}?wsdl");
        for (path, allowed) in [(path, "POST"), (&described, "GET, HEAD, POST")] {
            for method in [
                "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE",
            ] {
                let (status, told) = tried(&server, method, path, "");
                if allowed.split(", ").any(|taken| taken == method) {
                    assert_ne!(status, 405, "{method} {path}");
                    assert_eq!(told, None, "{method} {path}");
                } else {
                    assert_eq!(status, 405, "{method} {path}");
                    assert_eq!(told.as_deref(), Some(allowed), "{method} {path}");
                }
            }
        }
    }
}

#[test]
fn what_operators_read_can_not_be_sent() {
    let server = Server::start();
    let address = server.management.trim_start_matches("http://");
    for path in ["/healthz", "/readyz", "/metrics"] {
        let response = Connection::open(address).exchange(&request("POST", path, &[], b""));
        assert_eq!(response.status, 405, "{path}");
        assert_eq!(response.header("Allow").as_deref(), Some("GET, HEAD"));
    }
}

/// Some clients call the address at which they read the WSDL.
#[test]
fn the_address_of_the_wsdl_takes_calls() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    let path = format!("{}?wsdl", STAFF.path);
    assert_eq!(tried(&server, "POST", &path, &message), (200, None));
}

fn status(server: &Server, headers: &[Header]) -> u16 {
    let message = STAFF.message("getServiceInfo", "");
    server.post(STAFF, headers, message.as_bytes()).status
}

#[test]
fn xml_is_taken_under_the_names_that_clients_give_it() {
    let server = Server::start();
    for name in [
        "text/xml",
        "TEXT/XML;charset=UTF-8",
        "text/xml; charset=\"utf-8\"; action=\"urn:any\"",
        "application/soap+xml; action=\"urn:any\"",
        "application/xml",
    ] {
        assert_eq!(status(&server, &[("Content-Type", name)]), 200, "{name}");
    }
    assert_eq!(status(&server, &[]), 200, "no name at all");
}

#[test]
fn anything_but_xml_is_refused() {
    let server = Server::start();
    for name in [
        "application/json",
        "text/plain",
        "multipart/related; type=\"text/xml\"; boundary=b",
        "application/x-www-form-urlencoded",
        "application/xop+xml",
    ] {
        assert_eq!(status(&server, &[("Content-Type", name)]), 415, "{name}");
    }
    server.assert_answers();
}

#[test]
fn the_envelope_decides_the_version_and_the_action_nothing() {
    let server = Server::start();
    let message = STAFF.message_with(SOAP12, "", "getServiceInfo", "");
    let headers = [XML, ("SOAPAction", "\"urn:deleteEverything\"")];
    let response = server.post(STAFF, &headers, message.as_bytes());
    let media_type = response.header("Content-Type").expect("a media type");
    assert!(
        media_type.starts_with("application/soap+xml"),
        "{media_type}"
    );
    assert!(response.text().contains(SOAP12));
    outcome(&response).expect("served");
}

#[test]
fn a_message_may_be_in_utf_16() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    let bytes: Vec<u8> = "\u{feff}"
        .chars()
        .chain(message.chars())
        .flat_map(|sign| (sign as u16).to_be_bytes())
        .collect();
    let headers = [("Content-Type", "text/xml; charset=utf-16")];
    outcome(&server.post(STAFF, &headers, &bytes)).expect("served");
    let lie = [("Content-Type", "text/xml; charset=utf-8")];
    let fault = outcome(&server.post(STAFF, &lie, &bytes))
        .err()
        .expect("a lie");
    assert_eq!((fault.status, fault.kind.as_str()), (500, "Client"));
}

#[test]
fn a_wrong_path_of_a_service_is_answered_with_the_right_ones() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    for (method, body) in [("GET", ""), ("POST", message.as_str())] {
        for path in ["/soap", "/soap/v2", "/soap/v1/", "/soap/activation"] {
            let request = request(method, path, &[XML], body.as_bytes());
            let response = server.connect().exchange(&request);
            assert_eq!(response.status, 404, "{path}");
            let media_type = response.header("Content-Type").expect("a media type");
            assert!(media_type.starts_with("text/plain"), "{media_type}");
            for service in [STAFF, CUSTOMERS] {
                assert!(response.text().contains(service.path), "{path}");
            }
        }
    }
}

#[test]
fn an_unknown_path_is_not_found() {
    let server = Server::start();
    for path in ["/admin", "/activate/nothing", "/soapy"] {
        let response = server.connect().exchange(&request("GET", path, &[], b""));
        assert_eq!(response.status, 404, "{path}");
    }
}
