//! How entities are named in the parameters of statements: one place for each way of naming.

use lds_domain::id::{Id, Key};
use lds_domain::order::OrderKey;
use lds_domain::unit::{ProductKey, UserKey};

use crate::row::RowId;

/// `id?, reference?`
pub(crate) type EntityPlaces<'a> = (Option<RowId>, Option<&'a str>);
/// `id?, Order ID?, reference?`
pub(crate) type OrderPlaces<'a> = (Option<RowId>, Option<&'a str>, Option<&'a str>);

/// Of an entity.
pub(crate) fn entity<I: Id>(key: &Key<I>) -> EntityPlaces<'_> {
    match key {
        Key::Id(id) => (Some(RowId::of(*id)), None),
        Key::External(reference) => (None, Some(reference)),
    }
}

/// Of an order.
pub(crate) fn order(key: &OrderKey) -> OrderPlaces<'_> {
    match key {
        OrderKey::OrderId(id) => (None, Some(id.expose()), None),
        OrderKey::Key(key) => {
            let (id, reference) = entity(key);
            (id, None, reference)
        }
    }
}

/// Of a user: `id?, reference?, login?`
pub(crate) fn user(key: &UserKey) -> (Option<RowId>, Option<&str>, Option<&str>) {
    match key {
        UserKey::Login(login) => (None, None, Some(login)),
        UserKey::Key(key) => {
            let (id, reference) = entity(key);
            (id, reference, None)
        }
    }
}

/// Of a product: `id?, reference?, code?, version?`
pub(crate) fn product(
    key: &ProductKey,
) -> (Option<RowId>, Option<&str>, Option<&str>, Option<&str>) {
    match key {
        ProductKey::Code(code, version) => (
            None,
            None,
            Some(code),
            Some(version.as_deref().unwrap_or_default()),
        ),
        ProductKey::Key(key) => {
            let (id, reference) = entity(key);
            (id, reference, None, None)
        }
    }
}
