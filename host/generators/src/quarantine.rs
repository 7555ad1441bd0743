//! Keeps calls away from a plugin that fails again and again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::status::CallStatus;

/// Failures in a row that a plugin may have.
const PATIENCE: u32 = 20;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The record of one plugin.
#[derive(Default)]
pub(crate) struct Quarantine(Mutex<Record>);

#[derive(Default)]
struct Record {
    failures: u32,
    closed_until: Option<Instant>,
}

impl Quarantine {
    /// How long calls are still kept away; zero if they are not.
    pub(crate) fn remaining(&self, now: Instant) -> Duration {
        let record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        record
            .closed_until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Takes note of a call's end. After too many failures in a row each
    /// further one closes the plugin for twice as long.
    pub(crate) fn record(&self, status: CallStatus, now: Instant) {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if status == CallStatus::Unavailable {
            return;
        }
        if !status.is_fault() {
            *record = Record::default();
            return;
        }
        record.failures = record.failures.saturating_add(1);
        if record.failures >= PATIENCE {
            let doublings = (record.failures - PATIENCE).min(6);
            let pause = (FIRST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE);
            record.closed_until = Some(now + pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{PATIENCE, Quarantine};
    use crate::status::CallStatus;

    fn fail(quarantine: &Quarantine, times: u32, now: Instant) {
        for _ in 0..times {
            quarantine.record(CallStatus::Trap, now);
        }
    }

    #[test]
    fn closes_after_twenty_failures_and_twice_as_long_each_time() {
        let (quarantine, now) = (Quarantine::default(), Instant::now());
        fail(&quarantine, PATIENCE - 1, now);
        assert_eq!(quarantine.remaining(now), Duration::ZERO);
        fail(&quarantine, 1, now);
        assert_eq!(quarantine.remaining(now), Duration::from_secs(1));
        fail(&quarantine, 1, now);
        assert_eq!(quarantine.remaining(now), Duration::from_secs(2));
        fail(&quarantine, 50, now);
        assert_eq!(quarantine.remaining(now), Duration::from_mins(1));
        assert_eq!(
            quarantine.remaining(now + Duration::from_mins(1)),
            Duration::ZERO
        );
    }

    #[test]
    fn an_answer_ends_the_row_and_a_refusal_to_call_does_not() {
        let (quarantine, now) = (Quarantine::default(), Instant::now());
        fail(&quarantine, PATIENCE - 1, now);
        quarantine.record(CallStatus::Rejected, now);
        fail(&quarantine, PATIENCE - 1, now);
        quarantine.record(CallStatus::Unavailable, now);
        assert_eq!(quarantine.remaining(now), Duration::ZERO);
        fail(&quarantine, 1, now);
        assert_eq!(quarantine.remaining(now), Duration::from_secs(1));
    }
}
