//! One worker process as the server sees it.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::apart::{Answer, Failure, Printed, Process, Spawner, Worker};
use crate::carrier::LogBuffer;
use crate::limits::Limits;
use crate::process::WorkerProgram;

use super::link::Link;
use super::memory::{Ending, invalid};

/// How long a library may take to load.
const START_TIME: Duration = Duration::from_secs(5);

/// A process with the library loaded.
pub(crate) struct NativeWorker {
    link: Link,
    printed: Printed,
    /// Ends the process when dropped.
    _process: Process,
    /// What `lds_abi` answered.
    pub(super) abi: u32,
}

impl NativeWorker {
    /// Starts a process and waits until it has loaded the library.
    pub(super) async fn start(
        spawner: &Spawner,
        program: &WorkerProgram,
        library: &Path,
        limits: &Limits,
    ) -> io::Result<Self> {
        let (link, theirs) = Link::new(limits.output)?;
        let mut command = program.command();
        command
            .arg("native")
            .arg(library)
            .args([limits.output.to_string(), limits.memory.to_string()])
            .process_group(0)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = spawner.spawn(command, None).await?;
        let printed = Printed::by(&mut process, &library.display().to_string())?;
        let mut worker = Self {
            link,
            printed,
            _process: process,
            abi: 0,
        };
        worker.abi = tokio::time::timeout(START_TIME, worker.wait_ready())
            .await
            .map_err(|_| io::Error::other("the library takes longer than 5 s to load"))??;
        Ok(worker)
    }

    async fn wait_ready(&mut self) -> io::Result<u32> {
        let answer = self.link.answer().await?;
        if answer.ending != Ending::Refused {
            return Ok(answer.code);
        }
        let mut reasons = LogBuffer::default();
        self.link.logs(&mut reasons)?;
        let reasons: Vec<_> = reasons.into_lines().into_iter().map(|l| l.text).collect();
        Err(io::Error::other(reasons.join("; ")))
    }
}

impl Worker for NativeWorker {
    async fn call(&mut self, op: u32, input: &[u8], _limits: &Limits) -> Result<Answer, Failure> {
        self.printed.renew();
        let asked = self.link.post(op, input);
        asked.map_err(|error| Failure::crash(&error))?;
        let answer = self.link.answer().await;
        let answer = answer.map_err(|error| Failure::crash(&error))?;
        match answer.ending {
            Ending::Refused => Err(Failure::crash(&invalid("an answer out of turn"))),
            Ending::Complete | Ending::Overflow => Ok(Answer {
                code: answer.code.cast_signed(),
                output: answer.output,
                overflowed: answer.ending == Ending::Overflow,
                memory: 0,
            }),
        }
    }

    fn logs(&self, logs: &mut LogBuffer) -> io::Result<()> {
        self.link.logs(logs)
    }

    fn calls(&self) -> u32 {
        self.link.turn
    }
}
