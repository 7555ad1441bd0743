//! By which members lists are sorted, and the expression of each, which has an index where it is
//! worth one. What has no value sorts as the empty text, or last where it means for ever.

use lds_domain::{Error, Result};

use crate::row::Kind::{self, Id, Int, Text};

/// A member by which a list is sorted.
#[derive(Debug)]
pub(super) struct Sort {
    member: &'static str,
    /// Never null.
    pub(super) expression: &'static str,
    pub(super) kind: Kind,
}

const fn by(member: &'static str, expression: &'static str, kind: Kind) -> Sort {
    Sort {
        member,
        expression,
        kind,
    }
}

const ID: Sort = by("id", "t.id", Id);
const STATE: Sort = by("state", "t.state", Text);
const EXTERNAL_REF: Sort = by("externalRef", "coalesce(t.external_ref, '')", Text);
const CREATED_AT: Sort = by("createdAt", "t.created_at", Int);
const UPDATED_AT: Sort = by("updatedAt", "t.updated_at", Int);

/// Of users.
pub(super) const USERS: &[Sort] = &[
    ID,
    by("login", "t.login", Text),
    by("displayName", "t.display_name", Text),
    STATE,
    EXTERNAL_REF,
    CREATED_AT,
    UPDATED_AT,
];
/// Of tokens.
pub(super) const TOKENS: &[Sort] = &[
    ID,
    by("name", "t.name", Text),
    by("lastUsedAt", "coalesce(t.last_used_at, 0)", Int),
    UPDATED_AT,
];
/// Of customers.
pub(super) const CUSTOMERS: &[Sort] = &[
    ID,
    by("name", "t.name", Text),
    STATE,
    EXTERNAL_REF,
    CREATED_AT,
    UPDATED_AT,
];
/// Of products.
pub(super) const PRODUCTS: &[Sort] = &[
    ID,
    by("code", "t.code", Text),
    by("version", "t.version", Text),
    by("name", "t.name", Text),
    STATE,
    EXTERNAL_REF,
    CREATED_AT,
    UPDATED_AT,
];
/// Of orders.
pub(super) const ORDERS: &[Sort] = &[
    ID,
    by("validUntil", "coalesce(t.valid_until, '9999-12-32')", Text),
    by(
        "firstActivatedOn",
        "coalesce(t.first_activated_on, '')",
        Text,
    ),
    by("activeLicenses", "t.active_licenses", Int),
    STATE,
    EXTERNAL_REF,
    CREATED_AT,
    UPDATED_AT,
];
/// Of licenses.
pub(super) const LICENSES: &[Sort] = &[
    ID,
    by("issuedAt", "t.issued_at", Int),
    by("expiresOn", "coalesce(t.expires_on, '9999-12-32')", Text),
    by("kind", "t.kind", Text),
    STATE,
    EXTERNAL_REF,
    UPDATED_AT,
];

/// Of entries of the audit log.
pub(super) const AUDIT: &[Sort] = &[by("time", "t.time", Int)];

impl Sort {
    /// Reads a member's name, `-` before it for descending; absent: the first of the table.
    pub(super) fn read(
        sorts: &'static [Self],
        sort: Option<&str>,
    ) -> Result<(&'static Self, bool)> {
        let text = sort.unwrap_or(sorts[0].member);
        let (member, descending) = match text.strip_prefix('-') {
            Some(member) => (member, true),
            None => (text, false),
        };
        let known = sorts.iter().find(|sort| sort.member == member);
        known.map(|sort| (sort, descending)).ok_or_else(|| {
            let all: Vec<_> = sorts.iter().map(|sort| sort.member).collect();
            let message = format!(
                "The value is one of {}, with - before it for descending order.",
                all.join(", ")
            );
            Error::invalid("sort", message)
        })
    }
}
