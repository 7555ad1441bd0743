//! A plugin in service: its carrier behind the queue and the quarantine, and
//! its answers as documents.

use std::fmt;
use std::time::{Duration, Instant};

use lds_plugin_api::Op;
use lds_plugin_api::document::Rejection;

use crate::carrier::{CallOutcome, Carrier, LogLevel, LogLine};
use crate::documents::decode;
use crate::gate::{Gate, GateError};
use crate::limits::{Limits, MAX_INPUT};
use crate::names::{is_code, is_line};
use crate::quarantine::Quarantine;
use crate::result::Refused;
use crate::status::CallStatus;

/// A loaded plugin with its limits.
pub(crate) struct Plugin {
    name: String,
    limits: Limits,
    carrier: Box<dyn Carrier>,
    gate: Gate,
    quarantine: Quarantine,
}

/// A call that gave no document.
#[derive(Debug)]
pub(crate) struct CallFailure {
    pub(crate) status: CallStatus,
    /// What the plugin says to the user, with status REJECTED.
    pub(crate) rejection: Option<Rejection>,
    /// For the log.
    pub(crate) note: String,
    /// The request was longer than any plugin takes: none was asked.
    pub(crate) too_long: bool,
}

impl CallFailure {
    pub(crate) const fn new(status: CallStatus, note: String) -> Self {
        Self {
            status,
            rejection: None,
            note,
            too_long: false,
        }
    }

    fn too_long(len: usize) -> Self {
        let note = format!("the request would have {len} bytes");
        Self {
            too_long: true,
            ..Self::new(CallStatus::Input, note)
        }
    }
}

impl Plugin {
    /// A plugin under the name by which products know it.
    pub(crate) fn new(name: String, limits: Limits, carrier: Box<dyn Carrier>) -> Self {
        Self {
            name,
            limits,
            carrier,
            gate: Gate::new(limits.concurrency, limits.queue),
            quarantine: Quarantine::default(),
        }
    }

    /// Makes one call when it is the caller's turn; `read` takes the output
    /// of status OK.
    pub(crate) async fn ask<T>(
        &self,
        op: Op,
        input: &[u8],
        read: impl FnOnce(&[u8]) -> Result<T, Refused>,
    ) -> Result<T, CallFailure> {
        if input.len() > MAX_INPUT {
            return Err(CallFailure::too_long(input.len()));
        }
        let outcome = self.call(op, input).await;
        self.log(&outcome.logs);
        let (micros, memory) = (outcome.micros, outcome.memory);
        let answer = answer(outcome, read);
        let status = answer
            .as_ref()
            .map_or_else(|f| f.status, |_| CallStatus::Ok);
        self.quarantine.record(status, Instant::now());
        self.measure(op, status, micros);
        tracing::debug!(
            plugin = %self.name, %op, %status, duration_us = micros, memory_bytes = memory,
            "plugin called"
        );
        answer
    }

    /// Makes one call when it is the caller's turn that neither quarantine nor the calls of others
    /// have anything to do with; its output is the caller's to judge.
    pub(crate) async fn try_out(&self, op: Op, input: &[u8]) -> CallOutcome {
        let outcome = self.enter(op, input).await;
        self.log(&outcome.logs);
        outcome
    }

    async fn call(&self, op: Op, input: &[u8]) -> CallOutcome {
        let closed = self.quarantine.remaining(Instant::now());
        if !closed.is_zero() {
            let note = format!("in quarantine for {} ms more", closed.as_millis());
            return CallOutcome::failed(CallStatus::Unavailable, note);
        }
        self.enter(op, input).await
    }

    async fn enter(&self, op: Op, input: &[u8]) -> CallOutcome {
        if input.len() > MAX_INPUT {
            return CallOutcome::too_long(input.len());
        }
        match self.gate.enter().await {
            Ok(_place) => self.carrier.call(op.number(), input, &self.limits).await,
            Err(GateError::Full) => {
                CallOutcome::failed(CallStatus::Unavailable, "too many calls wait")
            }
        }
    }

    fn measure(&self, op: Op, status: CallStatus, micros: u64) {
        metrics::counter!(
            "lds_generator_calls_total",
            "generator" => self.name.clone(), "op" => op.name(), "status" => status.name()
        )
        .increment(1);
        metrics::histogram!("lds_generator_call_seconds", "generator" => self.name.clone())
            .record(Duration::from_micros(micros));
    }

    fn log(&self, lines: &[LogLine]) {
        let plugin = self.name.as_str();
        for LogLine { level, text } in lines {
            match level {
                LogLevel::Error => tracing::error!(plugin, text, "plugin says"),
                LogLevel::Warn => tracing::warn!(plugin, text, "plugin says"),
                LogLevel::Info => tracing::info!(plugin, text, "plugin says"),
                LogLevel::Debug => tracing::debug!(plugin, text, "plugin says"),
            }
        }
    }
}

fn answer<T>(
    outcome: CallOutcome,
    read: impl FnOnce(&[u8]) -> Result<T, Refused>,
) -> Result<T, CallFailure> {
    match outcome.status {
        CallStatus::Ok => {
            read(&outcome.output).map_err(|(status, note)| CallFailure::new(status, note))
        }
        CallStatus::Rejected => Err(rejected(&outcome.output)),
        status => {
            let note = outcome.note.unwrap_or_else(|| own_words(&outcome.output));
            Err(CallFailure::new(status, note))
        }
    }
}

/// The vendor's no, if it keeps the rules for what users see.
fn rejected(output: &[u8]) -> CallFailure {
    let rejection = decode::<Rejection>(output).and_then(|rejection| {
        if is_code(&rejection.code) && is_line(&rejection.message) {
            Ok(rejection)
        } else {
            Err("the code or message does not have its form".into())
        }
    });
    match rejection {
        Ok(rejection) => CallFailure {
            rejection: Some(rejection.clone()),
            ..CallFailure::new(CallStatus::Rejected, rejection.code)
        },
        Err(error) => {
            let note = format!("rejected with a bad document: {error}");
            CallFailure::new(CallStatus::BadOutput, note)
        }
    }
}

/// Code and message of statuses INPUT and INTERNAL, for the log.
fn own_words(output: &[u8]) -> String {
    match decode::<Rejection>(output) {
        Ok(words) => format!("{}: {}", words.code, words.message),
        Err(_) => "no reason given".into(),
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.note)
    }
}
