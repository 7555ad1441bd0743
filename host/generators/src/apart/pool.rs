//! Hands calls to processes that stay, as many as run at once and no more.

use std::future::Future;
use std::io;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::carrier::{CallOutcome, LogBuffer};
use crate::limits::Limits;
use crate::status::CallStatus;

use super::attempt::{Answer, Attempt, Failure};

/// Calls after which a process is replaced: what a plugin leaks ends with it.
const CALLS_PER_PROCESS: u32 = 100_000;

/// How the processes of one plugin are started.
pub(crate) trait Kind: Send + Sync {
    /// One of them.
    type Worker: Worker;

    /// Starts one; it can be called when this returns.
    fn start(&self, limits: &Limits) -> impl Future<Output = io::Result<Self::Worker>> + Send;

    /// What the host says itself to a call that cannot be put to the plugin.
    fn refused(&self, _op: u32, _input: &[u8]) -> Option<CallOutcome> {
        None
    }

    /// What to call it in the log.
    fn label(&self) -> &str;
}

/// A process that takes one call after the other, and ends when it is dropped.
pub(crate) trait Worker: Send {
    /// Makes one call. A failure means that the worker must be dropped.
    fn call(
        &mut self,
        op: u32,
        input: &[u8],
        limits: &Limits,
    ) -> impl Future<Output = Result<Answer, Failure>> + Send;

    /// The messages of the last call, also of one that did not end.
    fn logs(&self, _logs: &mut LogBuffer) -> io::Result<()> {
        Ok(())
    }

    /// Calls so far.
    fn calls(&self) -> u32;
}

/// The processes of one plugin. They are started when they are needed; the
/// caller bounds the calls at once and with them the processes.
pub(crate) struct Pool<K: Kind> {
    kind: K,
    idle: Mutex<Vec<K::Worker>>,
}

impl<K: Kind> Pool<K> {
    /// No process is started yet.
    pub(crate) fn new(kind: K) -> Self {
        let idle = Mutex::default();
        Self { kind, idle }
    }

    /// A process that no one uses, or a new one.
    pub(crate) async fn take(&self, limits: &Limits) -> io::Result<K::Worker> {
        match self.take_idle() {
            Some(worker) => Ok(worker),
            None => self.kind.start(limits).await,
        }
    }

    /// The worker that was used last, so that few are kept busy.
    fn take_idle(&self) -> Option<K::Worker> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    /// Keeps a process for the next call.
    pub(crate) fn give_back(&self, worker: K::Worker) {
        if worker.calls() < CALLS_PER_PROCESS {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(worker);
        }
    }
}

#[async_trait]
impl<K: Kind> Attempt for Pool<K> {
    fn refused(&self, op: u32, input: &[u8]) -> Option<CallOutcome> {
        self.kind.refused(op, input)
    }

    async fn attempt(
        &self,
        op: u32,
        input: &[u8],
        limits: &Limits,
        logs: &mut LogBuffer,
    ) -> Result<Answer, Failure> {
        let unavailable =
            |error: io::Error| Failure::new(CallStatus::Unavailable, error.to_string());
        let mut worker = self.take(limits).await.map_err(unavailable)?;
        let call = tokio::time::timeout(limits.time, worker.call(op, input, limits)).await;
        let logged = worker.logs(logs);
        let answer = call.map_err(|_| Failure::deadline())??;
        logged.map_err(|error| Failure::crash(&error))?;
        self.give_back(worker);
        Ok(answer)
    }

    fn label(&self) -> &str {
        self.kind.label()
    }
}
