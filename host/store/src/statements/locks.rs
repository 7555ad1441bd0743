//! Row locks of `PostgreSQL`. Rows are locked in the order of their ids, so that two transactions
//! never wait for each other; each answers with what was locked.

use super::{entity_key, order_key, product_key, user_key};
use crate::dialect::{Dialect, Sql};
use crate::row::Kind::{Id, MaybeId, Text};

/// Locks.
#[derive(Debug)]
pub(crate) struct Locks {
    /// `[id?, Order ID?, reference?, license id?, license reference?]` → `[id, customer]`.
    pub(crate) orders: Sql,
    /// `[id?, reference?]` of customers → ids of the orders of their licenses, whosever they are.
    pub(crate) estates: Sql,
    /// `[id?, reference?]`, those without an order → ids.
    pub(crate) licenses: Sql,
    /// `[id?, reference?]` → ids; others may lock so as well.
    pub(crate) customers_shared: Sql,
    /// `[id?, reference?]` → ids; for a change.
    pub(crate) customers: Sql,
    /// `[id?, reference?, code?, version?]` → ids; others may lock so as well.
    pub(crate) products_shared: Sql,
    /// `[id?, reference?, code?, version?]` → ids; for a change.
    pub(crate) products: Sql,
    /// `[id?, reference?, login?]` → ids.
    pub(crate) users: Sql,
    /// The same, and all administrators.
    pub(crate) administrators: Sql,
    /// `[id]` → ids.
    pub(crate) tokens: Sql,
    /// `[generator]` → names of switches; makes those that are not there, so that they can be locked.
    pub(crate) switches: Sql,
}

impl Locks {
    pub(super) fn new(dialect: Dialect) -> Self {
        let by = |table: &str, key: &str, strength: &str| {
            lock(dialect, table, &among(dialect, key), strength)
        };
        let customers = entity_key(dialect, "customers", 0);
        let products = product_key(dialect, 0);
        let users = among(dialect, &user_key(dialect, 0));
        Self {
            orders: orders(dialect),
            estates: estates(dialect),
            licenses: by(
                "licenses",
                &entity_key(dialect, "licenses", 0),
                "NO KEY UPDATE",
            ),
            customers_shared: by("customers", &customers, "SHARE"),
            customers: by("customers", &customers, "UPDATE"),
            products_shared: by("products", &products, "SHARE"),
            products: by("products", &products, "UPDATE"),
            users: lock(dialect, "users", &users, "UPDATE"),
            administrators: lock(
                dialect,
                "users",
                &format!("administrator = 1 OR {users}"),
                "UPDATE",
            ),
            switches: switches(dialect),
            tokens: by("tokens", &dialect.at(0, Id), "UPDATE"),
        }
    }
}

fn among(dialect: Dialect, key: &str) -> String {
    format!("id = ANY (ARRAY(SELECT {key} FROM {}))", dialect.rows())
}

fn lock(dialect: Dialect, table: &str, condition: &str, strength: &str) -> Sql {
    let from = format!("(SELECT id FROM {table} WHERE {condition} ORDER BY id FOR {strength}) l");
    dialect.query("l.id", &from).into()
}

fn switches(dialect: Dialect) -> Sql {
    let (name, rows) = (dialect.at(0, Text), dialect.rows());
    let locked = dialect.query("l.generator", "l");
    format!(
        "WITH l AS (INSERT INTO generator_switches (generator, disabled) \
         SELECT DISTINCT {name}, 0 FROM {rows} ORDER BY 1 \
         ON CONFLICT (generator) DO UPDATE SET disabled = generator_switches.disabled \
         RETURNING generator) {locked}"
    )
    .into()
}

fn estates(dialect: Dialect) -> Sql {
    let customers = entity_key(dialect, "customers", 0);
    let condition = format!(
        "id = ANY (ARRAY(SELECT l.order_ref FROM {} JOIN licenses l ON l.customer = {customers}))",
        dialect.rows()
    );
    lock(dialect, "orders", &condition, "NO KEY UPDATE")
}

fn orders(dialect: Dialect) -> Sql {
    let license = entity_key(dialect, "licenses", 3);
    let key = format!(
        "coalesce({}, (SELECT order_ref FROM licenses WHERE id = {license}))",
        order_key(dialect, 0),
    );
    let from = format!(
        "(SELECT id, customer FROM orders WHERE {} ORDER BY id FOR NO KEY UPDATE) l",
        among(dialect, &key)
    );
    let found = dialect.array(&format!(
        "{}, {}",
        dialect.give("l.id", MaybeId),
        dialect.give("l.customer", MaybeId)
    ));
    dialect.query(&found, &from).into()
}
