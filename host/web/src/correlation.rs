//! Correlation ids: each request's name in the log, told to the caller in faults.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;

/// Gives out ids that no other process gives out soon: a tag of this one and a number.
pub(crate) struct Correlations {
    process: u32,
    next: AtomicU64,
}

/// One request's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Correlation {
    process: u32,
    number: u64,
}

impl Correlations {
    pub(crate) fn new(key: &hmac::Key) -> Self {
        let tag = hmac::sign(key, b"correlation");
        let process = tag
            .as_ref()
            .iter()
            .take(4)
            .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        Self {
            process,
            next: AtomicU64::new(1),
        }
    }

    pub(crate) fn draw(&self) -> Correlation {
        Correlation {
            process: self.process,
            number: self.next.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{:08x}", self.process, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_within_a_process_and_between_processes() {
        let process = |seed: u8| Correlations::new(&hmac::Key::new(hmac::HMAC_SHA256, &[seed; 32]));
        let (one, other) = (process(1), process(2));
        let first = one.draw().to_string();
        assert_eq!(first.len(), 17);
        assert_ne!(first, one.draw().to_string());
        assert_ne!(first, other.draw().to_string());
    }
}
