//! Hostile HTTP: each ends quickly, with the right answer, and leaves the server answering.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::support::{Client, Server};

/// What is sent, raw, and what comes back until the server closes.
fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    // A server that refuses early may close before all is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn connect(server: &Server) -> TcpStream {
    let address = server.url.strip_prefix("http://").expect("a URL");
    let stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a time limit");
    stream
}

fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /soap/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn sized(body: &[u8]) -> Vec<u8> {
    post(&format!("Content-Length: {}\r\n", body.len()), body)
}

fn envelope(content: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>{content}</e:Body></e:Envelope>"
    )
}

fn info() -> String {
    envelope("<getServiceInfo xmlns=\"urn:license-distribution-service:v1\"/>")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("no answer")
}

fn still_answers(server: &Server) {
    Client::new(server)
        .internal("getServiceInfo", "")
        .expect("an answer");
}

#[test]
fn a_client_that_closes_its_side_after_sending_is_answered() {
    let server = Server::start();
    let answer = exchange(&server, &sized(info().as_bytes()));
    assert_eq!(status(&answer), "200", "{answer}");
    assert!(answer.contains("getServiceInfoResponse"));
}

#[test]
fn chunked_compressed_and_expected_bodies_are_read() {
    let server = Server::start();
    let body = info();
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert_eq!(
        status(&exchange(
            &server,
            &post("Transfer-Encoding: chunked\r\n", chunked.as_bytes())
        )),
        "200"
    );
    let packed = gzip(body.as_bytes());
    let headers = format!(
        "Content-Encoding: gzip\r\nContent-Length: {}\r\n",
        packed.len()
    );
    assert_eq!(status(&exchange(&server, &post(&headers, &packed))), "200");
    let headers = format!("Expect: 100-continue\r\nContent-Length: {}\r\n", body.len());
    let answer = exchange(&server, &post(&headers, body.as_bytes()));
    assert!(
        answer.starts_with("HTTP/1.1 100") && answer.contains("HTTP/1.1 200"),
        "{answer}"
    );
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let server = Server::start();
    let announced = exchange(&server, &post("Content-Length: 99999999999\r\n", b""));
    assert_eq!(status(&announced), "413", "{announced}");
    let bomb = gzip(&vec![b' '; 64 << 20]);
    let headers = format!(
        "Content-Encoding: gzip\r\nContent-Length: {}\r\n",
        bomb.len()
    );
    assert_eq!(status(&exchange(&server, &post(&headers, &bomb))), "413");
    let twice = gzip(&gzip(info().as_bytes()));
    let headers = format!(
        "Content-Encoding: gzip, gzip\r\nContent-Length: {}\r\n",
        twice.len()
    );
    assert!(["413", "415"].contains(&status(&exchange(&server, &post(&headers, &twice)))));
    still_answers(&server);
}

#[test]
fn smuggling_is_refused_and_the_connection_closed() {
    let server = Server::start();
    let body = info();
    let hidden = format!(
        "Content-Length: {}\r\nTransfer-Encoding: chunked\r\n",
        body.len()
    );
    let answer = exchange(
        &server,
        &[post(&hidden, b"0\r\n\r\n"), sized(body.as_bytes())].concat(),
    );
    assert_eq!(status(&answer), "400", "{answer}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    let two = format!("Content-Length: {}\r\nContent-Length: 3\r\n", body.len());
    assert_eq!(
        status(&exchange(&server, &post(&two, body.as_bytes()))),
        "400"
    );
    still_answers(&server);
}

#[test]
fn methods_and_media_types_that_are_not_ours() {
    let server = Server::start();
    let put = exchange(
        &server,
        b"PUT /soap/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
    );
    assert_eq!(status(&put), "405");
    assert!(put.to_lowercase().contains("\r\nallow:"), "{put}");
    for kind in [
        "application/json",
        "multipart/related; boundary=x",
        "text/html",
    ] {
        let request = format!(
            "POST /soap/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        assert_eq!(
            status(&exchange(&server, request.as_bytes())),
            "415",
            "{kind}"
        );
    }
}

#[test]
fn a_missing_or_wrong_password_is_401_with_a_fault() {
    let server = Server::start();
    let body = envelope("<findCustomers xmlns=\"urn:license-distribution-service:v1\"/>");
    let answer = exchange(&server, &sized(body.as_bytes()));
    assert_eq!(status(&answer), "401");
    assert!(
        answer
            .to_lowercase()
            .contains("\r\nwww-authenticate: basic"),
        "{answer}"
    );
    assert!(answer.contains("AuthenticationRequired"), "{answer}");
    let wrong =
        Client::with(&server.url, "admin", "not the password").internal("findCustomers", "");
    assert_eq!(
        wrong.err().map(|fault| fault.code).as_deref(),
        Some("AuthenticationRequired")
    );
}

#[test]
fn hostile_documents_are_faults_of_the_client() {
    let server = Server::start();
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let documents = [
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>".to_owned() + &info(),
        info().replace("<e:Body>", "<e:Body>&nope;"),
        info().replace("<e:Body>", "<e:Body>&#0;"),
        envelope(&deep),
        envelope(""),
        envelope("<noSuchOperation xmlns=\"urn:license-distribution-service:v1\"/>"),
        envelope("<getServiceInfo xmlns=\"urn:elsewhere\"/>"),
        "<hello/>".to_owned(),
        String::new(),
    ];
    for document in documents {
        let began = Instant::now();
        let answer = exchange(&server, &sized(document.as_bytes()));
        assert_eq!(status(&answer), "500", "{document:.200}: {answer}");
        assert!(
            answer.contains("Client</faultcode>") && !answer.contains("root:"),
            "{answer}"
        );
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    still_answers(&server);
}

#[test]
fn slow_senders_are_let_go() {
    let server = Server::start_with("[http]\nheader_time_ms = 300\nbody_time_ms = 300\n");
    let mut head = connect(&server);
    head.write_all(b"POST /soap/v1 HTTP/1.1\r\nHost: lo")
        .expect("sent");
    let mut body = connect(&server);
    body.write_all(&post("Content-Length: 1000\r\n", b"<e:Env"))
        .expect("sent");
    for stream in [&mut head, &mut body] {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the server closes");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || status(&answer) == "408", "{answer}");
    }
    still_answers(&server);
}

#[test]
fn the_wsdls_are_served_with_the_address_that_was_asked() {
    let server = Server::start();
    for (path, port) in [
        ("/soap/v1", "LicenseDistributionService"),
        ("/soap/activation/v1", "ActivationService"),
    ] {
        let ask = |host: &str, query: &str| {
            let request =
                format!("GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            exchange(&server, request.as_bytes())
        };
        let wsdl = ask("licenses.example", "wsdl");
        assert!(
            wsdl.contains(port) && wsdl.contains(&format!("http://licenses.example{path}\"")),
            "{wsdl:.600}"
        );
        assert!(
            ask("licenses.example", "wsdl=soap12")
                .contains("http://schemas.xmlsoap.org/wsdl/soap12/")
        );
        assert!(!ask("evil\"><x", "wsdl").contains("<x"));
    }
}
