//! What wrong passwords and digests cost: a wait, by client and login, and by client alone for whoever tries
//! many logins. It must not know passwords.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use lds_domain::{Code, Error, Result};

use crate::limiter::{ByAddress, seconds};

/// Failures of a client with a login that cost nothing.
pub(super) const FREE_OF_LOGIN: u32 = 5;
/// What each further one costs.
const DELAY_OF_LOGIN: Duration = Duration::from_secs(10);
/// Failures of a client with whatever logins that cost nothing.
const FREE_OF_CLIENT: u32 = 50;
/// What each further one costs.
const DELAY_OF_CLIENT: Duration = Duration::from_secs(1);
/// Longer logins are nobody's, and all the same to the limits.
const MAX_LOGIN: usize = 256;

/// The failures of late.
pub(super) struct Failures {
    by_login: ByAddress<String>,
    by_client: ByAddress,
}

/// A client with a login.
pub(super) struct Attempt {
    address: IpAddr,
    login: String,
}

impl Attempt {
    pub(super) fn new(address: IpAddr, login: &str) -> Self {
        let login = login.chars().take(MAX_LOGIN).collect();
        Self { address, login }
    }
}

impl Failures {
    pub(super) fn new() -> Self {
        Self {
            by_login: ByAddress::new(FREE_OF_LOGIN, DELAY_OF_LOGIN),
            by_client: ByAddress::new(FREE_OF_CLIENT, DELAY_OF_CLIENT),
        }
    }

    /// Lets someone try.
    ///
    /// # Errors
    /// `RateLimited`, after too many failures.
    pub(super) fn admit(&self, attempt: &Attempt) -> Result<()> {
        let now = Instant::now();
        let Attempt { address, login } = attempt;
        let of_login = self.by_login.wait(*address, login, now);
        let wait = of_login.max(self.by_client.wait(*address, &(), now));
        wait.map_or(Ok(()), |wait| Err(delayed(wait)))
    }

    /// Counts a failure.
    pub(super) fn count(&self, attempt: &Attempt) {
        let now = Instant::now();
        self.by_login.failed(attempt.address, &attempt.login, now);
        self.by_client.failed(attempt.address, &(), now);
    }

    /// What was counted was none.
    pub(super) fn forgive(&self, attempt: &Attempt) {
        self.by_login.forgive(attempt.address, &attempt.login);
        self.by_client.forgive(attempt.address, &());
    }
}

fn delayed(wait: Duration) -> Error {
    let mut error = Error::new(
        Code::RateLimited,
        "Too many wrong passwords. Try again later.",
    );
    error.retry_after_seconds = Some(seconds(wait));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_tries_many_logins_waits_as_well() {
        let failures = Failures::new();
        let at = |address: &str, n: u32| Attempt::new(address.parse().unwrap(), &n.to_string());
        for n in 0..FREE_OF_CLIENT {
            assert_eq!(failures.admit(&at("192.0.2.1", n)), Ok(()));
            failures.count(&at("192.0.2.1", n));
        }
        let refused = failures.admit(&at("192.0.2.1", 99)).unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        assert_eq!(failures.admit(&at("192.0.2.2", 99)), Ok(()));
        failures.forgive(&at("192.0.2.1", 0));
        assert_eq!(failures.admit(&at("192.0.2.1", 99)), Ok(()));
    }
}
