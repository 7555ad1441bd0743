//! Keeps guessers of Order IDs out: unknown ones are counted by address, on every interface of
//! customers together. It must not see the Order IDs themselves.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use lds_domain::{Code, Error, Result};

use crate::limiter::{Limiter, block, seconds};

/// Unknown Order IDs that an address may name at once.
const AT_ONCE: u32 = 20;
/// And then another one after each of these times.
const INTERVAL: Duration = Duration::from_secs(3);

/// The failures of late.
pub(crate) struct WrongOrderIds(Limiter<IpAddr>);

impl Default for WrongOrderIds {
    fn default() -> Self {
        Self(Limiter::new(AT_ONCE, INTERVAL))
    }
}

impl WrongOrderIds {
    /// Lets an address try.
    ///
    /// # Errors
    /// `RateLimited`, after too many failures.
    pub(crate) fn admit(&self, address: IpAddr) -> Result<()> {
        let Some(wait) = self.0.wait(&block(address), Instant::now()) else {
            return Ok(());
        };
        let message = "Too many unknown Order IDs were tried from here. Try again later.";
        let mut error = Error::new(Code::RateLimited, message);
        error.retry_after_seconds = Some(seconds(wait));
        Err(error)
    }

    /// Counts a refusal, if it is one of an unknown Order ID.
    pub(crate) fn count(&self, address: IpAddr, refusal: &Error) {
        if refusal.code == Code::OrderNotUsable {
            self.0.failed(block(address), Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unknown_order_ids_are_counted_and_only_for_their_address() {
        let wrong = WrongOrderIds::default();
        let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        for _ in 0..=AT_ONCE {
            assert_eq!(wrong.admit(here), Ok(()));
            wrong.count(here, &Error::new(Code::NoActivationsLeft, "x"));
        }
        for _ in 0..=AT_ONCE {
            wrong.count(here, &Error::new(Code::OrderNotUsable, "x"));
        }
        let refused = wrong.admit(here).unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        assert!((1..=3).contains(&refused.retry_after_seconds.unwrap()));
        assert_eq!(wrong.admit(there), Ok(()));
    }
}
