//! Requests that two servers could take for different ones: refused, and the connection closed.

use crate::support::Server;
use crate::support::http::Connection;
use crate::support::message::STAFF;

/// What a smuggler wants to be taken for a request of its own.
const SMUGGLED: &str = "GET /soap/v1?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends a head with these header lines and a body; it must get 400 and nothing else.
fn assert_refused(server: &Server, what: &str, lines: &str, body: &str) {
    let mut connection = server.connect();
    connection.send(format!("POST /soap/v1 HTTP/1.1\r\n{lines}\r\n{body}").as_bytes());
    assert_bad(&mut connection, what);
    server.assert_answers();
}

fn assert_bad(connection: &mut Connection, what: &str) {
    let response = connection.receive();
    assert_eq!(response.status, 400, "{what}");
    assert!(connection.is_closed(), "{what}: the connection stays open");
}

#[test]
fn a_body_has_one_length() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    let length = message.len();
    let chunks = format!("{length:x}\r\n{message}\r\n0\r\n\r\n{SMUGGLED}");
    let chunked = "Transfer-Encoding: chunked\r\n";
    let sized = format!("Content-Length: {length}\r\n");
    let host = "Host: localhost\r\nContent-Type: text/xml\r\n";
    let refused = |what, lines: &[&str], body: &str| {
        assert_refused(&server, what, &(host.to_owned() + &lines.concat()), body);
    };
    refused("length, then chunks", &[&sized, chunked], &chunks);
    refused("chunks, then length", &[chunked, &sized], &chunks);
    refused("two lengths", &[&sized, "Content-Length: 5\r\n"], &message);
    refused("a list of lengths", &["Content-Length: 5, 6\r\n"], &message);
    refused("a signed length", &["Content-Length: +5\r\n"], &message);
    refused(
        "a length of letters",
        &["Content-Length: 0x5\r\n"],
        &message,
    );
    refused(
        "chunks in something else",
        &["Transfer-Encoding: gzip, chunked\r\n"],
        &chunks,
    );
    refused(
        "something else in chunks",
        &["Transfer-Encoding: chunked, gzip\r\n"],
        &chunks,
    );
    refused("chunks twice", &[chunked, chunked], &chunks);
    refused(
        "chunks by another name",
        &["Transfer-Encoding: xchunked\r\n"],
        &chunks,
    );
    refused(
        "a blank before the colon",
        &["Transfer-Encoding : chunked\r\n", &sized],
        &chunks,
    );
    refused(
        "a folded header",
        &["Transfer-Encoding:\r\n chunked\r\n", &sized],
        &chunks,
    );
}

#[test]
fn a_request_has_one_host() {
    let server = Server::start();
    let length = "Content-Length: 0\r\n";
    assert_refused(&server, "no host", length, "");
    let two = format!("Host: localhost\r\nHost: other\r\n{length}");
    assert_refused(&server, "two hosts", &two, "");
}

#[test]
fn an_old_version_has_no_chunks() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(
        b"POST /soap/v1 HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    assert_bad(&mut connection, "chunks in HTTP/1.0");
}

#[test]
fn what_is_no_http_is_refused() {
    let server = Server::start();
    for nonsense in [
        "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "GET\r\n\r\n",
        "POST / HTTP/9.9\r\n\r\n",
    ] {
        let mut connection = server.connect();
        connection.send(nonsense.as_bytes());
        assert_bad(&mut connection, nonsense);
    }
    server.assert_answers();
}

#[test]
fn a_head_ends_somewhere() {
    let server = Server::start();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(1 << 20)
    );
    let many = "X: y\r\n".repeat(1000);
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n");
    for (what, head) in [("a long header", long), ("many headers", many)] {
        let mut connection = server.connect();
        connection.send(head.as_bytes());
        // A reset may overtake the answer to what is still being sent.
        if let Some(response) = connection.try_receive() {
            assert_eq!(response.status, 431, "{what}");
        }
        assert!(connection.is_closed(), "{what}");
    }
    server.assert_answers();
}

/// Broken chunks can't be told from an attack: nothing behind them is taken for a request.
#[test]
fn nothing_is_read_behind_broken_chunks() {
    let server = Server::start();
    let head = "POST /soap/v1 HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    for broken in [
        "zz\r\n",
        "5\nab",
        "ffffffffffffffffff\r\n",
        "-1\r\n",
        "3\r\nabcdef\r\n",
    ] {
        let mut connection = server.connect();
        connection.send(format!("{head}{broken}{SMUGGLED}").as_bytes());
        if let Some(response) = connection.try_receive() {
            assert_eq!(response.status, 400, "{broken:?}");
        }
        assert!(connection.is_closed(), "{broken:?}");
    }
    server.assert_answers();
}
