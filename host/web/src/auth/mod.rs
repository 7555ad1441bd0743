//! Who calls: credentials as they came over the wire become an actor. It must not know what the
//! actor wants.

mod credentials;
mod digest;
mod failures;
mod passwords;
mod turns;

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::hmac;
use lds_domain::access::{Access, Actor, Source, Who};
use lds_domain::attribute::is_line;
use lds_domain::id::TokenId;
use lds_domain::service::Services;
use lds_domain::token::{self, Token, TokenKey};
use lds_domain::unit::UserKey;
use lds_domain::user::{User, UserState, fold};
use lds_domain::{Code, Error, Result};
use lds_soap::PasswordDigest;

pub(crate) use credentials::Credentials;
use failures::{Attempt, Failures};
use passwords::Passwords;
use time::{Duration, OffsetDateTime};

/// The use of credentials is noted this often at most: a call is no reason to write.
const NOTED_EVERY: Duration = Duration::MINUTE;

/// Turns credentials into actors.
pub(crate) struct Authenticator {
    services: Arc<Services>,
    passwords: Passwords,
    /// Of passwords and of digests.
    failures: Arc<Failures>,
}

impl Authenticator {
    /// What is remembered of passwords is bound to the key.
    pub(crate) fn new(services: Arc<Services>, key: hmac::Key) -> Self {
        let failures = Arc::new(Failures::new());
        Self {
            services,
            passwords: Passwords::new(key, Arc::clone(&failures)),
            failures,
        }
    }

    /// The actor that a client of this address proves to be.
    ///
    /// # Errors
    /// `AuthenticationRequired`; `RateLimited` after failures; `Unavailable`.
    pub(crate) async fn actor(&self, credentials: Credentials, address: IpAddr) -> Result<Actor> {
        match credentials {
            Credentials::None => Ok(Actor::anonymous(Some(address), Source::Soap)),
            Credentials::Token(secret) => self.by_token(&secret, address).await,
            // A token's secret says by itself whose it is: the login beside it does not count.
            Credentials::Password { password, .. } if token::is_well_formed(&password) => {
                self.by_token(&password, address).await
            }
            Credentials::Password { login, password } => {
                self.by_password(&login, password, address).await
            }
            Credentials::Digest { username, digest } => {
                self.by_digest(&username, &digest, address).await
            }
        }
    }

    async fn by_token(&self, secret: &str, address: IpAddr) -> Result<Actor> {
        if !token::is_well_formed(secret) {
            return Err(refused());
        }
        let key = TokenKey::Digest(token::digest(secret));
        let found = self.services.store().token(key).await?;
        let (token, user) = self.good(found, address)?;
        Ok(self.let_in(&token, &user, address).await)
    }

    /// The username is the id of a token whose secret the server has. The proof is spent last: only
    /// right ones take room in the store.
    async fn by_digest(
        &self,
        username: &str,
        shown: &PasswordDigest,
        address: IpAddr,
    ) -> Result<Actor> {
        let spent = digest::check_time(shown, self.services.clock().now())?;
        let attempt = Attempt::new(address, username.trim());
        self.failures.admit(&attempt)?;
        let Some((token, user)) = self.signer(username, shown, address).await? else {
            self.failures.count(&attempt);
            return Err(refused_digest());
        };
        self.services.spend(spent).await?;
        Ok(self.let_in(&token, &user, address).await)
    }

    /// The token of this name, if it is good here and the digest was made with its secret.
    async fn signer(
        &self,
        username: &str,
        shown: &PasswordDigest,
        address: IpAddr,
    ) -> Result<Option<(Token, Arc<User>)>> {
        let Ok(id) = username.trim().parse::<TokenId>() else {
            return Ok(None);
        };
        let store = self.services.store();
        let found = store.token(TokenKey::Id(id)).await?;
        let Ok((token, user)) = self.good(found, address) else {
            return Ok(None);
        };
        let Some(sealed) = token.sealed.as_deref() else {
            return Ok(None);
        };
        let is_right = digest::is_of(shown, &store.open(token.id, sealed)?);
        Ok(is_right.then_some((token, user)))
    }

    /// The token that was found, if it is good here and now.
    fn good(
        &self,
        found: Option<(Token, Arc<User>)>,
        address: IpAddr,
    ) -> Result<(Token, Arc<User>)> {
        let now = self.services.clock().now();
        let is_good = |(token, user): &(Token, Arc<User>)| {
            token.is_good(now, Some(address)) && user.state == UserState::Active
        };
        found.filter(is_good).ok_or_else(refused)
    }

    async fn let_in(&self, token: &Token, user: &User, address: IpAddr) -> Actor {
        let now = self.services.clock().now();
        if is_due(token.last_used_at, now) {
            note(self.services.store().token_used(token, now).await);
        }
        Actor {
            who: Who::User(user.id, Some(token.id)),
            access: Access::of_token(&user.data.roles, &token.scopes),
            address: Some(address),
            source: Source::Soap,
        }
    }

    async fn by_password(&self, login: &str, password: String, address: IpAddr) -> Result<Actor> {
        let login = fold(login);
        let store = self.services.store();
        // What is no line is nobody's login; a database may refuse to look for it.
        let user = if is_line(&login) {
            store.user(UserKey::Login(login.clone())).await?
        } else {
            None
        };
        // Whoever is not admitted is like nobody: even his right password is wrong.
        let user = user.filter(|user| is_admitted(user));
        self.passwords
            .check(user.as_deref(), &login, password, address)
            .await?;
        let user = user.ok_or_else(refused)?;
        let now = self.services.clock().now();
        if is_due(user.last_signed_in_at, now) {
            note(store.user_signed_in(&user, now).await);
        }
        Ok(Actor {
            who: Who::User(user.id, None),
            access: Access::of_roles(&user.data.roles),
            address: Some(address),
            source: Source::Soap,
        })
    }
}

/// Users with a second factor use tokens: a password alone is not enough for them.
fn is_admitted(user: &User) -> bool {
    user.state == UserState::Active && !user.totp
}

/// The same for everything that can be wrong with credentials, so that nothing can be learnt.
fn refused() -> Error {
    Error::new(
        Code::AuthenticationRequired,
        "The credentials are not valid here.",
    )
}

/// Likewise for password digests: it tells how they are made here, and nothing of the token.
fn refused_digest() -> Error {
    Error::new(
        Code::AuthenticationRequired,
        "The password digest is not valid here. Its username is the id of a token that was made \
         for digests, its password that token's secret.",
    )
}

/// Whether a use is to be noted again.
fn is_due(noted_at: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    noted_at.is_none_or(|at| now - at >= NOTED_EVERY)
}

/// What is only noted for people does not stop a call.
fn note(noted: Result<()>) {
    if let Err(error) = noted {
        tracing::debug!(cause = ?error.internal, "failed to note the use of credentials");
    }
}
