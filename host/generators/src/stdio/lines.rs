//! A program that stays: a line for each call, a line for each answer.

use std::io;

use lds_plugin_api::Op;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};

use crate::apart::{Answer, Failure, Kind, Printed, Process, Worker};
use crate::carrier::CallOutcome;
use crate::limits::{Limits, START_TIME};
use crate::status::CallStatus;

use super::frame;
use super::program::Starter;
use super::resident::{excess, resident};

/// A program whose processes stay.
pub(crate) struct Lines(pub(crate) Starter);

/// One process.
pub(crate) struct LinesWorker {
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    printed: Printed,
    /// Absent once it is known to have ended.
    process: Option<Process>,
    calls: u32,
}

impl Kind for Lines {
    type Worker = LinesWorker;

    /// A process can be called when it has described itself.
    async fn start(&self, limits: &Limits) -> io::Result<LinesWorker> {
        let started = self.0.start(limits, None).await?;
        let mut worker = LinesWorker {
            stdin: started.stdin,
            stdout: BufReader::new(started.stdout),
            printed: started.printed,
            process: Some(started.process),
            calls: 0,
        };
        let described = worker.call(Op::Describe.number(), b"", limits);
        let failed = |what: &str| io::Error::other(format!("the program's first DESCRIBE {what}"));
        match tokio::time::timeout(START_TIME, described).await {
            Err(_) => Err(failed("takes longer than 10 s")),
            Ok(Err(failure)) => Err(failed(&format!("ended with {failure}"))),
            Ok(Ok(answer)) if answer.code != 0 => {
                Err(failed(&format!("has the status {}", answer.code)))
            }
            Ok(Ok(_)) => Ok(worker),
        }
    }

    fn refused(&self, op: u32, input: &[u8]) -> Option<CallOutcome> {
        frame::refused(op, input)
    }

    fn label(&self) -> &str {
        &self.0.label
    }
}

impl Worker for LinesWorker {
    async fn call(&mut self, op: u32, input: &[u8], limits: &Limits) -> Result<Answer, Failure> {
        let op = Op::from_number(op).ok_or_else(gone)?;
        self.printed.renew();
        self.calls += 1;
        let id = self.calls.into();
        let line = match self.exchange(&frame::call(id, op, input), limits).await {
            Err(failure) if failure.status == CallStatus::Crashed => {
                return Err(self.died(failure).await);
            }
            line => line?,
        };
        let answer = frame::answer(&line, id, limits.output)?;
        if !self.stdout.buffer().is_empty() {
            let note = "the program wrote more than one line";
            return Err(Failure::new(CallStatus::BadOutput, note));
        }
        let memory = self.id().map_or(0, resident);
        Ok(Answer { memory, ..answer })
    }

    fn calls(&self) -> u32 {
        self.calls
    }
}

impl LinesWorker {
    fn id(&self) -> Option<u32> {
        self.process.as_ref().and_then(Process::id)
    }

    /// Writes a line and reads one, both at once: the program may read as it writes.
    async fn exchange(&mut self, call: &[u8], limits: &Limits) -> Result<Vec<u8>, Failure> {
        let pid = self.id().ok_or_else(gone)?;
        let process = self.process.as_ref().ok_or_else(gone)?;
        let stdin = &mut self.stdin;
        let write = async {
            let written = stdin.write_all(call).await;
            written.map_err(|error| Failure::crash(&error))
        };
        let read = read_line(&mut self.stdout, limits.output + frame::AROUND);
        let talk = async { tokio::try_join!(write, read).map(|((), line)| line) };
        // The streams end with the program, not with the last that it has started.
        let end = async {
            match process.ended().await {
                Ok(()) => std::future::pending().await,
                Err(failure) => failure,
            }
        };
        tokio::select! {
            line = talk => line,
            failure = end => Err(failure),
            failure = excess(pid, limits.memory) => Err(failure),
        }
    }

    /// A crash, with the way in which the process has ended.
    async fn died(&mut self, failure: Failure) -> Failure {
        let Some(process) = self.process.take() else {
            return failure;
        };
        let ended = process.end().await;
        let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        let note = format!("{} ({how})", failure.note);
        Failure { note, ..failure }
    }
}

/// A worker that has ended is asked no more.
fn gone() -> Failure {
    Failure::crash(&io::ErrorKind::BrokenPipe.into())
}

/// The next line, without its end.
async fn read_line(stdout: &mut BufReader<ChildStdout>, most: usize) -> Result<Vec<u8>, Failure> {
    let mut line = Vec::new();
    let mut rest = stdout.take(most as u64 + 1);
    let read = rest.read_until(b'\n', &mut line).await;
    read.map_err(|error| Failure::crash(&error))?;
    if line.pop_if(|last| *last == b'\n').is_some() {
        return Ok(line);
    }
    Err(match line.len() {
        0 => Failure::new(CallStatus::Crashed, "the program ended without an answer"),
        len if len > most => Failure::overflow(),
        _ => Failure::new(CallStatus::Crashed, "the program ended within a line"),
    })
}
