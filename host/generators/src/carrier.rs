//! What all kinds of plugins have in common: an operation and bytes go in, a
//! status and bytes come out.
//!
//! A carrier knows nothing of documents; it enforces the limits and turns
//! whatever goes wrong into a status.

use async_trait::async_trait;

use crate::limits::{Limits, MAX_INPUT, MAX_LOG};
use crate::status::CallStatus;

/// What came of one call.
#[derive(Debug)]
pub struct CallOutcome {
    /// How it ended.
    pub status: CallStatus,
    /// The output document; empty unless the status keeps it.
    pub output: Vec<u8>,
    /// What the plugin logged, in order.
    pub logs: Vec<LogLine>,
    /// What the host has to say about a failure, for the log.
    pub note: Option<String>,
    /// How long the call took, in microseconds.
    pub micros: u64,
    /// Memory that the instance had at the end, in bytes; 0 when not known.
    pub memory: u64,
}

impl CallOutcome {
    /// A call that returned this status by itself.
    pub(crate) fn returned(status: CallStatus, output: Vec<u8>) -> Self {
        Self {
            status,
            output: if status.keeps_output() {
                output
            } else {
                Vec::new()
            },
            logs: Vec::new(),
            note: None,
            micros: 0,
            memory: 0,
        }
    }

    /// A call that the host ended or did not make.
    pub fn failed(status: CallStatus, note: impl Into<String>) -> Self {
        Self {
            status,
            output: Vec::new(),
            logs: Vec::new(),
            note: Some(note.into()),
            micros: 0,
            memory: 0,
        }
    }

    /// A call that the host did not make because of the length of its input.
    pub(crate) fn too_long(len: usize) -> Self {
        let note = format!("the request has {len} bytes, the limit is {MAX_INPUT}");
        Self::failed(CallStatus::Input, note)
    }
}

/// One message of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its severity.
    pub level: LogLevel,
    /// The text, made valid UTF-8.
    pub text: String,
}

/// The severity of a plugin's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Level 1.
    Error,
    /// Level 2.
    Warn,
    /// Level 3.
    Info,
    /// Level 4 and every other number.
    Debug,
}

impl LogLevel {
    /// The level of the ABI's number.
    pub fn from_abi(level: u32) -> Self {
        match level {
            1 => Self::Error,
            2 => Self::Warn,
            3 => Self::Info,
            _ => Self::Debug,
        }
    }
}

/// Messages of one call, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct LogBuffer {
    lines: Vec<LogLine>,
    bytes: usize,
}

impl LogBuffer {
    /// Whether `len` further bytes still fit.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        len <= MAX_LOG - self.bytes
    }

    /// Keeps a message, or drops it when the limit is reached.
    pub(crate) fn push(&mut self, level: u32, utf8: &[u8]) {
        if !self.has_room(utf8.len()) {
            self.bytes = MAX_LOG;
            return;
        }
        self.bytes += utf8.len();
        self.lines.push(LogLine {
            level: LogLevel::from_abi(level),
            text: String::from_utf8_lossy(utf8).into_owned(),
        });
    }

    pub(crate) fn into_lines(self) -> Vec<LogLine> {
        self.lines
    }
}

/// A loaded plugin that can be called.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Calls the plugin; `op` is the ABI's number.
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome;
}
