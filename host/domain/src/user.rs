//! Internal users.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::access::Role;
use crate::attribute::{Attribute, Names, check_attributes, check_member, check_optional};
use crate::error::{Error, Result};
use crate::id::UserId;
use crate::terms::names;

names! {
    /// Whether a user can sign in.
    UserState {
        /// Has no password yet.
        Invited = "INVITED",
        /// May sign in.
        Active = "ACTIVE",
        /// Locked by staff.
        Locked = "LOCKED",
        /// Switched off by staff.
        Disabled = "DISABLED",
    }
}

/// When and by whom something was made and changed last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    /// UTC, milliseconds.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// The actor's name in the audit log.
    pub created_by: String,
    /// UTC, milliseconds.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub updated_at: OffsetDateTime,
    /// The actor's name in the audit log.
    pub updated_by: String,
}

impl Stamps {
    /// Made just now.
    pub fn new(at: OffsetDateTime, by: &str) -> Self {
        Self {
            created_at: at,
            created_by: by.to_owned(),
            updated_at: at,
            updated_by: by.to_owned(),
        }
    }

    /// Changed just now.
    #[must_use]
    pub fn touched(&self, at: OffsetDateTime, by: &str) -> Self {
        Self {
            updated_at: at,
            updated_by: by.to_owned(),
            ..self.clone()
        }
    }
}

/// A password hash in PHC string form. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl PasswordHash {
    /// Tells it from others, and nothing about the password.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What the caller sets of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserData {
    /// Unique, compared without case.
    pub login: String,
    /// For people.
    pub display_name: String,
    /// For notices.
    pub email: Option<String>,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// An internal person of the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Counts changes, from 1.
    pub revision: u32,
    /// What the caller sets.
    pub data: UserData,
    /// Whether the user can sign in.
    pub state: UserState,
    /// Absent until one is set.
    pub password: Option<PasswordHash>,
    /// Whether a second factor is set up.
    pub totp: bool,
    /// UTC.
    pub last_signed_in_at: Option<OffsetDateTime>,
    /// When and by whom.
    pub stamps: Stamps,
}

impl UserData {
    /// The form in which logins are compared and stored uniquely.
    pub fn folded_login(&self) -> String {
        fold(&self.login)
    }

    /// Checks the members by themselves.
    pub fn check(&self) -> Result<()> {
        check_member("login", &self.login)?;
        if self
            .login
            .chars()
            .any(|sign| sign.is_whitespace() || sign == ':')
        {
            return Err(Error::invalid(
                "login",
                "A login has no blanks and no colon.",
            ));
        }
        check_member("displayName", &self.display_name)?;
        check_optional("email", self.email.as_deref())?;
        if self
            .email
            .as_ref()
            .is_some_and(|email| !email.contains('@'))
        {
            return Err(Error::invalid("email", "This is no e-mail address."));
        }
        if self.roles.is_empty() {
            return Err(Error::invalid("role", "A user has one role at least."));
        }
        check_optional("externalRef", self.external_ref.as_deref())?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}

/// Logins are compared without case.
pub fn fold(login: &str) -> String {
    login.trim().to_lowercase()
}
