//! What is remembered of every write: the audit entry and the event.

use serde_json::Value;
use time::OffsetDateTime;

use crate::access::{Actor, Source};
use crate::id::{EventId, OrderRef};

/// A member that changed. The values reach the store, which keeps keyed digests of them only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The member's name on the wire.
    pub member: String,
    /// Absent: it had no value.
    pub before: Option<String>,
    /// Absent: it has no value any more.
    pub after: Option<String>,
}

/// Who did what, when, from where and why. Sequence number and hashes are the store's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// UTC.
    pub time: OffsetDateTime,
    /// The actor's name.
    pub actor: String,
    /// The client's address.
    pub address: Option<String>,
    /// Through which interface.
    pub source: Source,
    /// The operation's name.
    pub action: &'static str,
    /// The entity's id.
    pub subject: String,
    /// The caller's request id.
    pub request_id: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: Option<String>,
}

impl AuditEntry {
    /// An entry without changes and reason yet.
    pub fn new(
        actor: &Actor,
        time: OffsetDateTime,
        action: &'static str,
        subject: &dyn std::fmt::Display,
    ) -> Self {
        Self {
            time,
            actor: actor.name(),
            address: actor.address.map(|address| address.to_string()),
            source: actor.source,
            action,
            subject: subject.to_string(),
            request_id: None,
            changes: Vec::new(),
            reason: None,
        }
    }
}

/// Something that happened, for other programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Identifier.
    pub id: EventId,
    /// UTC.
    pub time: OffsetDateTime,
    /// As in `license.created`.
    pub kind: &'static str,
    /// The entity's id.
    pub subject: String,
    /// The order it concerns.
    pub order: Option<OrderRef>,
}

/// The top-level members in which two JSON objects differ.
pub fn difference(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let empty = serde_json::Map::new();
    let members = |value: Option<&Value>| {
        value
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_else(|| empty.clone())
    };
    let (before, after) = (members(before), members(after));
    let mut names: Vec<_> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(Value::to_string);
    names
        .into_iter()
        .map(|name| Change {
            member: name.clone(),
            before: text(before.get(name)),
            after: text(after.get(name)),
        })
        .filter(|change| change.before != change.after)
        .collect()
}
