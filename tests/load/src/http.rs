//! A client that costs as little as can be: requests are bytes made beforehand, a reply is read up
//! to its Content-Length. It knows just the HTTP/1.1 that the servers here speak.

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A thousand new orders are the longest reply.
const MAX_REPLY: usize = 4 * 1024 * 1024;

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back; the body lies in the connection.
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let buffer = Vec::with_capacity(8192);
        Ok(Self { stream, buffer })
    }

    /// Sends a request and waits for its reply.
    pub(crate) async fn call(&mut self, request: &[u8]) -> Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.fill().await?;
            if let Some(head) = Head::of(&self.buffer)? {
                break head;
            }
        };
        let end = head.body + head.length;
        while self.buffer.len() < end {
            self.fill().await?;
        }
        let body = &self.buffer[head.body..end];
        let status = head.status;
        Ok(Reply { status, body })
    }

    async fn fill(&mut self) -> Result<()> {
        if self.buffer.len() > MAX_REPLY {
            bail!("the reply is too long");
        }
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

/// What the head of a reply says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body begins.
    body: usize,
    length: usize,
}

impl Head {
    /// The head, if it is complete.
    fn of(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..end]).context("the head is no text")?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        Ok(Some(Self {
            status: status.context("no status")?.parse()?,
            body: end + 4,
            length: length.context("no Content-Length")?.1.trim().parse()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let text = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 12\r\n\r\n<Envelope";
        let expected = Head {
            status: 500,
            body: 58,
            length: 12,
        };
        assert_eq!(Head::of(text).unwrap(), Some(expected));
        assert_eq!(Head::of(&text[..56]).unwrap(), None);
    }

    #[test]
    fn a_reply_of_unknown_length_is_refused() {
        assert!(Head::of(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
