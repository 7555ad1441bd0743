//! The WSDLs as they are served: those of `wsdl/`, with the address that the client can use.

use crate::support::Server;
use crate::support::http::{Header, Response, request};

const FILES: [(&str, &str); 6] = [
    (
        "/soap/v1?wsdl",
        include_str!("../../wsdl/license-distribution-service.wsdl"),
    ),
    (
        "/soap/v1?wsdl=soap12",
        include_str!("../../wsdl/license-distribution-service-soap12.wsdl"),
    ),
    (
        "/soap/activation/v1?wsdl",
        include_str!("../../wsdl/activation-service.wsdl"),
    ),
    (
        "/soap/activation/v1?wsdl=soap12",
        include_str!("../../wsdl/activation-service-soap12.wsdl"),
    ),
    (
        "/flexnet/services/LicenseGeneratorService?wsdl",
        include_str!("../../wsdl/license-generator-service.wsdl"),
    ),
    (
        "/flexnet/services/LicenseGeneratorService/token?wsdl",
        include_str!("../../wsdl/license-generator-service.wsdl"),
    ),
];
const PROXIED: &[Header] = &[
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "licenses.example"),
];

fn get(server: &Server, target: &str, headers: &[Header]) -> Response {
    server
        .connect()
        .exchange(&request("GET", target, headers, b""))
}

/// The address in the served document.
fn location(server: &Server, headers: &[Header]) -> String {
    let text = get(server, "/soap/v1?wsdl", headers).text();
    let (_, rest) = text
        .split_once("<soap:address location=\"")
        .expect("an address");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn they_are_the_files_but_for_the_address() {
    let server = Server::start();
    for (target, file) in FILES {
        let response = get(&server, target, &[("Host", "licenses.example:8080")]);
        assert_eq!(response.status, 200);
        let media_type = response.header("Content-Type").expect("a media type");
        assert!(media_type.starts_with("text/xml"), "{media_type}");
        let path = target.split('?').next().unwrap_or_default();
        let url = format!("location=\"http://licenses.example:8080{path}\"");
        let text = response.text();
        assert_eq!(text.matches(&url).count(), 1, "{target}");
        assert_eq!(text.replace(&url, "location=\"http://localhost/\""), file);
    }
}

#[test]
fn a_head_is_all_that_head_gives() {
    let server = Server::start();
    let whole = get(&server, "/soap/v1?wsdl", &[]);
    let mut connection = server.connect();
    connection.send(&request("HEAD", "/soap/v1?wsdl", &[], b""));
    let response = connection.receive_head();
    assert_eq!(response.status, 200);
    let length = response.header("Content-Length").expect("a length");
    assert_eq!(length, whole.body.len().to_string());
}

#[test]
fn clients_spell_the_query_as_they_like() {
    let server = Server::start();
    for target in ["/soap/v1?WSDL", "/soap/v1?singleWsdl", "/soap/v1?wsdl="] {
        assert_eq!(get(&server, target, &[]).status, 200, "{target}");
    }
}

#[test]
fn the_configured_url_wins_over_all() {
    let server = Server::start_with(
        "[http]\npublic_url = \"https://public.example/\"\ntrusted_proxies = [\"127.0.0.1\"]\n",
    );
    assert_eq!(location(&server, PROXIED), "https://public.example/soap/v1");
}

#[test]
fn a_proxy_is_believed_if_it_is_trusted() {
    let trusting = Server::start_with("[http]\ntrusted_proxies = [\"127.0.0.0/8\"]\n");
    assert_eq!(
        location(&trusting, PROXIED),
        "https://licenses.example/soap/v1"
    );
    let forwarded = [("Forwarded", "for=192.0.2.1;proto=https;host=other.example")];
    assert_eq!(
        location(&trusting, &forwarded),
        "https://other.example/soap/v1"
    );
    let server = Server::start();
    assert_eq!(location(&server, PROXIED), "http://localhost/soap/v1");
}

#[test]
fn a_host_that_is_none_is_not_repeated() {
    let server = Server::start();
    for host in ["a\"/><evil>", "a b", "user@host", "a/../b", "a\u{e4}"] {
        let response = get(&server, "/soap/v1?wsdl", &[("Host", host)]);
        assert!(!response.text().contains(host), "{host}");
    }
    server.assert_answers();
}
