//! Commands about passwords and tokens.

use time::OffsetDateTime;

use crate::access::Scope;
use crate::id::{Key, UserId};
use crate::token::{Network, Token};

/// `resetPassword`. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ResetPassword {
    /// Whose.
    pub user: Key<UserId>,
    /// The new one; absent: one is drawn.
    pub password: Option<String>,
}

/// `createToken`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateToken {
    /// Whose; absent: the caller's own.
    pub user: Option<Key<UserId>>,
    /// For people.
    pub name: String,
    /// What of the user's rights.
    pub scopes: Vec<Scope>,
    /// UTC.
    pub expires_at: Option<OffsetDateTime>,
    /// Networks it is taken from.
    pub addresses: Vec<Network>,
    /// Whether it is for password digests of WS-Security: then its secret is kept, sealed.
    pub digest: bool,
    /// The caller's request id.
    pub request_id: Option<String>,
}

/// A new token; the secret is shown this once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The token.
    pub token: Token,
    /// Absent when the request was answered before.
    pub secret: Option<String>,
}
