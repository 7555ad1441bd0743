//! Users as rows.

use std::borrow::Cow;

use lds_domain::access::Role;
use lds_domain::attribute::Attribute;
use lds_domain::user::{PasswordHash, Stamps, User, UserData, UserState};
use serde::{Deserialize, Serialize};

use super::{Text, none, text};
use crate::row::{Millis, RowId, row};

row! {
    /// A user.
    UserRow<'a> in "users" keeps ["last_signed_in_at"] {
        id: RowId as Id,
        revision: u32 as Int,
        state: UserState as Text,
        external_ref: Option<Text<'a>> as Text,
        password: Option<Text<'a>> as Text,
        last_signed_in_at: Option<Millis> as Int,
        body: UserBody<'a> as Json,
    } searched by {
        login: Text<'a> as Text,
        display_name: Text<'a> as Text,
        administrator: u8 as Int,
        created_at: i64 as Int,
        updated_at: i64 as Int,
    }
}

/// What no statement looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserBody<'a> {
    login: Text<'a>,
    display_name: Text<'a>,
    email: Option<Text<'a>>,
    roles: Cow<'a, [Role]>,
    #[serde(default, skip_serializing_if = "none")]
    attributes: Cow<'a, [Attribute]>,
    totp: bool,
    stamps: Cow<'a, Stamps>,
}

impl<'a> From<&'a User> for UserRow<'a> {
    fn from(user: &'a User) -> Self {
        let data = &user.data;
        let rules = user.state == UserState::Active && data.roles.contains(&Role::Administrator);
        Self {
            id: RowId::of(user.id),
            revision: user.revision,
            state: user.state,
            external_ref: text(data.external_ref.as_ref()),
            password: text(user.password.as_ref().map(|hash| &hash.0)),
            last_signed_in_at: user.last_signed_in_at.map(Millis),
            body: UserBody {
                login: Cow::Borrowed(&data.login),
                display_name: Cow::Borrowed(&data.display_name),
                email: text(data.email.as_ref()),
                roles: Cow::Borrowed(&data.roles),
                attributes: Cow::Borrowed(&data.attributes),
                totp: user.totp,
                stamps: Cow::Borrowed(&user.stamps),
            },
            login: Cow::Owned(data.folded_login()),
            display_name: Cow::Owned(data.display_name.to_lowercase()),
            administrator: u8::from(rules),
            created_at: Millis::number(user.stamps.created_at),
            updated_at: Millis::number(user.stamps.updated_at),
        }
    }
}

impl From<UserRow<'_>> for User {
    fn from(row: UserRow<'_>) -> Self {
        let body = row.body;
        Self {
            id: row.id.id(),
            revision: row.revision,
            data: UserData {
                login: body.login.into_owned(),
                display_name: body.display_name.into_owned(),
                email: body.email.map(Cow::into_owned),
                roles: body.roles.into_owned(),
                external_ref: row.external_ref.map(Cow::into_owned),
                attributes: body.attributes.into_owned(),
            },
            state: row.state,
            password: row.password.map(|hash| PasswordHash(hash.into_owned())),
            totp: body.totp,
            last_signed_in_at: row.last_signed_in_at.map(|at| at.0),
            stamps: body.stamps.into_owned(),
        }
    }
}
