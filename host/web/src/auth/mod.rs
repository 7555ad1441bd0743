//! Who calls: credentials as they came over the wire become an actor. It must not know what the
//! actor wants.

mod credentials;
mod failures;
mod passwords;
mod turns;

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::hmac;
use lds_domain::access::{Access, Actor, Source, Who};
use lds_domain::attribute::is_line;
use lds_domain::service::Services;
use lds_domain::token;
use lds_domain::unit::UserKey;
use lds_domain::user::{User, UserState, fold};
use lds_domain::{Code, Error, Result};

pub(crate) use credentials::Credentials;
use passwords::Passwords;
use time::{Duration, OffsetDateTime};

/// The use of credentials is noted this often at most: a call is no reason to write.
const NOTED_EVERY: Duration = Duration::MINUTE;

/// Turns credentials into actors.
pub(crate) struct Authenticator {
    services: Arc<Services>,
    passwords: Passwords,
}

impl Authenticator {
    /// What is remembered of passwords is bound to the key.
    pub(crate) fn new(services: Arc<Services>, key: hmac::Key) -> Self {
        Self {
            services,
            passwords: Passwords::new(key),
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
        }
    }

    async fn by_token(&self, secret: &str, address: IpAddr) -> Result<Actor> {
        if !token::is_well_formed(secret) {
            return Err(refused());
        }
        let store = self.services.store();
        let (token, user) = store
            .token(token::digest(secret))
            .await?
            .ok_or_else(refused)?;
        let now = self.services.clock().now();
        if !token.is_good(now, Some(address)) || user.state != UserState::Active {
            return Err(refused());
        }
        if is_due(token.last_used_at, now) {
            note(store.token_used(&token, now).await);
        }
        Ok(Actor {
            who: Who::User(user.id, Some(token.id)),
            access: Access::of_token(&user.data.roles, &token.scopes),
            address: Some(address),
            source: Source::Soap,
        })
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
