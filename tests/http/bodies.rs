//! Bodies: how they may come, and how large they may be.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::Server;
use crate::support::http::{Response, head, request};
use crate::support::message::{STAFF, XML, outcome};

const LIMIT: usize = 4 << 20;
const GZIP: (&str, &str) = ("Content-Encoding", "gzip");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

fn info() -> Vec<u8> {
    STAFF.message("getServiceInfo", "").into_bytes()
}

/// A message of this size, good but for it.
fn info_of(size: usize) -> Vec<u8> {
    let mut message = info();
    message.resize(size, b' ');
    message
}

fn assert_served(response: &Response) {
    let result = outcome(response).expect("served");
    assert_eq!(result.all("apiVersion"), ["v1"]);
}

#[test]
fn a_message_may_come_in_chunks() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(&head(
        "POST",
        "/soap/v1",
        &[XML, ("Transfer-Encoding", "chunked")],
    ));
    for chunk in info().chunks(7) {
        connection.send(format!("{:x};name=value\r\n", chunk.len()).as_bytes());
        connection.send(chunk);
        connection.send(b"\r\n");
    }
    connection.send(b"0\r\nTrailer: value\r\n\r\n");
    assert_served(&connection.receive());
    // And the connection is as good as before.
    assert_served(&connection.exchange(&request("POST", "/soap/v1", &[XML], &info())));
}

#[test]
fn a_client_may_ask_before_it_sends() {
    let server = Server::start();
    let message = info();
    let length = message.len().to_string();
    let expect = [XML, ("Content-Length", &length), ("Expect", "100-continue")];
    let mut connection = server.connect();
    let response = connection.exchange(&head("POST", "/soap/v1", &expect));
    assert_eq!(response.status, 100);
    assert_served(&connection.exchange(&message));
}

#[test]
fn a_client_may_close_its_half_after_sending() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(&request("POST", "/soap/v1", &[XML], &info()));
    connection.finish_sending();
    assert_served(&connection.receive());
}

#[test]
fn a_message_may_be_packed_once() {
    let server = Server::start();
    assert_served(&server.post(STAFF, &[XML, GZIP], &gzip(&info())));
    let twice = gzip(&gzip(&info()));
    let named_twice = [XML, ("Content-Encoding", "gzip, gzip")];
    assert_eq!(server.post(STAFF, &named_twice, &twice).status, 413);
    assert_eq!(server.post(STAFF, &[XML, GZIP], &twice).status, 413);
    assert_eq!(server.post(STAFF, &[XML, GZIP], &info()).status, 400);
    let brotli = [XML, ("Content-Encoding", "br")];
    assert_eq!(server.post(STAFF, &brotli, &info()).status, 415);
}

#[test]
fn replies_are_packed_for_those_who_take_it() {
    let server = Server::start();
    let target = "/soap/v1?wsdl";
    let plain = server.connect().exchange(&request("GET", target, &[], b""));
    assert_eq!(plain.header("Content-Encoding"), None);
    let accept = [("Accept-Encoding", "gzip, deflate")];
    let packed = server
        .connect()
        .exchange(&request("GET", target, &accept, b""));
    assert_eq!(packed.header("Content-Encoding").as_deref(), Some("gzip"));
    assert!(packed.body.len() < plain.body.len() / 2);
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(packed.body.as_slice());
    std::io::copy(&mut decoder, &mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain.body);
}

#[test]
fn a_message_at_the_limit_is_taken_and_one_byte_more_is_not() {
    let server = Server::start();
    assert_served(&server.post(STAFF, &[XML], &info_of(LIMIT)));
    assert_eq!(server.post(STAFF, &[XML], &info_of(LIMIT + 1)).status, 413);
    let bomb = gzip(&info_of(LIMIT + 1));
    assert!(bomb.len() < 16 << 10);
    assert_served(&server.post(STAFF, &[XML, GZIP], &gzip(&info_of(LIMIT))));
    assert_eq!(server.post(STAFF, &[XML, GZIP], &bomb).status, 413);
    server.assert_answers();
}

#[test]
fn the_limit_can_be_set() {
    let server = Server::start_with("[http]\nbody_kib = 1\n");
    assert_served(&server.post(STAFF, &[XML], &info_of(1024)));
    assert_eq!(server.post(STAFF, &[XML], &info_of(1025)).status, 413);
}

/// The answer comes although not a byte of the body was sent, and nobody asks for it.
#[test]
fn a_body_that_is_announced_too_large_is_refused_before_it_is_read() {
    let server = Server::start();
    for length in ["4194305", "99999999999", "9223372036854775807"] {
        for expect in [XML, ("Expect", "100-continue")] {
            let mut connection = server.connect();
            let announced = [XML, ("Content-Length", length), expect];
            let response = connection.exchange(&head("POST", "/soap/v1", &announced));
            assert_eq!(response.status, 413, "{length}");
            connection.finish_sending();
            assert!(connection.is_closed(), "{length}");
        }
    }
    server.assert_answers();
}

/// The HTTP library keeps the two greatest lengths for itself and answers them before we see the
/// request, with a status of its own: as good as 413, since nothing was read or done. What is no
/// length of 64 bits is no request.
#[test]
fn lengths_at_the_end_of_64_bits_are_refused_at_once() {
    let server = Server::start();
    for (length, status) in [
        ("18446744073709551613", 413),
        ("18446744073709551614", 431),
        ("18446744073709551615", 431),
        ("18446744073709551616", 400),
        ("99999999999999999999999", 400),
    ] {
        let mut connection = server.connect();
        let announced = [XML, ("Content-Length", length)];
        let response = connection.exchange(&head("POST", "/soap/v1", &announced));
        assert_eq!(response.status, status, "{length}");
        connection.finish_sending();
        assert!(connection.is_closed(), "{length}");
    }
    server.assert_answers();
}

/// The refusal must reach a client that is still sending.
#[test]
fn a_client_that_sends_on_reads_why_it_was_refused() {
    let server = Server::start();
    let mut connection = server.connect();
    let length = (8 << 20).to_string();
    connection.send(&head(
        "POST",
        "/soap/v1",
        &[XML, ("Content-Length", &length)],
    ));
    connection.send(&vec![b' '; 8 << 20]);
    assert_eq!(connection.receive().status, 413);
    assert!(connection.is_closed());
}

#[test]
fn chunks_are_counted_while_they_come() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(&head(
        "POST",
        "/soap/v1",
        &[XML, ("Transfer-Encoding", "chunked")],
    ));
    let mut chunk = format!("{:x}\r\n", 1 << 20).into_bytes();
    chunk.resize(chunk.len() + (1 << 20), b' ');
    chunk.extend_from_slice(b"\r\n");
    for _ in 0..5 {
        connection.send(&chunk);
    }
    assert_eq!(connection.receive().status, 413);
    server.assert_answers();
}

#[test]
fn a_body_that_breaks_off_is_no_request() {
    let server = Server::start();
    let mut connection = server.connect();
    let length = [XML, ("Content-Length", "1000")];
    connection.send(&head("POST", "/soap/v1", &length));
    connection.send(&info()[..100]);
    connection.finish_sending();
    if let Some(response) = connection.try_receive() {
        assert!(matches!(response.status, 400 | 408), "{}", response.status);
    }
    assert!(connection.is_closed());
    server.assert_answers();
}
