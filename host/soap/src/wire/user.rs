//! Users and their tokens on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use crate::leaf::Timestamp;

/// An internal person of the vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Identifier `usr_…`; absent: a new user.
    pub id: Option<String>,
    /// The revision that was read; needed with an id.
    pub revision: Option<u32>,
    /// Unique, compared without regard to case.
    pub login: String,
    /// For people.
    pub display_name: String,
    /// For notices.
    pub email: Option<String>,
    /// What the user may do: `ADMINISTRATOR`, `MANAGER`, `SALES`, `SUPPORT`, `DEVELOPER`, `AUDITOR`; one at least.
    #[serde(default)]
    pub role: Vec<String>,
    /// The caller's own id, unique among its kind; `ext:` and this value can stand wherever an id is taken.
    pub external_ref: Option<String>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// `INVITED`, `ACTIVE`, `LOCKED` or `DISABLED`. Read-only.
    pub state: Option<String>,
    /// Whether a second factor is set up. Read-only.
    pub totp: Option<bool>,
    /// When the user signed in last. Read-only.
    pub last_signed_in_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Asks for a new password of a user.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetPasswordRequest {
    /// Whose.
    pub id: String,
    /// The new password; absent: one is drawn.
    pub password: Option<String>,
}

/// A new password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetPasswordResult {
    /// The password, if it was drawn; shown this once.
    pub password: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// An `API` token; its secret is not part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Identifier `tok_…`.
    pub id: String,
    /// For people.
    pub name: String,
    /// Whose rights it carries.
    pub user_id: String,
    /// What of them: role names, or `read`.
    #[serde(default)]
    pub scope: Vec<String>,
    /// When it ends; absent: never.
    pub expires_at: Option<Timestamp>,
    /// Addresses and networks it is taken from; none: from everywhere.
    #[serde(default)]
    pub address: Vec<String>,
    /// Whether it can be used for password digests of WS-Security.
    pub digest: bool,
    /// `ACTIVE` or `REVOKED`; one that has expired stays as it is.
    pub state: String,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Asks for an `API` token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateTokenRequest {
    /// Whose; absent: the caller's own.
    pub user_id: Option<String>,
    /// For people.
    pub name: String,
    /// What of the user's rights: role names, or `read`; one at least.
    #[serde(default)]
    pub scope: Vec<String>,
    /// When it ends; absent: never.
    pub expires_at: Option<Timestamp>,
    /// Addresses and networks (`192.0.2.0/24`) it is taken from; none: from everywhere.
    #[serde(default)]
    pub address: Vec<String>,
    /// Whether it is for password digests of WS-Security too: a `UsernameToken` whose `Username` is the token's id and whose digest is made with its secret, of which the server then keeps a sealed copy.
    pub digest: Option<bool>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
}

/// A new `API` token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateTokenResult {
    /// The token.
    pub token: Token,
    /// The secret, shown this once; absent when the request was answered before.
    pub secret: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
