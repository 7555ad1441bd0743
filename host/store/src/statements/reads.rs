//! Queries by key. The first place of most parameters is a number that comes back with what was
//! found, so that a group of questions is told apart.

use super::{entity_key, order_key, product_key, user_key};
use crate::dialect::{Dialect, Sql};
use crate::row::Kind::{Bytes, Id, Int, MaybeBytes, MaybeId, Text};
use crate::rows::customer::CustomerRow;
use crate::rows::license::{FileRow, LicenseRow};
use crate::rows::order::{OrderRow, UseRow};
use crate::rows::product::ProductRow;
use crate::rows::token::TokenRow;
use crate::rows::user::UserRow;

/// Queries by key.
#[derive(Debug)]
pub(crate) struct Reads {
    /// `[n, id?, Order ID?, reference?, [claims], only]` → `[n, view]`.
    pub(crate) orders: Sql,
    /// `[n, id?, reference?]` → `[n, [license, files]]`.
    pub(crate) licenses: Sql,
    /// `[license]` → its request document.
    pub(crate) documents: Sql,
    /// `[n, id?, reference?]` → `[n, license]`.
    pub(crate) bare_licenses: Sql,
    /// `[n, id?, Order ID?, reference?]` → `[n, license]` of those in force.
    pub(crate) licenses_of: Sql,
    /// `[n, id?, reference?, login?]` → `[n, user]`.
    pub(crate) users: Sql,
    /// `[n, id?, digest?]` → `[n, token, user]`.
    pub(crate) tokens: Sql,
    /// `[n, id?, reference?]` → `[n, customer]`.
    pub(crate) customers: Sql,
    /// `[n, id?, reference?, code?, version?]` → `[n, product]`.
    pub(crate) products: Sql,
    /// `[0]` → ids of active administrators.
    pub(crate) administrators: Sql,
    /// `[0]` → generators that are switched off.
    pub(crate) disabled_generators: Sql,
    /// `[n, Order ID]` → those that were given out.
    pub(crate) order_ids: Sql,
    /// `[id]` → the ids that something refers to.
    pub(crate) references: Sql,
    /// `[n, customer]` → `[n, customer, has orders that are not revoked, has texts]`.
    pub(crate) estates: Sql,
    /// `[n, proof]` → `[n, proof]` of those that were shown.
    pub(crate) proofs: Sql,
    /// `[caller, request id]` → `[caller, request id, digest, outcomes?]`.
    pub(crate) requests: Sql,
    /// `[chain, most]` → the last `[chain, seq, hash]` of the newest other chains.
    pub(crate) audit_heads: Sql,
    /// `[name]` → `[name, value]`.
    pub(crate) settings: Sql,
}

impl Reads {
    pub(super) fn new(dialect: Dialect) -> Self {
        let query =
            |expression: &str, from: &str| -> Sql { dialect.query(expression, from).into() };
        let rows = dialect.rows();
        let n = dialect.at(0, Int);
        let found = |what: &str| dialect.array(&format!("{n}, {what}"));
        let joined = |table: &str, alias: &str, key: &str| {
            format!("{rows} CROSS JOIN {table} {alias} WHERE {alias}.id = {key}")
        };
        let license = joined("licenses", "l", &entity_key(dialect, "licenses", 1));
        Self {
            orders: orders(dialect),
            licenses: query(&found(&whole_license(dialect, "l")), &license),
            documents: documents(dialect),
            bare_licenses: query(&found(&dialect.row::<LicenseRow>("l")), &license),
            licenses_of: licenses_of(dialect),
            users: query(
                &found(&dialect.row::<UserRow>("u")),
                &joined("users", "u", &user_key(dialect, 1)),
            ),
            tokens: tokens(dialect),
            customers: query(
                &found(&dialect.row::<CustomerRow>("c")),
                &joined("customers", "c", &entity_key(dialect, "customers", 1)),
            ),
            products: query(
                &found(&dialect.row::<ProductRow>("p")),
                &joined("products", "p", &product_key(dialect, 1)),
            ),
            administrators: query(
                &dialect.give("u.id", Id),
                &format!("{rows} CROSS JOIN users u WHERE u.administrator = 1"),
            ),
            disabled_generators: query(
                "s.generator",
                &format!("{rows} CROSS JOIN generator_switches s WHERE s.disabled = 1"),
            ),
            order_ids: query(
                &found("i.order_id"),
                &format!(
                    "{rows} CROSS JOIN order_ids i WHERE i.order_id = {}",
                    dialect.at(1, Text)
                ),
            ),
            references: references(dialect),
            estates: estates(dialect),
            proofs: query(
                &found(&dialect.give("p.proof", Bytes)),
                &format!(
                    "{rows} CROSS JOIN proofs p WHERE p.proof = {}",
                    dialect.at(1, Bytes)
                ),
            ),
            requests: requests(dialect),
            audit_heads: audit_heads(dialect),
            settings: query(
                &dialect.array("s.name, s.value"),
                &format!(
                    "{rows} CROSS JOIN settings s WHERE s.name = {}",
                    dialect.at(0, Text)
                ),
            ),
        }
    }
}

/// The license called so with its files.
pub(crate) fn whole_license(dialect: Dialect, alias: &str) -> String {
    let files = dialect.list(&dialect.row::<FileRow>("f"));
    let license = dialect.row::<LicenseRow>(alias);
    dialect.array(&format!(
        "{license}, (SELECT {files} FROM license_files f WHERE f.license = {alias}.id)"
    ))
}

/// The members of a view of the order called so with its customer `c` and product `p`: what was
/// matched and the only license are given.
pub(crate) fn order_view(dialect: Dialect, alias: &str, matched: &str, only: &str) -> String {
    let uses = dialect.list(&dialect.row::<UseRow>("u"));
    format!(
        "{}, {}, {}, (SELECT {uses} FROM allowance_uses u WHERE u.order_ref = {alias}.id), \
         CASE WHEN EXISTS (SELECT 1 FROM licenses r WHERE r.order_ref = {alias}.id \
         AND r.state = 'REMOVAL_REQUESTED') THEN 1 ELSE 0 END, {matched}, {only}",
        dialect.row::<OrderRow>(alias),
        dialect.row::<CustomerRow>("c"),
        dialect.row::<ProductRow>("p"),
    )
}

fn orders(dialect: Dialect) -> Sql {
    let whole = whole_license(dialect, "l");
    let matched = format!(
        "(SELECT {} FROM (SELECT license, min(class) AS class FROM claims WHERE order_ref = o.id \
         AND class IN ('LIVE', 'EMERGENCY') AND {} GROUP BY license) h \
         JOIN licenses l ON l.id = h.license)",
        dialect.list(&dialect.array(&format!("h.class, {whole}"))),
        dialect.among("claim", "e.value", 4, Bytes),
    );
    let only = format!(
        "CASE WHEN {} = 1 AND o.active_licenses = 1 THEN (SELECT {whole} FROM licenses l \
         WHERE l.order_ref = o.id AND l.kind <> 'EMERGENCY' \
         AND l.state IN ('ACTIVE', 'REMOVAL_REQUESTED') LIMIT 1) END",
        dialect.at(5, Int),
    );
    let view = dialect.array(&order_view(dialect, "o", &matched, &only));
    let from = format!(
        "{} CROSS JOIN orders o JOIN customers c ON c.id = o.customer \
         JOIN products p ON p.id = o.product WHERE o.id = {}",
        dialect.rows(),
        order_key(dialect, 1),
    );
    let found = dialect.array(&format!("{}, {view}", dialect.at(0, Int)));
    dialect.query(&found, &from).into()
}

fn documents(dialect: Dialect) -> Sql {
    let from = format!(
        "{} CROSS JOIN license_documents d WHERE d.license = {}",
        dialect.rows(),
        dialect.at(0, Id),
    );
    dialect
        .query(&dialect.give("d.document", Bytes), &from)
        .into()
}

fn licenses_of(dialect: Dialect) -> Sql {
    let found = dialect.array(&format!(
        "{}, {}",
        dialect.at(0, Int),
        dialect.row::<LicenseRow>("l")
    ));
    let from = format!(
        "{} CROSS JOIN licenses l WHERE l.order_ref = {} \
         AND l.state IN ('ACTIVE', 'REMOVAL_REQUESTED')",
        dialect.rows(),
        order_key(dialect, 1),
    );
    dialect.query(&found, &from).into()
}

fn tokens(dialect: Dialect) -> Sql {
    let found = dialect.array(&format!(
        "{}, {}, {}",
        dialect.at(0, Int),
        dialect.row::<TokenRow>("t"),
        dialect.row::<UserRow>("u"),
    ));
    let from = format!(
        "{} CROSS JOIN tokens t JOIN users u ON u.id = t.user_id \
         WHERE t.id = coalesce({}, (SELECT id FROM tokens WHERE digest = {}))",
        dialect.rows(),
        dialect.at(1, MaybeId),
        dialect.at(2, MaybeBytes),
    );
    dialect.query(&found, &from).into()
}

fn references(dialect: Dialect) -> Sql {
    let id = dialect.at(0, Id);
    let places = [
        ("orders", "customer"),
        ("orders", "product"),
        ("licenses", "customer"),
        ("licenses", "product"),
        ("licenses", "order_ref"),
        ("tokens", "user_id"),
    ];
    let exists = places
        .map(|(table, column)| format!("EXISTS (SELECT 1 FROM {table} WHERE {column} = {id})"));
    // What was derived from an order is of its family, found by the root.
    let derived = format!(
        "EXISTS (SELECT 1 FROM orders d WHERE d.root = (SELECT root FROM orders WHERE id = {id}) \
         AND d.body->>'parent' = {})",
        dialect.at(0, Text)
    );
    let from = format!(
        "{} WHERE {} OR {derived}",
        dialect.rows(),
        exists.join(" OR ")
    );
    dialect.query(&dialect.at(0, Text), &from).into()
}

fn estates(dialect: Dialect) -> Sql {
    let customer = dialect.at(1, Id);
    let (open, licenses) = (
        "o.state <> 'REVOKED'",
        format!("licenses l WHERE l.customer = {customer}"),
    );
    let exists =
        |from: String| format!("CASE WHEN EXISTS (SELECT 1 FROM {from}) THEN 1 ELSE 0 END");
    let orders = format!(
        "orders o WHERE {open} AND (o.customer = {customer} \
         OR o.id IN (SELECT l.order_ref FROM {licenses}))"
    );
    let texts = format!(
        "license_files f WHERE (f.text IS NOT NULL OR f.data IS NOT NULL) \
         AND f.license IN (SELECT l.id FROM {licenses})"
    );
    let found = dialect.array(&format!(
        "{}, {}, {}, {}",
        dialect.at(0, Int),
        dialect.at(1, Text),
        exists(orders),
        exists(texts),
    ));
    dialect.query(&found, dialect.rows()).into()
}

fn requests(dialect: Dialect) -> Sql {
    let found = dialect.array(&format!(
        "r.caller, r.request_id, {}, r.outcomes",
        dialect.give("r.digest", Bytes)
    ));
    let from = format!(
        "{} CROSS JOIN requests r WHERE r.caller = {} AND r.request_id = {}",
        dialect.rows(),
        dialect.at(0, Text),
        dialect.at(1, Text),
    );
    dialect.query(&found, &from).into()
}

/// A chain's last entry is found by its index; the newest chains have the highest ids.
fn audit_heads(dialect: Dialect) -> Sql {
    let found = dialect.array(&format!(
        "{}, a.seq, {}",
        dialect.give("a.chain", Id),
        dialect.give("a.hash", Bytes)
    ));
    let from = format!(
        "(SELECT o.chain FROM {rows} CROSS JOIN audit_chains o WHERE o.chain <> {own} \
         ORDER BY o.chain DESC LIMIT (SELECT {most} FROM {rows})) c \
         JOIN audit a ON a.chain = c.chain \
         AND a.seq = (SELECT max(seq) FROM audit m WHERE m.chain = c.chain)",
        rows = dialect.rows(),
        own = dialect.at(0, Id),
        most = dialect.at(1, Int),
    );
    dialect.query(&found, &from).into()
}
