//! One client among many: he neither takes all connections nor all memory.

use std::time::Duration;

use lds_domain::token::Network;
use lds_domain::user::UserState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Server;
use crate::Options;

const ASK: &[u8] = b"GET /soap/v1?wsdl HTTP/1.1\r\nHost: a.example\r\n\r\n";

/// Whether a connection is served, and not closed instead.
async fn is_served(stream: &mut TcpStream) -> bool {
    let mut start = [0; 12];
    let asked = async {
        stream.write_all(ASK).await?;
        stream.read_exact(&mut start).await
    };
    let answered = tokio::time::timeout(Duration::from_secs(10), asked).await;
    answered.expect("an answer or the end").is_ok() && start == *b"HTTP/1.1 200"
}

/// Waits until the server has seen what was sent or closed.
async fn soon(is_so: impl AsyncFn() -> bool) {
    let until = async { while !is_so().await {} };
    let in_time = tokio::time::timeout(Duration::from_secs(10), until).await;
    in_time.expect("soon");
}

async fn many(server: &Server, count: usize) -> Vec<TcpStream> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(TcpStream::connect(server.address).await.unwrap());
    }
    all
}

#[tokio::test]
async fn one_client_does_not_take_all_connections() {
    let options = Options {
        max_connections: 40,
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let mut streams = many(&server, 21).await;
    assert!(!is_served(&mut streams[20]).await);
    assert!(is_served(&mut streams[19]).await);
    streams.truncate(19);
    soon(async || is_served(&mut many(&server, 1).await[0]).await).await;
}

#[tokio::test]
async fn a_trusted_proxy_may_take_all_connections() {
    let options = Options {
        max_connections: 40,
        trusted_proxies: vec![Network::parse("127.0.0.1").unwrap()],
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let mut streams = many(&server, 40).await;
    assert!(is_served(&mut streams[39]).await);
}

/// There is room for sixteen of the largest messages; small ones need none.
#[tokio::test]
async fn large_messages_that_do_not_end_do_not_take_all_memory() {
    const LARGE: usize = 256 << 10;
    let options = Options {
        body_limit: LARGE,
        ..Options::default()
    };
    let server = Server::with(UserState::Active, options).await;
    let head = format!(
        "POST /soap/v1 HTTP/1.1\r\nHost: a.example\r\nContent-Type: text/xml\r\n\
         Content-Length: {LARGE}\r\n\r\n"
    );
    let almost = [head.as_bytes(), &vec![b' '; LARGE - 1]].concat();
    let mut streams = many(&server, 40).await;
    for stream in &mut streams {
        stream.write_all(&almost).await.unwrap();
    }
    let large = async || {
        let message = vec![b' '; LARGE];
        server
            .post("/soap/v1", "Content-Type: text/xml\r\n", message)
            .await
    };
    soon(async || large().await.status == 503).await;
    let small = server
        .post("/soap/v1", "Content-Type: text/xml\r\n", " ")
        .await;
    assert_eq!(small.status, 500);
    drop(streams);
    soon(async || large().await.status != 503).await;
}
