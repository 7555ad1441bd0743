//! The worker's end of what it has in common with the server, see
//! [`crate::native`]: memory, and a socket that wakes and that ends with the
//! server.

use std::io::{self, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::limits::MAX_LOG;
use crate::native::Patience;
use crate::native::memory::{Area, Ending, Memory, invalid};
use crate::native::turn::{must_sleep, pass, passed};

/// Memory and socket, with the answer as far as it is written.
pub(super) struct Link {
    memory: Memory,
    socket: UnixStream,
    patience: Patience,
    turn: u32,
    input: usize,
    written: usize,
    overflowed: bool,
    logged: usize,
    log_left: usize,
}

impl Link {
    /// The socket came as standard input, and the memory over it; the library
    /// finds nothing there.
    pub(super) fn take(output_limit: usize) -> io::Result<Self> {
        let socket = io::stdin().as_fd().try_clone_to_owned()?;
        rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
        let memory = Memory::open(receive_descriptor(&socket)?, output_limit)?;
        Ok(Self {
            memory,
            socket: UnixStream::from(socket),
            patience: Patience::default(),
            turn: 1,
            input: 0,
            written: 0,
            overflowed: false,
            logged: 0,
            log_left: MAX_LOG,
        })
    }

    /// Waits for the next request and tells its operation; none when the server
    /// has closed the socket.
    pub(super) fn request(&mut self) -> io::Result<Option<u32>> {
        self.turn += 1;
        if !self.wait()? {
            return Ok(None);
        }
        (self.written, self.logged) = (0, 0);
        self.overflowed = false;
        self.log_left = MAX_LOG;
        let server = &self.memory.shared().server;
        self.input = server.len.load(Ordering::Relaxed);
        Ok(Some(server.code.load(Ordering::Relaxed)))
    }

    fn wait(&mut self) -> io::Result<bool> {
        let (shared, turn) = (self.memory.shared(), self.turn);
        let asked = || passed(&shared.server, turn).then_some(());
        if self.patience.wait(asked).is_some() {
            return Ok(true);
        }
        while must_sleep(&shared.worker, turn, &shared.server) {
            match (&self.socket).read(&mut [0; 64]) {
                Ok(0) => return Ok(false),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
        Ok(true)
    }

    /// Ends the turn with all that was written.
    pub(super) fn answer(&self, code: u32) -> io::Result<()> {
        let ending = if self.overflowed {
            Ending::Overflow
        } else {
            Ending::Complete
        };
        self.end(code, ending)
    }

    /// Ends the first turn without a library; a message says why.
    pub(super) fn refuse(&mut self, why: &str) -> io::Result<()> {
        self.log(1, why.as_bytes());
        self.end(0, Ending::Refused)
    }

    fn end(&self, code: u32, ending: Ending) -> io::Result<()> {
        let shared = self.memory.shared();
        shared.worker.code.store(code, Ordering::Relaxed);
        shared
            .worker
            .ending
            .store(ending.number(), Ordering::Relaxed);
        shared.worker.len.store(self.written, Ordering::Relaxed);
        pass(&shared.worker, self.turn, &shared.server, &self.socket)
    }

    /// The input, which the server leaves alone until the turn ends.
    #[expect(unsafe_code, reason = "memory of two processes")]
    pub(super) fn input(&self) -> io::Result<&[u8]> {
        let start = self.memory.place(Area::Input, 0, self.input)?;
        // SAFETY: the place lies within the mapping; the server writes there
        // in its own turn only.
        Ok(unsafe { std::slice::from_raw_parts(start.as_ptr(), self.input) })
    }

    /// Adds to the output, which fails when there is no room for all.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let result = self.memory.write(Area::Output, self.written, bytes);
        match result {
            Ok(()) => self.written += bytes.len(),
            Err(_) => self.overflowed = true,
        }
        result
    }

    /// Adds a message, which the server finds even if the call never ends.
    pub(super) fn log(&mut self, level: u32, text: &[u8]) {
        if text.len() > self.log_left {
            self.log_left = 0;
            return;
        }
        self.log_left -= text.len();
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let message = [&level.to_le_bytes(), &len.to_le_bytes(), text].concat();
        if self.memory.write(Area::Log, self.logged, &message).is_err() {
            self.log_left = 0;
            return;
        }
        self.logged += message.len();
        self.memory
            .shared()
            .worker
            .logged
            .store(self.logged, Ordering::Release);
    }
}

/// The descriptor that the server has left in the socket.
fn receive_descriptor(socket: &OwnedFd) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut byte)],
        &mut control,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    control
        .drain()
        .find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
            _ => None,
        })
        .ok_or_else(|| invalid("a socket without memory"))
}
