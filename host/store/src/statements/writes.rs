//! Inserts, overwrites and deletions: one statement for all rows of a table.

use crate::dialect::{Dialect, Sql};
use crate::row::Kind::{Bytes, Id, Int, Text};
use crate::row::Row;
use crate::rows::customer::CustomerRow;
use crate::rows::license::{ClaimRow, DocumentRow, FileRow, HostRow, LicenseRow};
use crate::rows::order::{OrderIdRow, OrderRow};
use crate::rows::product::ProductRow;
use crate::rows::request::{ProofRow, RequestRow};
use crate::rows::token::TokenRow;
use crate::rows::user::UserRow;
use crate::rows::{AttributeRow, EventRow, SwitchRow, TextRow};
use crate::write::audit::AuditRow;

/// The three ways to write an entity.
#[derive(Debug)]
pub(crate) struct Entity {
    /// Rows → inserted.
    pub(crate) insert: Sql,
    /// Rows → overwritten by id.
    pub(crate) update: Sql,
    /// `[id]` → deleted.
    pub(crate) delete: Sql,
}

impl Entity {
    fn new<R: Row>(dialect: Dialect) -> Self {
        Self {
            insert: dialect.insert::<R>(),
            update: dialect.update::<R>(),
            delete: dialect.delete(R::TABLE, R::COLUMNS[0].name),
        }
    }
}

/// What goes of the licenses of customers: `[customer, at, by]` each.
#[derive(Debug)]
pub(crate) struct Erase {
    /// Hosts, parameters, licensee, terms and features, and a new stamp.
    pub(crate) licenses: Sql,
    /// Texts and bytes; their digests stay.
    pub(crate) files: Sql,
    /// Request documents.
    pub(crate) documents: Sql,
    /// Hosts to search by.
    pub(crate) hosts: Sql,
}

impl Erase {
    fn new(dialect: Dialect) -> Self {
        let (customer, rows) = (dialect.at(0, Id), dialect.rows());
        let theirs = format!(
            "license IN (SELECT id FROM licenses WHERE customer IN (SELECT {customer} FROM {rows}))"
        );
        let (at, by) = (dialect.at(1, Int), dialect.at(2, Text));
        let body = match dialect {
            Dialect::Sqlite => format!(
                "json_set(json_remove(body, '$.licensee', '$.hosts', '$.parameters', '$.deal'), \
                 '$.stamps.updated_at', {at}, '$.stamps.updated_by', {by})"
            ),
            Dialect::Postgres => format!(
                "jsonb_set(jsonb_set(body - 'licensee' - 'hosts' - 'parameters' - 'deal', \
                 '{{stamps,updated_at}}', to_jsonb({at})), '{{stamps,updated_by}}', to_jsonb({by}))"
            ),
        };
        Self {
            licenses: format!(
                "UPDATE licenses SET revision = revision + 1, updated_at = {at}, body = {body} \
                 FROM {rows} WHERE licenses.customer = {customer}"
            )
            .into(),
            files: format!("UPDATE license_files SET text = NULL, data = NULL WHERE {theirs}")
                .into(),
            documents: format!("DELETE FROM license_documents WHERE {theirs}").into(),
            hosts: format!("DELETE FROM license_hosts WHERE {theirs}").into(),
        }
    }
}

/// Inserts, overwrites, deletions.
#[derive(Debug)]
pub(crate) struct Writes {
    pub(crate) users: Entity,
    pub(crate) tokens: Entity,
    pub(crate) customers: Entity,
    pub(crate) products: Entity,
    pub(crate) orders: Entity,
    pub(crate) licenses: Entity,
    pub(crate) order_ids: Sql,
    pub(crate) files: Sql,
    pub(crate) documents: Sql,
    pub(crate) hosts: Sql,
    pub(crate) claims: Sql,
    /// Customers and what of their licenses goes.
    pub(crate) erase: Erase,
    /// Rows; those that are there are set anew.
    pub(crate) switches: Sql,
    /// `[license]`.
    pub(crate) release_claims: Sql,
    /// `[order, licenses more or less, first day?]`; touches no order whose count would leave its
    /// bounds.
    pub(crate) activity: Sql,
    /// `[order, kind, day, license]`.
    pub(crate) uses: Sql,
    pub(crate) audit: Sql,
    /// `[chain]`.
    pub(crate) audit_chain: Sql,
    /// `[chain, [seq, hash, signed at, signature]]`.
    pub(crate) audit_head: Sql,
    pub(crate) events: Sql,
    pub(crate) texts: Sql,
    /// `[owner]`.
    pub(crate) forget_texts: Sql,
    pub(crate) attributes: Sql,
    /// `[owner]`.
    pub(crate) forget_attributes: Sql,
    pub(crate) proofs: Sql,
    /// `[good until before, most]`.
    pub(crate) prune_proofs: Sql,
    /// Rows; those that are there stay as they are.
    pub(crate) claim_requests: Sql,
    /// `[caller, request id, outcomes]`.
    pub(crate) answer_requests: Sql,
    /// `[caller, request id]`.
    pub(crate) forget_requests: Sql,
    /// `[made before, most]`.
    pub(crate) prune_requests: Sql,
    /// `[id, at]`, if later.
    pub(crate) token_used: Sql,
    /// `[id, at]`, if later.
    pub(crate) user_signed_in: Sql,
    /// `[name, value]`, if there is none.
    pub(crate) setting: Sql,
    /// `[name]`: nobody else changes it before the transaction ends.
    pub(crate) hold_setting: Sql,
    /// `[name, value]`.
    pub(crate) replace_setting: Sql,
}

impl Writes {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            users: Entity::new::<UserRow>(dialect),
            tokens: Entity::new::<TokenRow>(dialect),
            customers: Entity::new::<CustomerRow>(dialect),
            products: Entity::new::<ProductRow>(dialect),
            orders: Entity::new::<OrderRow>(dialect),
            licenses: Entity::new::<LicenseRow>(dialect),
            order_ids: dialect.insert::<OrderIdRow>(),
            files: dialect.insert::<FileRow>(),
            documents: dialect.insert::<DocumentRow>(),
            hosts: dialect.insert::<HostRow>(),
            claims: dialect.insert::<ClaimRow>(),
            erase: Erase::new(dialect),
            switches: format!(
                "{} ON CONFLICT (generator) DO UPDATE SET disabled = excluded.disabled",
                dialect.insert::<SwitchRow>()
            )
            .into(),
            release_claims: dialect.delete("claims", "license"),
            activity: activity(dialect),
            uses: uses(dialect),
            audit: dialect.insert::<AuditRow>(),
            audit_chain: insert_ignoring(dialect, "audit_chains (chain)", &[dialect.at(0, Id)]),
            audit_head: audit_head(dialect),
            events: dialect.insert::<EventRow>(),
            texts: dialect.insert::<TextRow>(),
            forget_texts: dialect.delete("texts", "owner"),
            attributes: dialect.insert::<AttributeRow>(),
            forget_attributes: dialect.delete("attributes", "owner"),
            proofs: dialect.insert::<ProofRow>(),
            prune_proofs: prune(dialect, "proofs", "proof", "good_until"),
            claim_requests: format!(
                "{}{}",
                dialect.insert::<RequestRow>(),
                " ON CONFLICT DO NOTHING"
            )
            .into(),
            answer_requests: on_request(
                dialect,
                &format!("UPDATE requests SET outcomes = {}", dialect.at(2, Text)),
            ),
            forget_requests: forget_requests(dialect),
            prune_requests: prune(dialect, "requests", "caller, request_id", "made_at"),
            token_used: later(dialect, "tokens", "last_used_at"),
            user_signed_in: later(dialect, "users", "last_signed_in_at"),
            hold_setting: on_setting(dialect, "settings.value"),
            replace_setting: on_setting(dialect, &dialect.at(1, Text)),
            setting: insert_ignoring(
                dialect,
                "settings (name, value)",
                &[dialect.at(0, Text), dialect.at(1, Text)],
            ),
        }
    }
}

fn insert_ignoring(dialect: Dialect, into: &str, values: &[String]) -> Sql {
    let (values, rows) = (values.join(", "), dialect.rows());
    format!("INSERT INTO {into} SELECT {values} FROM {rows} WHERE true ON CONFLICT DO NOTHING")
        .into()
}

fn on_setting(dialect: Dialect, value: &str) -> Sql {
    let (name, rows) = (dialect.at(0, Text), dialect.rows());
    format!("UPDATE settings SET value = {value} FROM {rows} WHERE settings.name = {name}").into()
}

fn activity(dialect: Dialect) -> Sql {
    let (order, more, day) = (dialect.at(0, Id), dialect.at(1, Int), dialect.at(2, Text));
    format!(
        "UPDATE orders SET active_licenses = active_licenses + {more}, \
         first_activated_on = coalesce(first_activated_on, {day}) FROM {} WHERE orders.id = {order} \
         AND active_licenses + {more} >= 0 AND ({more} <= 0 OR max_activations = 0 \
         OR active_licenses + {more} <= max_activations)",
        dialect.rows()
    )
    .into()
}

fn uses(dialect: Dialect) -> Sql {
    format!(
        "INSERT INTO allowance_uses (order_ref, root, kind, used_on, license) \
         SELECT o.id, o.root, {}, {}, {} FROM {} CROSS JOIN orders o WHERE o.id = {}",
        dialect.at(1, Text),
        dialect.at(2, Text),
        dialect.at(3, Id),
        dialect.rows(),
        dialect.at(0, Id),
    )
    .into()
}

fn audit_head(dialect: Dialect) -> Sql {
    let head = |place, kind| dialect.within("(e.value->1)", place, kind);
    let values = [
        dialect.at(0, Id),
        head(0, Int),
        head(1, Bytes),
        head(2, Int),
        head(3, Bytes),
    ];
    format!(
        "INSERT INTO audit_heads (chain, seq, hash, signed_at, signature) SELECT {} FROM {} WHERE true \
         ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, \
         signed_at = excluded.signed_at, signature = excluded.signature",
        values.join(", "),
        dialect.rows()
    )
    .into()
}

fn on_request(dialect: Dialect, update: &str) -> Sql {
    let (caller, id) = (dialect.at(0, Text), dialect.at(1, Text));
    format!(
        "{update} FROM {} WHERE requests.caller = {caller} AND requests.request_id = {id}",
        dialect.rows()
    )
    .into()
}

fn forget_requests(dialect: Dialect) -> Sql {
    let (caller, id) = (dialect.at(0, Text), dialect.at(1, Text));
    format!(
        "DELETE FROM requests WHERE (caller, request_id) IN (SELECT {caller}, {id} FROM {})",
        dialect.rows()
    )
    .into()
}

/// Deletes the oldest rows by their key; the parameter is `[before, most]`.
fn prune(dialect: Dialect, table: &str, key: &str, time: &str) -> Sql {
    let (before, most) = (dialect.at(0, Int), dialect.at(1, Int));
    format!(
        "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} \
         WHERE {time} < (SELECT {before} FROM {rows}) ORDER BY {time} LIMIT (SELECT {most} FROM {rows}))",
        rows = dialect.rows()
    )
    .into()
}

fn later(dialect: Dialect, table: &str, column: &str) -> Sql {
    let (id, at) = (dialect.at(0, Id), dialect.at(1, Int));
    format!(
        "UPDATE {table} SET {column} = {at} FROM {} WHERE {table}.id = {id} \
         AND ({column} IS NULL OR {column} < {at})",
        dialect.rows()
    )
    .into()
}
