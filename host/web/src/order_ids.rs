//! Keeps guessers of Order IDs out: unknown ones are counted by address, and by Order ID for those
//! who ask from many addresses, on every interface of customers together. It must not keep the
//! Order IDs themselves.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use lds_domain::order_id::OrderId;
use lds_domain::{Code, Error, Result};

use crate::limiter::{ByAddress, Limiter, seconds};

/// Unknown Order IDs that an address may name at once, and how often at once one may be named.
const AT_ONCE: u32 = 20;
/// And then another one after each of these times.
const INTERVAL: Duration = Duration::from_secs(3);

/// The failures of late.
pub(crate) struct WrongOrderIds {
    by_address: ByAddress,
    by_order_id: Limiter<Print>,
    prints: RandomState,
}

/// What is kept of an Order ID: a hash under a key of this process, from which nobody gets it back.
type Print = u64;

/// A customer with an Order ID.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    address: Option<IpAddr>,
    /// Nothing where it is no Order ID in any spelling: no order could have it.
    order_id: Option<Print>,
}

impl Default for WrongOrderIds {
    fn default() -> Self {
        Self {
            by_address: ByAddress::new(AT_ONCE, INTERVAL),
            by_order_id: Limiter::new(AT_ONCE, INTERVAL),
            prints: RandomState::new(),
        }
    }
}

impl WrongOrderIds {
    /// Someone at an address who shows a text as his Order ID.
    pub(crate) fn attempt(&self, address: Option<IpAddr>, order_id: &str) -> Attempt {
        let order_id = OrderId::parse(order_id).ok();
        Attempt {
            address,
            order_id: order_id.map(|id| self.prints.hash_one(id.expose())),
        }
    }

    /// Lets someone try.
    ///
    /// # Errors
    /// `RateLimited`, after too many failures.
    pub(crate) fn admit(&self, attempt: Attempt) -> Result<()> {
        let now = Instant::now();
        let here = attempt.address;
        if let Some(wait) = here.and_then(|address| self.by_address.wait(address, &(), now)) {
            let message = "Too many unknown Order IDs were tried from here. Try again later.";
            return Err(limited(message, wait));
        }
        let this = attempt.order_id;
        if let Some(wait) = this.and_then(|print| self.by_order_id.wait(&print, now)) {
            let message = "This unknown Order ID was tried too often. Try again later.";
            return Err(limited(message, wait));
        }
        Ok(())
    }

    /// Counts a refusal, if it is one of an unknown Order ID.
    pub(crate) fn count(&self, attempt: Attempt, refusal: &Error) {
        if refusal.code != Code::OrderNotUsable {
            return;
        }
        let now = Instant::now();
        if let Some(address) = attempt.address {
            self.by_address.failed(address, &(), now);
        }
        if let Some(print) = attempt.order_id {
            self.by_order_id.failed(print, now);
        }
    }

    /// Does what someone asks for, if he is let, and counts how it ends.
    ///
    /// # Errors
    /// `RateLimited`, and those of the work.
    pub(crate) async fn watch<T>(
        &self,
        attempt: Attempt,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.admit(attempt)?;
        let result = work.await;
        if let Err(refusal) = &result {
            self.count(attempt, refusal);
        }
        result
    }
}

fn limited(message: &str, wait: Duration) -> Error {
    let mut error = Error::new(Code::RateLimited, message);
    error.retry_after_seconds = Some(seconds(wait));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "22222-22222-22222-2223N";
    const OTHER: &str = "AAAAABBBBBCCCCCDDDDD";

    fn unknown() -> Error {
        lds_domain::order_id::unknown()
    }

    fn attempt(wrong: &WrongOrderIds, last: u32, order_id: &str) -> Attempt {
        let address = IpAddr::from([192, 0, 2, u8::try_from(last).unwrap()]);
        wrong.attempt(Some(address), order_id)
    }

    #[track_caller]
    fn assert_waits(admitted: Result<()>, why: &str) {
        let refused = admitted.unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        assert!(refused.message.contains(why), "{refused}");
        assert!((1..=3).contains(&refused.retry_after_seconds.unwrap()));
    }

    #[test]
    fn an_address_waits_after_many_order_ids() {
        let wrong = WrongOrderIds::default();
        let named = |n: u32| attempt(&wrong, 1, &format!("{n:016}"));
        for n in 0..AT_ONCE {
            assert_eq!(wrong.admit(named(n)), Ok(()));
            wrong.count(named(n), &unknown());
        }
        assert_waits(wrong.admit(named(99)), "from here");
        let elsewhere = attempt(&wrong, 2, ONE);
        assert_eq!(wrong.admit(elsewhere), Ok(()));
    }

    #[test]
    fn an_order_id_waits_after_many_addresses_in_whatever_spelling() {
        let wrong = WrongOrderIds::default();
        for n in 0..AT_ONCE {
            let attempt = attempt(&wrong, n, ONE);
            assert_eq!(wrong.admit(attempt), Ok(()));
            wrong.count(attempt, &unknown());
        }
        let spelled = ONE.replace('-', " ").to_lowercase();
        assert_waits(wrong.admit(attempt(&wrong, 99, &spelled)), "too often");
        assert_eq!(wrong.admit(attempt(&wrong, 99, OTHER)), Ok(()));
    }

    #[test]
    fn what_is_no_order_id_is_counted_by_address_alone() {
        let wrong = WrongOrderIds::default();
        for n in 0..=AT_ONCE {
            wrong.count(attempt(&wrong, n, "nonsense"), &unknown());
        }
        assert_eq!(wrong.admit(attempt(&wrong, 99, "nonsense")), Ok(()));
    }

    #[tokio::test]
    async fn only_unknown_order_ids_are_counted() {
        let wrong = WrongOrderIds::default();
        let attempt = attempt(&wrong, 1, ONE);
        let end = async |error: Error| {
            let work = async { Err::<(), _>(error) };
            wrong.watch(attempt, work).await.unwrap_err().code
        };
        for _ in 0..=AT_ONCE {
            let code = Code::NoActivationsLeft;
            assert_eq!(end(Error::new(code, "x")).await, code);
        }
        for _ in 0..AT_ONCE {
            assert_eq!(end(unknown()).await, Code::OrderNotUsable);
        }
        assert_eq!(end(unknown()).await, Code::RateLimited);
    }
}
