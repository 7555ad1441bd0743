//! Users and tokens.

use lds_domain::access::{Role, Scope};
use lds_domain::command::{CreateToken, NewToken, ResetPassword, StoreItem};
use lds_domain::id::UserId;
use lds_domain::token::{Network, Token};
use lds_domain::user::{User, UserData};
use lds_domain::{Code, Error, Result};

use super::{WireStamps, each, item_reference, list, optional_reference, reference, text};
use crate::leaf::Timestamp;
use crate::wire::user as wire;

impl TryFrom<wire::User> for StoreItem<UserId, UserData> {
    type Error = Error;

    fn try_from(user: wire::User) -> Result<Self> {
        Ok(Self {
            id: user.id.as_deref().map(item_reference),
            revision: user.revision,
            data: UserData {
                login: user.login,
                display_name: user.display_name,
                email: user.email,
                roles: each("role", user.role, |role| {
                    Role::read("role", &role).map_err(bare)
                })?,
                external_ref: user.external_ref,
                attributes: list(user.attribute),
            },
            state: user.state,
        })
    }
}

impl From<User> for wire::User {
    fn from(user: User) -> Self {
        let stamps = WireStamps::from(user.stamps);
        Self {
            id: Some(text(user.id)),
            revision: Some(user.revision),
            login: user.data.login,
            display_name: user.data.display_name,
            email: user.data.email,
            role: user.data.roles.into_iter().map(text).collect(),
            external_ref: user.data.external_ref,
            attribute: list(user.data.attributes),
            state: Some(text(user.state)),
            totp: Some(user.totp),
            last_signed_in_at: user.last_signed_in_at.map(Timestamp),
            created_at: stamps.created_at,
            created_by: stamps.created_by,
            updated_at: stamps.updated_at,
            updated_by: stamps.updated_by,
            extra: Vec::new(),
        }
    }
}

impl TryFrom<wire::ResetPasswordRequest> for ResetPassword {
    type Error = Error;

    fn try_from(request: wire::ResetPasswordRequest) -> Result<Self> {
        Ok(Self {
            user: reference("id", &request.id)?,
            password: request.password,
        })
    }
}

impl From<Option<String>> for wire::ResetPasswordResult {
    fn from(password: Option<String>) -> Self {
        Self {
            password,
            extra: Vec::new(),
        }
    }
}

impl TryFrom<wire::CreateTokenRequest> for CreateToken {
    type Error = Error;

    fn try_from(request: wire::CreateTokenRequest) -> Result<Self> {
        Ok(Self {
            user: optional_reference("userId", request.user_id)?,
            name: request.name,
            scopes: each("scope", request.scope, |name| read_scope(&name))?,
            expires_at: request.expires_at.map(|moment| moment.0),
            addresses: each("address", request.address, |network| read_network(&network))?,
            digest: request.digest.unwrap_or_default(),
            request_id: request.request_id,
        })
    }
}

fn read_scope(name: &str) -> Result<Scope> {
    Scope::from_name(name).ok_or_else(|| {
        let roles: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
        let message = format!("The value is read or one of {}.", roles.join(", "));
        Error::new(Code::InvalidRequest, message)
    })
}

fn read_network(network: &str) -> Result<Network> {
    Network::parse(network).ok_or_else(|| {
        let message = "The value is an address or a network like 192.0.2.0/24.";
        Error::new(Code::InvalidRequest, message)
    })
}

/// Without its own path, for items of lists.
fn bare(error: Error) -> Error {
    Error {
        field: None,
        ..error
    }
}

impl From<Token> for wire::Token {
    fn from(token: Token) -> Self {
        let state = text(token.state());
        let stamps = WireStamps::from(token.stamps);
        Self {
            id: text(token.id),
            name: token.name,
            user_id: text(token.user),
            scope: token
                .scopes
                .iter()
                .map(|scope| text(scope.name()))
                .collect(),
            expires_at: token.expires_at.map(Timestamp),
            address: token.addresses.into_iter().map(text).collect(),
            digest: token.sealed.is_some(),
            state,
            last_used_at: token.last_used_at.map(Timestamp),
            created_at: stamps.created_at,
            created_by: stamps.created_by,
            updated_at: stamps.updated_at,
            updated_by: stamps.updated_by,
            extra: Vec::new(),
        }
    }
}

impl From<NewToken> for wire::CreateTokenResult {
    fn from(new: NewToken) -> Self {
        Self {
            token: new.token.into(),
            secret: new.secret,
            extra: Vec::new(),
        }
    }
}
