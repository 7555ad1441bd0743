//! Tokens as rows.

use std::borrow::Cow;

use lds_domain::access::Scope;
use lds_domain::token::{Network, Token};
use lds_domain::user::Stamps;
use serde::{Deserialize, Serialize};

use super::Text;
use crate::failure::Failure;
use crate::row::{Hex, Millis, RowId, row};

row! {
    /// A token.
    TokenRow<'a> in "tokens" keeps ["last_used_at"] {
        id: RowId as Id,
        user_id: RowId as Id,
        digest: Hex<'a> as Bytes,
        last_used_at: Option<Millis> as Int,
        body: TokenBody<'a> as Json,
    } searched by {
        name: Text<'a> as Text,
        revoked: u8 as Int,
        updated_at: i64 as Int,
    }
}

/// What no statement looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TokenBody<'a> {
    name: Text<'a>,
    scopes: Vec<Text<'a>>,
    expires_at: Option<Millis>,
    addresses: Vec<String>,
    revoked: bool,
    /// Only of a token for password digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Hex<'a>>,
    stamps: Cow<'a, Stamps>,
}

impl<'a> From<&'a Token> for TokenRow<'a> {
    fn from(token: &'a Token) -> Self {
        Self {
            id: RowId::of(token.id),
            user_id: RowId::of(token.user),
            digest: (&token.digest).into(),
            last_used_at: token.last_used_at.map(Millis),
            body: TokenBody {
                name: Cow::Borrowed(&token.name),
                scopes: token
                    .scopes
                    .iter()
                    .map(|scope| scope.name().into())
                    .collect(),
                expires_at: token.expires_at.map(Millis),
                addresses: token.addresses.iter().map(Network::to_string).collect(),
                revoked: token.revoked,
                sealed: token.sealed.as_deref().map(Hex::from),
                stamps: Cow::Borrowed(&token.stamps),
            },
            name: Cow::Owned(token.name.to_lowercase()),
            revoked: u8::from(token.revoked),
            updated_at: Millis::number(token.stamps.updated_at),
        }
    }
}

impl TryFrom<TokenRow<'_>> for Token {
    type Error = Failure;

    /// A scope or network that is not known must not widen what the token may do.
    fn try_from(row: TokenRow<'_>) -> Result<Self, Failure> {
        let body = row.body;
        let broken = |what: &str| Failure::internal(format!("a stored token has a broken {what}"));
        let scopes = body.scopes.iter().map(|name| Scope::from_name(name));
        let addresses = body.addresses.iter().map(|text| Network::parse(text));
        Ok(Self {
            id: row.id.id(),
            name: body.name.into_owned(),
            user: row.user_id.id(),
            scopes: scopes
                .collect::<Option<_>>()
                .ok_or_else(|| broken("scope"))?,
            expires_at: body.expires_at.map(|at| at.0),
            addresses: addresses
                .collect::<Option<_>>()
                .ok_or_else(|| broken("network"))?,
            digest: row.digest.digest().ok_or_else(|| broken("digest"))?,
            last_used_at: row.last_used_at.map(|at| at.0),
            revoked: body.revoked,
            sealed: body.sealed.map(|sealed| sealed.0.into_owned()),
            stamps: body.stamps.into_owned(),
        })
    }
}
