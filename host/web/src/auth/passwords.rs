//! Checks passwords: slowly the first time, at once for a minute after, later and later after
//! failures. A password itself is never kept.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use lds_domain::Result;
use lds_domain::id::Id;
use lds_domain::user::User;

use super::failures::{Attempt, Failures};
use super::refused;
use super::turns::Turns;
use crate::bounded::Recent;

/// How long a verified password is good without being verified again.
const REMEMBERED: Duration = Duration::from_mins(1);
/// Verified passwords that are remembered.
const MAX_REMEMBERED: usize = 10_000;

type Tag = [u8; 32];

pub(super) struct Passwords {
    key: hmac::Key,
    turns: Turns,
    remembered: Mutex<Recent<Tag, Instant>>,
    failures: Arc<Failures>,
}

impl Passwords {
    /// Wrong ones count among these failures.
    pub(super) fn new(key: hmac::Key, failures: Arc<Failures>) -> Self {
        Self {
            key,
            turns: Turns::new(),
            remembered: Mutex::new(Recent::new(MAX_REMEMBERED)),
            failures,
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
        let attempt = Attempt::new(address, login);
        self.failures.admit(&attempt)?;
        let turn = self.turns.next(address).await?;
        // Of many callers with one password that came at once, the first was verified for all.
        if tag.is_some_and(|tag| self.remembers(&tag, Instant::now())) {
            return Ok(());
        }
        // And of many wrong ones, those before this one may have failed meanwhile.
        self.failures.admit(&attempt)?;
        // Counted ahead, lest it costs nothing to hang up before the answer.
        self.failures.count(&attempt);
        let hash = user.and_then(|user| user.password.clone());
        if !turn.verify(password, hash).await? {
            return Err(refused());
        }
        self.failures.forgive(&attempt);
        if let Some(tag) = tag {
            self.remember(tag, Instant::now());
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use lds_domain::access::Role;
    use lds_domain::id::UserId;
    use lds_domain::ports::fixed::{FixedClock, SeededRandom};
    use lds_domain::user::{Stamps, UserData, UserState};
    use lds_domain::{Code, password};
    use time::macros::datetime;

    use super::super::failures::FREE_OF_LOGIN;
    use super::*;

    const PASSWORD: &str = "correct horse battery";
    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

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
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        Passwords::new(key, Arc::new(Failures::new()))
    }

    async fn check(passwords: &Passwords, user: Option<&User>, password: &str) -> Result<()> {
        passwords
            .check(user, "anna", password.to_owned(), ADDRESS)
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
        for _ in 0..FREE_OF_LOGIN {
            let refused = check(&passwords, None, PASSWORD).await;
            assert_eq!(refused.unwrap_err().code, Code::AuthenticationRequired);
        }
        let delayed = check(&passwords, None, PASSWORD).await.unwrap_err();
        assert_eq!(delayed.code, Code::RateLimited);
        assert!(delayed.retry_after_seconds.is_some());
    }

    #[tokio::test]
    async fn passwords_that_come_at_once_are_delayed_like_others() {
        let passwords = passwords();
        let ended = join_all((0..30).map(|_| check(&passwords, None, PASSWORD))).await;
        let verified = |ended: &&Result<()>| {
            let code = ended.as_ref().unwrap_err().code;
            assert!(matches!(
                code,
                Code::AuthenticationRequired | Code::RateLimited
            ));
            code == Code::AuthenticationRequired
        };
        assert_eq!(
            ended.iter().filter(verified).count(),
            FREE_OF_LOGIN as usize
        );
    }

    #[tokio::test]
    async fn whoever_hangs_up_has_failed() {
        let passwords = passwords();
        for _ in 0..FREE_OF_LOGIN {
            let answer = check(&passwords, None, PASSWORD).now_or_never();
            assert_eq!(answer, None);
            // Until the work is done, which nobody waits for.
            drop(passwords.turns.next(ADDRESS).await);
        }
        let delayed = check(&passwords, None, PASSWORD).await.unwrap_err();
        assert_eq!(delayed.code, Code::RateLimited);
    }

    #[tokio::test]
    async fn right_passwords_cost_nothing() {
        let (passwords, mut user) = (passwords(), user());
        for revision in 0..2 * FREE_OF_LOGIN {
            user.revision = revision;
            assert_eq!(check(&passwords, Some(&user), PASSWORD).await, Ok(()));
        }
    }
}
