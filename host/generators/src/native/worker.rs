//! One worker process as the server sees it.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStderr, ChildStdout};

use crate::carrier::LogBuffer;
use crate::limits::{Limits, MAX_LOG};
use crate::process::WorkerProgram;

use super::frame::{HEAD, Kind, RESULT_HEAD, invalid, number, request_head};
use super::socket::Socket;
use super::spawn::{Process, Spawner};

/// How long a library may take to load.
const START_TIME: Duration = Duration::from_secs(5);
/// The longest line of a library's own output that is logged, in bytes.
const MAX_LINE: u64 = 1024;

/// A process with the library loaded.
pub(super) struct Worker {
    socket: Socket,
    /// Ends the process when dropped.
    _process: Process,
    /// What `lds_abi` answered.
    pub(super) abi: u32,
    /// Calls made so far.
    pub(super) calls: u32,
}

/// What a worker answered.
pub(super) struct Answer {
    pub(super) code: i32,
    pub(super) overflowed: bool,
    pub(super) output: Vec<u8>,
}

impl Worker {
    /// Starts a process and waits until it has loaded the library.
    pub(super) async fn start(
        spawner: &Spawner,
        program: &WorkerProgram,
        library: &Path,
        limits: &Limits,
    ) -> io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        let mut command = program.command();
        command
            .arg("native")
            .arg(library)
            .args([limits.output.to_string(), limits.memory.to_string()])
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = spawner.spawn(command).await?;
        log_output(&mut process, library)?;
        let mut worker = Self {
            socket: Socket::new(ours)?,
            _process: process,
            abi: 0,
            calls: 0,
        };
        worker.abi = tokio::time::timeout(START_TIME, worker.wait_ready())
            .await
            .map_err(|_| io::Error::other("the library takes longer than 5 s to load"))??;
        Ok(worker)
    }

    async fn wait_ready(&mut self) -> io::Result<u32> {
        let (kind, body) = self.socket.frame(MAX_LOG).await?;
        match kind {
            Kind::Ready => Ok(number(&body)?.0),
            Kind::Refused => Err(io::Error::other(
                String::from_utf8_lossy(&body).into_owned(),
            )),
            _ => Err(invalid("a frame out of turn")),
        }
    }

    /// Makes one call. Any error means that the worker must be dropped.
    pub(super) async fn call(
        &mut self,
        op: u32,
        input: &[u8],
        output_limit: usize,
        logs: &mut LogBuffer,
    ) -> io::Result<Answer> {
        self.calls += 1;
        let mut request = Vec::with_capacity(HEAD + input.len());
        request.extend_from_slice(&request_head(op, input.len())?);
        request.extend_from_slice(input);
        self.socket.send(&request).await?;
        let longest = MAX_LOG.max(output_limit) + RESULT_HEAD;
        loop {
            let (kind, mut body) = self.socket.frame(longest).await?;
            match kind {
                Kind::Log => {
                    let (level, text) = number(&body)?;
                    logs.push(level, text);
                }
                Kind::Result => {
                    let (code, rest) = number(&body)?;
                    let (overflowed, _) = number(rest)?;
                    body.drain(..RESULT_HEAD);
                    return Ok(Answer {
                        code: code.cast_signed(),
                        overflowed: overflowed != 0,
                        output: body,
                    });
                }
                _ => return Err(invalid("a frame out of turn")),
            }
        }
    }
}

/// Logs what the library prints, apart from the frames.
fn log_output(process: &mut Process, library: &Path) -> io::Result<()> {
    let name = library.display().to_string();
    if let Some(child) = process.child() {
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(log_lines(ChildStdout::from_std(stdout)?, name.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(log_lines(ChildStderr::from_std(stderr)?, name));
        }
    }
    Ok(())
}

/// Reads to the end so that the library never waits; a broken pipe ends it.
async fn log_lines(pipe: impl AsyncRead + Unpin, library: String) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut pipe)
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .await
        {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                tracing::info!(library, printed = text.trim_end(), "native plugin printed");
            }
        }
    }
}
