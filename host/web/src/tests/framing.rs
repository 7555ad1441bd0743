//! Framing: lengths, chunks, packed and slow bodies, methods and media types.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use lds_domain::user::UserState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Server, read};
use crate::Options;

const MESSAGE: &str = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
    <getServiceInfo xmlns=\"urn:license-distribution-service:v1\"/></e:Body></e:Envelope>";

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn chunked(headers: &str) -> String {
    let (one, other) = MESSAGE.split_at(20);
    format!(
        "POST /soap/v1 HTTP/1.1\r\nHost: a\r\n{headers}\r\n14\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n",
        other.len()
    )
}

#[tokio::test]
async fn chunked_and_packed_bodies_are_taken() {
    let server = Server::start().await;
    let answer = server.send(chunked("Transfer-Encoding: chunked\r\n")).await;
    answer.assert(200, &["getServiceInfoResponse"]);
    let packed = pack(MESSAGE.as_bytes());
    let answer = server
        .post("/soap/v1", "Content-Encoding: gzip\r\n", packed)
        .await;
    answer.assert(200, &["getServiceInfoResponse"]);
}

#[tokio::test]
async fn a_request_that_two_servers_could_read_differently_is_refused() {
    let server = Server::start().await;
    for headers in [
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nHost: b\r\n",
        "Content-Length: +5\r\n",
    ] {
        let answer = server.send(chunked(headers)).await;
        answer.assert(400, &[]);
        assert!(answer.head.contains("connection: close"), "{headers}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let server = Server::start().await;
    let head = "POST /soap/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4194305\r\n\r\n";
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    read(&mut stream).await.assert(413, &[]);

    let bomb = pack(&vec![b' '; (4 << 20) + 1]);
    let twice = pack(&pack(MESSAGE.as_bytes()));
    for (coding, body) in [
        ("gzip", bomb),
        ("gzip", twice.clone()),
        ("gzip, gzip", twice),
    ] {
        let headers = format!("Content-Encoding: {coding}\r\n");
        server
            .post("/soap/v1", &headers, body)
            .await
            .assert(413, &[]);
    }
    let form = vec![b'x'; 70_000];
    server.post("/activate", "", form).await.assert(413, &[]);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let options = Options {
        body_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let head = "POST /soap/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n<";
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    read(&mut stream).await.assert(408, &[]);
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let options = Options {
        header_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"POST /soap/v1 HTTP/1.1\r\nHo")
        .await
        .unwrap();
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_client_that_waits_is_told_to_continue() {
    let server = Server::start().await;
    let length = MESSAGE.len();
    let head = format!(
        "POST /soap/v1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(MESSAGE.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    read(&mut stream)
        .await
        .assert(200, &["getServiceInfoResponse"]);
}

#[tokio::test]
async fn other_methods_and_media_are_refused() {
    let server = Server::start().await;
    for (method, target, allow) in [
        ("PUT", "/soap/v1", "post"),
        ("GET", "/soap/v1", "post"),
        ("DELETE", "/soap/activation/v1?wsdl", "get, head, post"),
    ] {
        let request = format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = server.send(request).await;
        answer.assert(405, &[]);
        assert!(answer.head.contains(&format!("allow: {allow}\r\n")));
    }
    for media in ["application/json", "multipart/related; type=\"text/xml\""] {
        let headers = format!("Content-Type: {media}\r\n");
        server
            .post("/soap/v1", &headers, MESSAGE)
            .await
            .assert(415, &[]);
    }
    let headers = "Content-Encoding: br\r\n";
    server
        .post("/soap/v1", headers, MESSAGE)
        .await
        .assert(415, &[]);
}

#[tokio::test]
async fn everything_else_is_the_portals() {
    let server = Server::start().await;
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    server
        .send(get("/activate"))
        .await
        .assert(200, &["License portal"]);
    server.send(get("/nothing")).await.assert(404, &[]);
}
