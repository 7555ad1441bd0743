//! A program that runs once for each call: the operation is its last argument, the document goes in
//! on standard input, the exit code is the status.

use std::process::ExitStatus;

use async_trait::async_trait;
use lds_plugin_api::Op;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};

use crate::apart::{Answer, Attempt, Failure};
use crate::carrier::{CallOutcome, LogBuffer};
use crate::limits::Limits;
use crate::status::CallStatus;

use super::program::{Started, Starter};
use super::resident::excess;

/// A program that does not stay.
pub(crate) struct OneShot(pub(crate) Starter);

#[async_trait]
impl Attempt for OneShot {
    fn refused(&self, op: u32, _input: &[u8]) -> Option<CallOutcome> {
        let note = format!("the operation {op} has no name by which a program could be asked");
        let unknown = Op::from_number(op).is_none();
        unknown.then(|| CallOutcome::failed(CallStatus::Unsupported, note))
    }

    async fn attempt(
        &self,
        op: u32,
        input: &[u8],
        limits: &Limits,
        _logs: &mut LogBuffer,
    ) -> Result<Answer, Failure> {
        let name = Op::from_number(op).map(Op::name);
        let started = self.0.start(limits, name).await;
        let started =
            started.map_err(|error| Failure::new(CallStatus::Unavailable, error.to_string()))?;
        let run = tokio::time::timeout(limits.time, run(started, input, limits)).await;
        let (output, ended) = run.map_err(|_| Failure::deadline())??;
        let code = ended.code().filter(|code| (0..=4).contains(code));
        let answer = code.map(|code| Answer {
            code,
            output,
            overflowed: false,
            memory: 0,
        });
        answer.ok_or_else(|| {
            let note = format!("the program ended with {ended}, expected an exit code of 0 to 4");
            Failure::new(CallStatus::Crashed, note)
        })
    }

    fn label(&self) -> &str {
        &self.0.label
    }
}

/// Feeds a program, and takes what it writes until it has ended.
async fn run(
    started: Started,
    input: &[u8],
    limits: &Limits,
) -> Result<(Vec<u8>, ExitStatus), Failure> {
    let process = started.process;
    let work = async {
        let fed = feed(started.stdin, input);
        let collected = collect(started.stdout, limits.output);
        tokio::try_join!(fed, collected, process.ended()).map(|((), output, ())| output)
    };
    let output = match process.id() {
        Some(pid) => tokio::select! {
            output = work => output?,
            failure = excess(pid, limits.memory) => return Err(failure),
        },
        None => work.await?,
    };
    let ended = process
        .end()
        .await
        .map_err(|error| Failure::crash(&error))?;
    Ok((output, ended))
}

/// Whoever ends without having read all has its reasons.
async fn feed(mut stdin: ChildStdin, input: &[u8]) -> Result<(), Failure> {
    let _ = stdin.write_all(input).await;
    Ok(())
}

async fn collect(stdout: ChildStdout, most: usize) -> Result<Vec<u8>, Failure> {
    let mut output = Vec::new();
    let mut rest = stdout.take(most as u64 + 1);
    let read = rest.read_to_end(&mut output).await;
    read.map_err(|error| Failure::crash(&error))?;
    if output.len() > most {
        return Err(Failure::overflow());
    }
    Ok(output)
}
