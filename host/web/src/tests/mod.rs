//! The public interfaces over the wire, byte by byte: a server on a free port, and clients that do
//! what well-behaved libraries would not.

mod calls;
mod framing;
mod limits;
mod management;
mod office;

use std::sync::Arc;
use std::time::Duration;

use lds_domain::user::UserState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Options, serve};
use office::Office;

/// A server that stops when it is dropped.
struct Server {
    address: std::net::SocketAddr,
    office: Arc<Office>,
    _stop: DropGuard,
}

/// An answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Server {
    async fn start() -> Self {
        Self::with(UserState::Active, Options::default()).await
    }

    async fn with(state: UserState, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let office = Office::new(state);
        let stop = CancellationToken::new();
        let serving = serve(listener, office.services(), options, [7; 32], stop.clone());
        tokio::spawn(serving);
        Self {
            address,
            office,
            _stop: stop.drop_guard(),
        }
    }

    /// Sends bytes, half-closes, reads all that comes.
    async fn send(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_ref()).await.unwrap();
        stream.shutdown().await.unwrap();
        read(&mut stream).await
    }

    /// Posts a message to a path, with more headers.
    async fn post(&self, path: &str, headers: &str, message: impl AsRef<[u8]>) -> Answer {
        let message = message.as_ref();
        let length = message.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a.example\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        self.send([head.as_bytes(), message].concat()).await
    }
}

async fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes))
        .await
        .expect("the server closes the connection")
        .unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let body = bytes.split_off(end.expect("a head") + 4);
    let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
    Answer {
        status: head[9..12].parse().unwrap(),
        head,
        body,
    }
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    fn assert(&self, status: u16, parts: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        for part in parts {
            assert!(self.text().contains(part), "{part} is not in {self:?}");
        }
    }
}
