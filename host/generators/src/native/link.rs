//! The server's end of what it has in common with one worker: memory for
//! requests and answers, and a socket that wakes and that ends with the worker.
//!
//! Most calls take less time than the kernel needs to put a thread to sleep
//! and to wake it, so an answer is first waited for awake.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::sync::atomic::Ordering;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::net::UnixStream;

use crate::carrier::LogBuffer;

use super::memory::{Area, Ending, Memory, invalid};
use super::patience::Patience;
use super::turn::{must_sleep, pass, passed};

/// Memory and socket of one worker, which is not trusted.
pub(super) struct Link {
    memory: Memory,
    socket: UnixStream,
    patience: Patience,
    /// Requests so far; the first is that to load the library.
    pub(super) turn: u32,
}

/// What a worker said.
pub(super) struct Said {
    /// What the library returned.
    pub(super) code: u32,
    /// How the call ended.
    pub(super) ending: Ending,
    /// What the library wrote.
    pub(super) output: Vec<u8>,
}

impl Link {
    /// A link for outputs of this size, and the worker's end of it.
    pub(super) fn new(output: usize) -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = StdStream::pair()?;
        let (memory, fd) = Memory::create(output)?;
        send_descriptor(&ours, &fd)?;
        ours.set_nonblocking(true)?;
        let link = Self {
            memory,
            socket: UnixStream::from_std(ours)?,
            patience: Patience::default(),
            turn: 1,
        };
        Ok((link, theirs.into()))
    }

    /// Makes a request, which is the worker's turn.
    pub(super) fn post(&mut self, op: u32, input: &[u8]) -> io::Result<()> {
        self.memory.write(Area::Input, 0, input)?;
        let shared = self.memory.shared();
        shared.server.code.store(op, Ordering::Relaxed);
        shared.server.len.store(input.len(), Ordering::Relaxed);
        shared.worker.logged.store(0, Ordering::Relaxed);
        self.turn += 1;
        pass(&shared.server, self.turn, &shared.worker, &self.socket)
    }

    /// Waits for the worker's answer.
    pub(super) async fn answer(&mut self) -> io::Result<Said> {
        self.wait().await?;
        let worker = &self.memory.shared().worker;
        let len = worker.len.load(Ordering::Relaxed);
        Ok(Said {
            code: worker.code.load(Ordering::Relaxed),
            ending: Ending::from_number(worker.ending.load(Ordering::Relaxed))?,
            output: self.memory.copy(Area::Output, len)?,
        })
    }

    async fn wait(&mut self) -> io::Result<()> {
        let (shared, turn) = (self.memory.shared(), self.turn);
        let answered = || passed(&shared.worker, turn).then_some(());
        if self.patience.wait(answered).is_some() {
            return Ok(());
        }
        while must_sleep(&shared.server, turn, &shared.worker) {
            self.socket.readable().await?;
            match self.socket.try_read(&mut [0; 64]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The messages of the last call, also of one that did not end.
    pub(super) fn logs(&self, logs: &mut LogBuffer) -> io::Result<()> {
        let len = self.memory.shared().worker.logged.load(Ordering::Acquire);
        if len == 0 {
            return Ok(());
        }
        let copy = self.memory.copy(Area::Log, len)?;
        let mut rest = copy.as_slice();
        while !rest.is_empty() {
            let (level, text, after) = message(rest).ok_or_else(|| invalid("a cut message"))?;
            logs.push(level, text);
            rest = after;
        }
        Ok(())
    }
}

/// Level and text of the first message, and what follows it.
fn message(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (level, rest) = bytes.split_first_chunk::<4>()?;
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    let (text, after) = rest.split_at_checked(len)?;
    Some((u32::from_le_bytes(*level), text, after))
}

/// Lets the descriptor wait in the socket for the worker.
fn send_descriptor(socket: &StdStream, fd: &OwnedFd) -> io::Result<()> {
    let fds = [fd.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&fds));
    sendmsg(
        socket,
        &[IoSlice::new(b"m")],
        &mut control,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}
