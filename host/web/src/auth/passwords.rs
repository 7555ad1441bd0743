//! Checks passwords: slowly the first time, at once for a minute after, later and later after
//! failures. A password itself is never kept.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use lds_domain::id::Id;
use lds_domain::user::{PasswordHash, User};
use lds_domain::{Code, Error, Result, password};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refused;
use crate::bounded::Recent;
use crate::limiter::{Limiter, block, seconds};

/// How long a verified password is good without being verified again.
const REMEMBERED: Duration = Duration::from_mins(1);
/// Verified passwords that are remembered.
const MAX_REMEMBERED: usize = 10_000;
/// Passwords that are verified at once: each takes 19 MiB and a processor.
const AT_ONCE: usize = 2;
/// How long a caller waits for his turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Failures of an address with a login that cost nothing.
const FREE_FAILURES: u32 = 5;
/// What each further one costs.
const DELAY: Duration = Duration::from_secs(10);

/// Longer logins are nobody's, and all the same to the limits.
const MAX_LOGIN: usize = 256;

type Tag = [u8; 32];

pub(super) struct Passwords {
    key: hmac::Key,
    turns: Arc<Semaphore>,
    remembered: Mutex<Recent<Tag, Instant>>,
    failures: Limiter<(IpAddr, String)>,
}

impl Passwords {
    pub(super) fn new(key: hmac::Key) -> Self {
        Self {
            key,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            remembered: Mutex::new(Recent::new(MAX_REMEMBERED)),
            failures: Limiter::new(FREE_FAILURES, DELAY),
        }
    }

    /// Whether it is this user's password; for no user it is as much work, and it is not.
    pub(super) async fn check(
        &self,
        user: Option<&User>,
        login: &str,
        password: String,
        address: IpAddr,
    ) -> Result<()> {
        let tag = user.map(|user| self.tag(user, &password));
        if tag.is_some_and(|tag| self.remembers(&tag, Instant::now())) {
            return Ok(());
        }
        let login = login.chars().take(MAX_LOGIN).collect();
        let pair = (block(address), login);
        if let Some(wait) = self.failures.wait(&pair, Instant::now()) {
            return Err(delayed(wait));
        }
        let turn = self.turn().await?;
        // Of many callers with one password that came at once, the first was verified for all.
        if tag.is_some_and(|tag| self.remembers(&tag, Instant::now())) {
            return Ok(());
        }
        let hash = user.and_then(|user| user.password.clone());
        if verify(turn, password, hash).await? {
            if let Some(tag) = tag {
                self.remember(tag, Instant::now());
            }
            Ok(())
        } else {
            self.failures.failed(pair, Instant::now());
            Err(refused())
        }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Error::unavailable("too many passwords wait to be verified"))?
            .map_err(Error::internal)
    }

    /// Bound to the user as he is: any change of him makes another one.
    fn tag(&self, user: &User, password: &str) -> Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(user.id.uuid().as_bytes());
        context.update(&user.revision.to_be_bytes());
        context.update(password.as_bytes());
        let mut tag = Tag::default();
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    fn remembers(&self, tag: &Tag, now: Instant) -> bool {
        let remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        remembered.get(tag).is_some_and(|until| now < *until)
    }

    fn remember(&self, tag: Tag, now: Instant) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        remembered.insert(tag, now + REMEMBERED);
    }
}

async fn verify(
    turn: OwnedSemaphorePermit,
    password: String,
    hash: Option<PasswordHash>,
) -> Result<bool> {
    tokio::task::spawn_blocking(move || {
        let is_right = password::verify(&password, hash.as_ref());
        drop(turn);
        is_right
    })
    .await
    .map_err(Error::internal)
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
    use lds_domain::access::Role;
    use lds_domain::id::UserId;
    use lds_domain::ports::fixed::{FixedClock, SeededRandom};
    use lds_domain::user::{Stamps, UserData, UserState};
    use time::macros::datetime;

    use super::*;

    const PASSWORD: &str = "correct horse battery";

    fn user() -> User {
        let now = datetime!(2026-11-25 10:00 UTC);
        let (clock, random) = (FixedClock::new(now), SeededRandom::new(1));
        User {
            id: UserId::generate(&clock, &random),
            revision: 1,
            data: UserData {
                login: "anna".to_owned(),
                display_name: "Anna".to_owned(),
                email: None,
                roles: vec![Role::Sales],
                external_ref: None,
                attributes: Vec::new(),
            },
            state: UserState::Active,
            password: password::hash(PASSWORD, &random).ok(),
            totp: false,
            last_signed_in_at: None,
            stamps: Stamps::new(now, "tests"),
        }
    }

    fn passwords() -> Passwords {
        Passwords::new(hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]))
    }

    async fn check(passwords: &Passwords, user: Option<&User>, password: &str) -> Result<()> {
        let address = "192.0.2.1".parse().unwrap();
        passwords
            .check(user, "anna", password.to_owned(), address)
            .await
    }

    #[tokio::test]
    async fn a_verified_password_is_remembered_for_this_user_as_he_is() {
        let (passwords, mut user) = (passwords(), user());
        assert_eq!(check(&passwords, Some(&user), PASSWORD).await, Ok(()));
        // Without its hash, only memory can tell that it is right.
        user.password = None;
        assert_eq!(check(&passwords, Some(&user), PASSWORD).await, Ok(()));
        user.revision += 1;
        let refused = check(&passwords, Some(&user), PASSWORD).await;
        assert_eq!(refused.unwrap_err().code, Code::AuthenticationRequired);
    }

    #[test]
    fn memory_ends_after_a_minute() {
        let passwords = passwords();
        let tag = passwords.tag(&user(), PASSWORD);
        let now = Instant::now();
        assert!(!passwords.remembers(&tag, now));
        passwords.remember(tag, now);
        assert!(passwords.remembers(&tag, now + Duration::from_secs(59)));
        assert!(!passwords.remembers(&tag, now + Duration::from_mins(1)));
    }

    #[tokio::test]
    async fn a_login_that_nobody_has_is_delayed_like_any_other() {
        let passwords = passwords();
        for _ in 0..FREE_FAILURES {
            let refused = check(&passwords, None, PASSWORD).await;
            assert_eq!(refused.unwrap_err().code, Code::AuthenticationRequired);
        }
        let delayed = check(&passwords, None, PASSWORD).await.unwrap_err();
        assert_eq!(delayed.code, Code::RateLimited);
        assert!(delayed.retry_after_seconds.is_some());
    }
}
