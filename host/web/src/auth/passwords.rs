//! Checks passwords: slowly the first time, at once for a minute after, later and later after
//! failures. A password itself is never kept.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use lds_domain::id::Id;
use lds_domain::user::{PasswordHash, User};
use lds_domain::{Code, Error, Result, password};
use tokio::sync::Semaphore;

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
        let hash = user.and_then(|user| user.password.clone());
        if self.verify(password, hash).await? {
            if let Some(tag) = tag {
                self.remember(tag, Instant::now());
            }
            Ok(())
        } else {
            self.failures.failed(pair, Instant::now());
            Err(refused())
        }
    }

    async fn verify(&self, password: String, hash: Option<PasswordHash>) -> Result<bool> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Error::unavailable("too many passwords wait to be verified"))?
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let is_right = password::verify(&password, hash.as_ref());
            drop(turn);
            is_right
        })
        .await
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

fn delayed(wait: Duration) -> Error {
    let mut error = Error::new(
        Code::RateLimited,
        "Too many wrong passwords. Try again later.",
    );
    error.retry_after_seconds = Some(seconds(wait));
    error
}
