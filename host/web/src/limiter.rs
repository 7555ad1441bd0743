//! Limits of failures: so many at once, then one per interval. It must not know what failed.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::bounded::Recent;

/// Keys that are remembered.
const KEYS: usize = 50_000;

/// A site fails as often as so many clients, however many it has.
const CLIENTS_OF_SITE: u32 = 16;

/// Counts failures by key. Kept of each key is only when all its failures will be forgotten.
pub(crate) struct Limiter<K> {
    burst: u32,
    interval: Duration,
    forgotten_at: Mutex<Recent<K, Instant>>,
}

impl<K: Eq + Hash> Limiter<K> {
    /// Lets `burst` failures pass at once, and another one after each interval.
    pub(crate) fn new(burst: u32, interval: Duration) -> Self {
        Self {
            burst,
            interval,
            forgotten_at: Mutex::new(Recent::new(KEYS)),
        }
    }

    /// How long a key has to wait, if it has to.
    pub(crate) fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let recent = self
            .forgotten_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let debt = recent.get(key)?.saturating_duration_since(now);
        debt.checked_sub(self.interval * (self.burst - 1))
            .filter(|wait| !wait.is_zero())
    }

    /// Takes one failure back, of a key that failed only by precaution.
    pub(crate) fn forgive(&self, key: K) {
        let mut recent = self
            .forgotten_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = recent
            .get(&key)
            .and_then(|at| at.checked_sub(self.interval))
        {
            recent.insert(key, at);
        }
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, key: K, now: Instant) {
        let mut recent = self
            .forgotten_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let since = recent.get(&key).map_or(now, |at| now.max(*at));
        // What was failed at the same time does not add up beyond the burst.
        let most = now + self.interval * self.burst;
        recent.insert(key, most.min(since + self.interval));
    }
}

/// Counts failures of a client, and whatever more they are to be told apart by.
pub(crate) struct ByAddress<K = ()> {
    blocks: Limiter<(IpAddr, K)>,
    sites: Limiter<(IpAddr, K)>,
}

impl<K: Clone + Eq + Hash> ByAddress<K> {
    /// Lets `burst` failures of a client pass at once, and another one after each interval.
    pub(crate) fn new(burst: u32, interval: Duration) -> Self {
        Self {
            blocks: Limiter::new(burst, interval),
            sites: Limiter::new(burst * CLIENTS_OF_SITE, interval / CLIENTS_OF_SITE),
        }
    }

    /// How long a client has to wait, if he has to.
    pub(crate) fn wait(&self, address: IpAddr, key: &K, now: Instant) -> Option<Duration> {
        let of_block = self.blocks.wait(&(block(address), key.clone()), now);
        of_block.max(self.sites.wait(&(site(address), key.clone()), now))
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, address: IpAddr, key: &K, now: Instant) {
        self.blocks.failed((block(address), key.clone()), now);
        self.sites.failed((site(address), key.clone()), now);
    }

    /// Takes one failure back.
    pub(crate) fn forgive(&self, address: IpAddr, key: &K) {
        self.blocks.forgive((block(address), key.clone()));
        self.sites.forgive((site(address), key.clone()));
    }
}

/// Whole seconds to tell a caller, one at least.
pub(crate) fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// A client: an IPv4 address, or the /64 that an IPv6 client has for itself.
fn block(address: IpAddr) -> IpAddr {
    network(address, 64)
}

/// Where a client is: an IPv4 address, or the /48 that one can rent, with 65 536 clients in it.
pub(crate) fn site(address: IpAddr) -> IpAddr {
    network(address, 48)
}

fn network(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let rest = 128 - bits;
            IpAddr::V6(Ipv6Addr::from(u128::from(address) >> rest << rest))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(3);

    #[test]
    fn a_burst_passes_then_one_per_interval() {
        let limiter = Limiter::new(3, INTERVAL);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.wait(&"a", start), None);
            limiter.failed("a", start);
        }
        assert_eq!(limiter.wait(&"a", start), Some(INTERVAL));
        assert_eq!(limiter.wait(&"b", start), None);
        let later = start + INTERVAL;
        assert_eq!(limiter.wait(&"a", later), None);
        limiter.failed("a", later);
        assert_eq!(limiter.wait(&"a", later), Some(INTERVAL));
        assert_eq!(limiter.wait(&"a", later + 4 * INTERVAL), None);
    }

    #[test]
    fn failures_that_come_together_cost_no_more_than_a_burst() {
        let limiter = Limiter::new(3, INTERVAL);
        let start = Instant::now();
        for _ in 0..100 {
            limiter.failed("a", start);
        }
        assert_eq!(limiter.wait(&"a", start), Some(INTERVAL));
    }

    #[test]
    fn waits_are_told_in_whole_seconds() {
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_millis(2001)), 3);
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let block = |text: &str| block(text.parse().unwrap()).to_string();
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(block("::ffff:192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn what_is_forgiven_did_not_fail() {
        let limiter = Limiter::new(1, INTERVAL);
        let start = Instant::now();
        limiter.failed("a", start);
        assert_eq!(limiter.wait(&"a", start), Some(INTERVAL));
        limiter.forgive("a");
        assert_eq!(limiter.wait(&"a", start), None);
    }

    /// Whoever has a /48 has 65 536 blocks to fail from.
    #[test]
    fn the_blocks_of_a_site_have_a_budget_together() {
        let limiter = ByAddress::new(3, INTERVAL);
        let start = Instant::now();
        let at = |n: u32| format!("2001:db8:1:{n:x}::1").parse().unwrap();
        for n in 0..CLIENTS_OF_SITE {
            for _ in 0..3 {
                assert_eq!(limiter.wait(at(n), &(), start), None);
                limiter.failed(at(n), &(), start);
            }
        }
        assert!(limiter.wait(at(99), &(), start).is_some());
        let elsewhere = "2001:db8:2::1".parse().unwrap();
        assert_eq!(limiter.wait(elsewhere, &(), start), None);
    }
}
