//! The server's end of a worker's socket.
//!
//! Most calls take less time than the kernel needs to put a thread to sleep
//! and to wake it, so an answer is first waited for awake.

use std::io;

use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

use super::frame::{HEAD, Kind, parse_answer};
use super::patience::Patience;

const BUFFER: usize = 16 << 10;

/// A socket with what has been received and not yet taken.
pub(super) struct Socket {
    stream: UnixStream,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    patience: Patience,
}

impl Socket {
    pub(super) fn new(socket: std::os::unix::net::UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self {
            stream: UnixStream::from_std(socket)?,
            buffer: vec![0; BUFFER].into(),
            start: 0,
            end: 0,
            patience: Patience::default(),
        })
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// The next frame, whose body has at most `longest` bytes.
    pub(super) async fn frame(&mut self, longest: usize) -> io::Result<(Kind, Vec<u8>)> {
        let mut head = [0; HEAD];
        self.read(&mut head).await?;
        let (kind, len) = parse_answer(head, longest)?;
        let mut body = vec![0; len];
        self.read(&mut body).await?;
        Ok((kind, body))
    }

    /// Fills `wanted` from the buffer and then from the socket; what is long
    /// goes past the buffer.
    async fn read(&mut self, mut wanted: &mut [u8]) -> io::Result<()> {
        while !wanted.is_empty() {
            if self.start == self.end {
                if wanted.len() >= BUFFER {
                    let count = receive(&self.stream, wanted, &mut self.patience).await?;
                    wanted = &mut wanted[count..];
                    continue;
                }
                self.end = receive(&self.stream, &mut self.buffer, &mut self.patience).await?;
                self.start = 0;
            }
            let count = wanted.len().min(self.end - self.start);
            wanted[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
            self.start += count;
            wanted = &mut wanted[count..];
        }
        Ok(())
    }
}

/// Receives at least one byte.
async fn receive(
    stream: &UnixStream,
    buffer: &mut [u8],
    patience: &mut Patience,
) -> io::Result<usize> {
    let soon = patience.wait(|| match recv(stream, &mut *buffer, RecvFlags::DONTWAIT) {
        Err(Errno::AGAIN | Errno::INTR) => None,
        Err(error) => Some(Err(error.into())),
        Ok((_, count)) => Some(some(count)),
    });
    if let Some(result) = soon {
        return result;
    }
    loop {
        stream.readable().await?;
        match stream.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return some(result?),
        }
    }
}

fn some(count: usize) -> io::Result<usize> {
    match count {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        count => Ok(count),
    }
}
