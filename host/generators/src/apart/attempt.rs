//! One call of a plugin in a process, repeated once if the process dies.

use std::time::{Duration, Instant};
use std::{fmt, io};

use async_trait::async_trait;

use crate::carrier::{CallOutcome, Carrier, LogBuffer};
use crate::limits::{Limits, MAX_INPUT};
use crate::status::CallStatus;

const OVERFLOW: &str = "the output limit was reached";

/// What a plugin answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The number of the status.
    pub(crate) code: i32,
    /// What it wrote.
    pub(crate) output: Vec<u8>,
    /// Whether it wanted to write more than the limit.
    pub(crate) overflowed: bool,
    /// Memory that the process had at the end, in bytes; 0 when not known.
    pub(crate) memory: u64,
}

/// Why there is no answer; whatever it was, the process ends.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Which of the host's statuses it is.
    pub(crate) status: CallStatus,
    /// For the log.
    pub(crate) note: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.note)
    }
}

impl Failure {
    /// The host ended the call.
    pub(crate) fn new(status: CallStatus, note: impl Into<String>) -> Self {
        let note = note.into();
        Self { status, note }
    }

    /// The process died, or the way to it broke.
    pub(crate) fn crash(error: &io::Error) -> Self {
        Self::new(CallStatus::Crashed, error.to_string())
    }

    /// The time limit was reached.
    pub(crate) fn deadline() -> Self {
        Self::new(CallStatus::Timeout, "the time limit was reached")
    }

    /// The output limit was passed by so much that no end of the output is seen.
    pub(crate) fn overflow() -> Self {
        Self::new(CallStatus::OutputLimit, OVERFLOW)
    }
}

/// A plugin that can be tried once.
#[async_trait]
pub(crate) trait Attempt: Send + Sync {
    /// What the host says itself to a call that cannot be put to the plugin.
    fn refused(&self, _op: u32, _input: &[u8]) -> Option<CallOutcome> {
        None
    }

    /// Makes one call; messages are kept also of one that fails.
    async fn attempt(
        &self,
        op: u32,
        input: &[u8],
        limits: &Limits,
        logs: &mut LogBuffer,
    ) -> Result<Answer, Failure>;

    /// What to call it in the log.
    fn label(&self) -> &str;
}

/// The carrier: a call whose process died is made once more.
pub(crate) struct Repeated<A>(pub(crate) A);

#[async_trait]
impl<A: Attempt> Carrier for Repeated<A> {
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome {
        if input.len() > MAX_INPUT {
            return CallOutcome::too_long(input.len());
        }
        if let Some(outcome) = self.0.refused(op, input) {
            return outcome;
        }
        let start = Instant::now();
        let mut logs = LogBuffer::default();
        let mut result = self.0.attempt(op, input, limits, &mut logs).await;
        if let Err(Failure { status, note }) = &result
            && *status == CallStatus::Crashed
        {
            let plugin = self.0.label();
            tracing::warn!(plugin, error = %note, "plugin process died, repeating the call once");
            result = self.0.attempt(op, input, limits, &mut logs).await;
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
        Err(failure) => return CallOutcome::failed(failure.status, failure.note),
    };
    if answer.overflowed {
        return CallOutcome::failed(CallStatus::OutputLimit, OVERFLOW);
    }
    let Some(status) = CallStatus::from_plugin(answer.code) else {
        let note = format!("the plugin returned the unknown status {}", answer.code);
        return CallOutcome::failed(CallStatus::BadOutput, note);
    };
    CallOutcome {
        memory: answer.memory,
        ..CallOutcome::returned(status, answer.output)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
