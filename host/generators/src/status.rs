//! How a call ended: the five statuses of the ABI and those that the host adds.
//!
//! The names serve logs, metrics and the command line. What becomes of a
//! status (which fault, retried or not) is decided elsewhere.

use std::fmt;

/// The status of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// 0: the output is the operation's document.
    Ok,
    /// 1: the vendor's no.
    Rejected,
    /// 2: the plugin did not understand the input.
    Input,
    /// 3: the plugin's own failure.
    Internal,
    /// 4: the plugin does not know the operation.
    Unsupported,
    /// The time limit was reached.
    Timeout,
    /// No call was made: queue full, quarantine, or the plugin could not start.
    Unavailable,
    /// The memory limit was reached.
    Memory,
    /// The stack was exhausted.
    Stack,
    /// The module trapped.
    Trap,
    /// The worker process died.
    Crashed,
    /// The output limit was reached.
    OutputLimit,
    /// The result names a role that was not granted.
    NotGranted,
    /// An unknown status, or the output is not the operation's document.
    BadOutput,
}

impl CallStatus {
    /// The status that a plugin returned; `None` for a number outside the ABI.
    pub fn from_plugin(code: i32) -> Option<Self> {
        match code {
            0 => Some(Self::Ok),
            1 => Some(Self::Rejected),
            2 => Some(Self::Input),
            3 => Some(Self::Internal),
            4 => Some(Self::Unsupported),
            _ => None,
        }
    }

    /// The name in logs, metrics and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Rejected => "REJECTED",
            Self::Input => "INPUT",
            Self::Internal => "INTERNAL",
            Self::Unsupported => "UNSUPPORTED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Memory => "MEMORY",
            Self::Stack => "STACK",
            Self::Trap => "TRAP",
            Self::Crashed => "CRASHED",
            Self::OutputLimit => "OUTPUT_LIMIT",
            Self::NotGranted => "NOT_GRANTED",
            Self::BadOutput => "BAD_OUTPUT",
        }
    }

    /// Whether the output means something: the host drops it otherwise.
    pub fn keeps_output(self) -> bool {
        matches!(
            self,
            Self::Ok | Self::Rejected | Self::Input | Self::Internal
        )
    }

    /// Whether it counts towards quarantine: the plugin's own failures do,
    /// answers and refusals to call do not.
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::Ok | Self::Rejected | Self::Input | Self::Unsupported | Self::Unavailable
        )
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
