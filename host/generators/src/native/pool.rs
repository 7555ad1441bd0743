//! Hands calls to worker processes, as many as run at once and no more.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::carrier::{CallOutcome, Carrier, LogBuffer};
use crate::error::LoadError;
use crate::limits::{Limits, MAX_INPUT};
use crate::process::WorkerProgram;
use crate::status::CallStatus;

use super::link::Answer;
use super::memory::Ending;
use super::spawn::Spawner;
use super::worker::Worker;

/// Calls after which a worker is replaced: what a library leaks ends with it.
const CALLS_PER_WORKER: u32 = 100_000;

/// A native library. Workers are started when they are needed; the caller
/// bounds the calls at once and with them the workers.
pub(crate) struct NativePlugin {
    spawner: Spawner,
    program: WorkerProgram,
    library: PathBuf,
    idle: Mutex<Vec<Worker>>,
}

enum Failure {
    Start(String),
    Crash(String),
    Deadline,
}

impl NativePlugin {
    /// A library that is loaded by the first call.
    pub(crate) fn new(spawner: Spawner, program: WorkerProgram, library: PathBuf) -> Self {
        Self {
            spawner,
            program,
            library,
            idle: Mutex::default(),
        }
    }

    /// What `lds_abi` answers in a worker.
    pub(crate) async fn abi(&self, limits: &Limits) -> Result<u32, LoadError> {
        let worker = self
            .start(limits)
            .await
            .map_err(|error| LoadError::new(format!("the library cannot be loaded: {error}")))?;
        let abi = worker.abi;
        self.give_back(worker);
        Ok(abi)
    }

    async fn start(&self, limits: &Limits) -> std::io::Result<Worker> {
        Worker::start(&self.spawner, &self.program, &self.library, limits).await
    }

    /// The worker that was used last, so that few are kept busy.
    fn take_idle(&self) -> Option<Worker> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn give_back(&self, worker: Worker) {
        if worker.turns() < CALLS_PER_WORKER {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(worker);
        }
    }

    async fn attempt(
        &self,
        op: u32,
        input: &[u8],
        limits: &Limits,
        logs: &mut LogBuffer,
    ) -> Result<Answer, Failure> {
        let mut worker = match self.take_idle() {
            Some(worker) => worker,
            None => self
                .start(limits)
                .await
                .map_err(|error| Failure::Start(error.to_string()))?,
        };
        let call = tokio::time::timeout(limits.time, worker.call(op, input)).await;
        let logged = worker.logs(logs);
        let answer = call.map_err(|_| Failure::Deadline)?;
        let answer = answer
            .and_then(|answer| logged.map(|()| answer))
            .map_err(|error| Failure::Crash(error.to_string()))?;
        self.give_back(worker);
        Ok(answer)
    }
}

#[async_trait]
impl Carrier for NativePlugin {
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome {
        if input.len() > MAX_INPUT {
            return CallOutcome::too_long(input.len());
        }
        let start = Instant::now();
        let mut logs = LogBuffer::default();
        let mut result = self.attempt(op, input, limits, &mut logs).await;
        if let Err(Failure::Crash(error)) = &result {
            tracing::warn!(library = %self.library.display(), %error, "worker process died, repeating the call once");
            result = self.attempt(op, input, limits, &mut logs).await;
        }
        let mut outcome = conclude(result);
        outcome.logs = logs.into_lines();
        outcome.micros = micros(start.elapsed());
        outcome
    }
}

fn conclude(result: Result<Answer, Failure>) -> CallOutcome {
    let answer = match result {
        Ok(answer) => answer,
        Err(Failure::Start(error)) => return CallOutcome::failed(CallStatus::Unavailable, error),
        Err(Failure::Crash(error)) => return CallOutcome::failed(CallStatus::Crashed, error),
        Err(Failure::Deadline) => {
            return CallOutcome::failed(CallStatus::Timeout, "the time limit was reached");
        }
    };
    if answer.ending == Ending::Overflow {
        return CallOutcome::failed(CallStatus::OutputLimit, "the output limit was reached");
    }
    let code = answer.code.cast_signed();
    match CallStatus::from_plugin(code) {
        Some(status) => CallOutcome::returned(status, answer.output),
        None => CallOutcome::failed(
            CallStatus::BadOutput,
            format!("the plugin returned the unknown status {code}"),
        ),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
