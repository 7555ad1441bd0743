//! The text of every statement, made once when a store is opened. The parameter of each is told
//! with it: the places of its rows, `?` for those that may be null.

mod locks;
mod reads;
mod records;
mod writes;

pub(crate) use locks::Locks;
pub(crate) use reads::{Reads, order_view, whole_license};
pub(crate) use records::Records;
pub(crate) use writes::{Erase, Writes};

use crate::dialect::Dialect;

/// All statements but those of lists, which depend on the filter.
#[derive(Debug)]
pub(crate) struct Statements {
    /// Queries by key.
    pub(crate) reads: Reads,
    /// Locks; `SQLite` locks the whole database.
    pub(crate) locks: Option<Locks>,
    /// Queries that follow the chains of the audit log.
    pub(crate) records: Records,
    /// Inserts, overwrites, deletions.
    pub(crate) writes: Writes,
}

impl Statements {
    /// For a kind of database.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            reads: Reads::new(dialect),
            locks: (dialect == Dialect::Postgres).then(|| Locks::new(dialect)),
            records: Records::new(dialect),
            writes: Writes::new(dialect),
        }
    }
}

/// The id of the order that a row of the parameter names in three places, from `place` on: by id?,
/// Order ID?, reference?.
fn order_key(dialect: Dialect, place: usize) -> String {
    use crate::row::Kind::{MaybeId, Text};
    format!(
        "coalesce({}, (SELECT order_ref FROM order_ids WHERE order_id = {}), \
         (SELECT id FROM orders WHERE external_ref = {}))",
        dialect.at(place, MaybeId),
        dialect.at(place + 1, Text),
        dialect.at(place + 2, Text),
    )
}

/// The id of an entity that a row of the parameter names in two places: by id?, reference?.
fn entity_key(dialect: Dialect, table: &str, place: usize) -> String {
    use crate::row::Kind::{MaybeId, Text};
    format!(
        "coalesce({}, (SELECT id FROM {table} WHERE external_ref = {}))",
        dialect.at(place, MaybeId),
        dialect.at(place + 1, Text),
    )
}

/// The same with a third place: login?.
fn user_key(dialect: Dialect, place: usize) -> String {
    let login = dialect.at(place + 2, crate::row::Kind::Text);
    let key = entity_key(dialect, "users", place);
    format!("coalesce({key}, (SELECT id FROM users WHERE login = {login}))")
}

/// The same with two more places: code?, version?.
fn product_key(dialect: Dialect, place: usize) -> String {
    use crate::row::Kind::Text;
    let (code, version) = (dialect.at(place + 2, Text), dialect.at(place + 3, Text));
    let key = entity_key(dialect, "products", place);
    format!(
        "coalesce({key}, (SELECT id FROM products WHERE code = {code} AND version = {version}))"
    )
}
