//! Queries that follow the chains of the audit log. Each takes one row.

use crate::dialect::{Dialect, Sql};
use crate::row::Kind::{Bytes, Id, Int, Text};
use crate::write::audit::AuditRow;

/// Queries that follow the chains.
#[derive(Debug)]
pub(crate) struct Records {
    /// `[after, from, until]` → `[chain, known, [head]?, first?, last?, newest?]` of the next chain that
    /// any table tells of: its signed head, its first and last entry of a span of time, its last.
    pub(crate) next_chain: Sql,
    /// `[chain, first, last, most]` → entries.
    pub(crate) entries: Sql,
    /// `[chain, seq]`s → `[chain, seq, hash]` of those that are there.
    pub(crate) places: Sql,
    /// `[setting]` → `[value?, [chain]]`.
    pub(crate) roll: Sql,
}

impl Records {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            next_chain: next_chain(dialect),
            entries: entries(dialect),
            places: places(dialect),
            roll: roll(dialect),
        }
    }
}

fn next_chain(dialect: Dialect) -> Sql {
    let place = |place, kind| dialect.within(dialect.parameter(), place, kind);
    let after = place(0, Id);
    let next = ["audit_chains", "audit_heads", "audit"].map(|table| {
        format!(
            "SELECT chain FROM (SELECT chain FROM {table} WHERE chain > {after} \
             ORDER BY chain LIMIT 1) {table}_next"
        )
    });
    let edge = |direction: &str| {
        format!(
            "(SELECT seq FROM audit a WHERE a.chain = c.chain AND a.time >= {} AND a.time < {} \
             ORDER BY seq {direction} LIMIT 1)",
            place(1, Int),
            place(2, Int),
        )
    };
    let head = dialect.array(&format!(
        "h.seq, {}, h.signed_at, {}",
        dialect.give("h.hash", Bytes),
        dialect.give("h.signature", Bytes)
    ));
    let found = dialect.array(&format!(
        "{}, CASE WHEN k.chain IS NULL THEN 0 ELSE 1 END, \
         CASE WHEN h.chain IS NOT NULL THEN {head} END, {}, {}, \
         (SELECT max(seq) FROM audit a WHERE a.chain = c.chain)",
        dialect.give("c.chain", Id),
        edge("ASC"),
        edge("DESC"),
    ));
    let from = format!(
        "(SELECT chain FROM ({}) n ORDER BY chain LIMIT 1) c \
         LEFT JOIN audit_chains k ON k.chain = c.chain LEFT JOIN audit_heads h ON h.chain = c.chain",
        next.join(" UNION ")
    );
    dialect.query(&found, &from).into()
}

fn entries(dialect: Dialect) -> Sql {
    let place = |place, kind| dialect.within(dialect.parameter(), place, kind);
    let from = format!(
        "(SELECT * FROM audit WHERE chain = {} AND seq >= {} AND seq <= {} ORDER BY seq LIMIT {}) t",
        place(0, Id),
        place(1, Int),
        place(2, Int),
        place(3, Int),
    );
    let row = dialect.row::<AuditRow<'_>>("t");
    dialect
        .query(&format!("{row} ORDER BY t.seq"), &from)
        .into()
}

fn places(dialect: Dialect) -> Sql {
    let found = dialect.array(&format!(
        "{}, a.seq, {}",
        dialect.give("a.chain", Id),
        dialect.give("a.hash", Bytes)
    ));
    let from = format!(
        "{} CROSS JOIN audit a WHERE a.chain = {} AND a.seq = {}",
        dialect.rows(),
        dialect.at(0, Id),
        dialect.at(1, Int),
    );
    dialect.query(&found, &from).into()
}

fn roll(dialect: Dialect) -> Sql {
    let chains = dialect.list(&dialect.give("c.chain", Id));
    let found = dialect.array(&format!(
        "(SELECT value FROM settings WHERE name = {}), (SELECT {chains} FROM audit_chains c)",
        dialect.at(0, Text)
    ));
    dialect.query(&found, dialect.rows()).into()
}
