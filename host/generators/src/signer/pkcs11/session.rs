//! One worker process as the server sees it: a session with a token.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::process::Stdio;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

use crate::process::WorkerProgram;

use super::talk::{Answer, Opening, line};

/// The longest answer: a public key or a signature, in base64.
const MAX_ANSWER: u64 = 16 << 10;

/// A worker, killed when it is dropped.
pub(super) struct Session {
    socket: BufReader<UnixStream>,
    _child: Child,
}

impl Session {
    /// Starts a worker with these variables of the server's environment, and has it open the key.
    pub(super) async fn open(
        program: &WorkerProgram,
        env: &[String],
        opening: &Opening,
    ) -> io::Result<(Self, Answer)> {
        let (ours, theirs) = StdStream::pair()?;
        ours.set_nonblocking(true)?;
        let variables = env.iter();
        let variables = variables.filter_map(|name| Some((name, std::env::var_os(name)?)));
        // What the module prints is dropped: modules that trace their calls print PINs.
        let child = Command::from(program.command())
            .arg("pkcs11")
            .envs(variables)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let mut session = Self {
            socket: BufReader::new(UnixStream::from_std(ours)?),
            _child: child,
        };
        let answer = session.ask(opening).await?;
        Ok((session, answer))
    }

    /// Says a line and waits for its answer.
    pub(super) async fn ask(&mut self, words: &impl Serialize) -> io::Result<Answer> {
        self.socket.write_all(&line(words)?).await?;
        let mut answer = Vec::new();
        let mut socket = (&mut self.socket).take(MAX_ANSWER);
        socket.read_until(b'\n', &mut answer).await?;
        if answer.is_empty() {
            return Err(io::Error::other("the module's process ended"));
        }
        Ok(serde_json::from_slice(&answer)?)
    }
}
