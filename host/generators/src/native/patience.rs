//! Looking for something again and again before going to sleep.
//!
//! On a machine with time to spare an answer comes sooner than a sleeping
//! thread is woken; on a busy one whoever waits awake keeps the other side from
//! working. Which it is shows by success: after a vain wait the next ones are
//! left out, more of them each time.

use std::time::{Duration, Instant};

/// How long is waited awake.
const LIMIT: Duration = Duration::from_micros(30);
/// The most waits that are left out after a vain one.
const MOST_LEFT_OUT: u32 = 256;

/// The memory of earlier waits.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    left_out: u32,
    penalty: u32,
}

impl Patience {
    /// Repeats the attempt until it gives something, for a short time at most
    /// and not at all if that was in vain lately.
    pub(crate) fn wait<T>(&mut self, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
        let first = attempt();
        if first.is_some() {
            return first;
        }
        if self.left_out > 0 {
            self.left_out -= 1;
            return None;
        }
        let start = Instant::now();
        loop {
            if let Some(found) = attempt() {
                self.penalty = 0;
                return Some(found);
            }
            if start.elapsed() >= LIMIT {
                break;
            }
            std::hint::spin_loop();
        }
        self.penalty = (2 * self.penalty + 1).min(MOST_LEFT_OUT);
        self.left_out = self.penalty;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_LEFT_OUT, Patience};

    /// Attempts that are made in one vain wait.
    fn vain(patience: &mut Patience) -> u32 {
        let mut attempts = 0;
        let found: Option<()> = patience.wait(|| {
            attempts += 1;
            None
        });
        assert!(found.is_none());
        attempts
    }

    #[test]
    fn vain_waits_become_rare_and_success_brings_them_back() {
        let mut patience = Patience::default();
        assert!(vain(&mut patience) > 1);
        assert_eq!(vain(&mut patience), 1);
        assert!(vain(&mut patience) > 1);
        let waits = (0..10_000).filter(|_| vain(&mut patience) > 1).count();
        assert!(waits < 60, "{waits}");
        for _ in 0..=MOST_LEFT_OUT {
            let mut attempts = 0;
            patience.wait(|| {
                attempts += 1;
                (attempts == 2).then_some(())
            });
        }
        assert!(vain(&mut patience) > 1);
        assert_eq!(vain(&mut patience), 1);
        assert!(vain(&mut patience) > 1);
    }

    #[test]
    fn what_is_there_at_once_is_found_without_waiting() {
        assert_eq!(Patience::default().wait(|| Some(7)), Some(7));
    }
}
