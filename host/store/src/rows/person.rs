//! Users and tokens.

use lds_domain::access::{Role, Scope};
use lds_domain::attribute::Attribute;
use lds_domain::id::{TokenId, UserId};
use lds_domain::token::{Network, Token};
use lds_domain::user::{PasswordHash, User, UserData, UserState};
use serde::{Deserialize, Serialize};

use super::{Stamps, hex, known, millis, moments, unhex};
use crate::error::{Failure, Result};

/// A user.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UserRow {
    id: UserId,
    revision: u32,
    login: String,
    display_name: String,
    email: Option<String>,
    roles: Vec<Role>,
    external_ref: Option<String>,
    attributes: Vec<Attribute>,
    state: UserState,
    password: Option<String>,
    totp: bool,
    #[serde(default)]
    last_signed_in_at: Option<i64>,
    stamps: Stamps,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            revision: user.revision,
            login: user.data.login.clone(),
            display_name: user.data.display_name.clone(),
            email: user.data.email.clone(),
            roles: user.data.roles.clone(),
            external_ref: user.data.external_ref.clone(),
            attributes: user.data.attributes.clone(),
            state: user.state,
            password: user.password.as_ref().map(|hash| hash.0.clone()),
            totp: user.totp,
            last_signed_in_at: user.last_signed_in_at.map(millis),
            stamps: (&user.stamps).into(),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Failure;

    fn try_from(row: UserRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            revision: row.revision,
            data: UserData {
                login: row.login,
                display_name: row.display_name,
                email: row.email,
                roles: row.roles,
                external_ref: row.external_ref,
                attributes: row.attributes,
            },
            state: row.state,
            password: row.password.map(PasswordHash),
            totp: row.totp,
            last_signed_in_at: moments(row.last_signed_in_at)?,
            stamps: row.stamps.try_into()?,
        })
    }
}

/// A token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TokenRow {
    id: TokenId,
    name: String,
    user: UserId,
    scopes: Vec<String>,
    expires_at: Option<i64>,
    addresses: Vec<String>,
    digest: String,
    #[serde(default)]
    last_used_at: Option<i64>,
    revoked: bool,
    stamps: Stamps,
}

impl From<&Token> for TokenRow {
    fn from(token: &Token) -> Self {
        Self {
            id: token.id,
            name: token.name.clone(),
            user: token.user,
            scopes: token.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            expires_at: token.expires_at.map(millis),
            addresses: token.addresses.iter().map(ToString::to_string).collect(),
            digest: hex(&token.digest),
            last_used_at: token.last_used_at.map(millis),
            revoked: token.revoked,
            stamps: (&token.stamps).into(),
        }
    }
}

impl TryFrom<TokenRow> for Token {
    type Error = Failure;

    fn try_from(row: TokenRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            user: row.user,
            scopes: row.scopes.iter().map(|name| known(name, Scope::from_name)).collect::<Result<_>>()?,
            expires_at: moments(row.expires_at)?,
            addresses: row.addresses.iter().map(|text| known(text, Network::parse)).collect::<Result<_>>()?,
            digest: unhex(&row.digest)?,
            last_used_at: moments(row.last_used_at)?,
            revoked: row.revoked,
            stamps: row.stamps.try_into()?,
        })
    }
}
