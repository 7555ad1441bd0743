//! The audit log and the feed of events on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use crate::leaf::Timestamp;

/// Asks for entries of the audit log. Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindAuditEntriesRequest {
    /// At or after this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
    /// By this actor, named as in entries.
    pub actor: Option<String>,
    /// Of any of these operations.
    #[serde(default)]
    pub action: Vec<String>,
    /// Done to this: an id.
    pub subject: Option<String>,
    /// `time`, or `-time` for the newest first; absent: `time`.
    pub sort: Option<String>,
    /// Entries of a page, from 1 to 1000; default 100.
    pub page_size: Option<u32>,
    /// `nextCursor` of the page before; absent: the first page.
    pub cursor: Option<String>,
}

/// A member that changed, with keyed digests of its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditChange {
    /// The member.
    pub member: String,
    /// Digest of the value before, in hex; absent: it had none.
    pub before: Option<String>,
    /// Digest of the value after, in hex; absent: it has none.
    pub after: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The chain of entries that it is in.
    pub chain: String,
    /// Its place in the chain, from 1.
    pub seq: u64,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// From which address.
    pub address: Option<String>,
    /// Through which interface.
    pub source: String,
    /// The operation.
    pub action: String,
    /// The id of what it was done to.
    pub subject: String,
    /// The caller's request id.
    pub request_id: Option<String>,
    /// The members that changed.
    #[serde(default)]
    pub change: Vec<AuditChange>,
    /// Why.
    pub reason: Option<String>,
    /// SHA-256 of the entry before, in hex.
    pub previous: String,
    /// SHA-256 of this entry, the one before included, in hex.
    pub hash: String,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A page of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindAuditEntriesResult {
    /// The entries.
    #[serde(default)]
    pub entry: Vec<AuditEntry>,
    /// Where the next page begins; absent: this is the last.
    pub next_cursor: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Asks whether the audit log is as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAuditRequest {
    /// Entries at or after this moment only.
    pub since: Option<Timestamp>,
    /// Entries before this moment only.
    pub before: Option<Timestamp>,
}

/// Something wrong with the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditProblem {
    /// What.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// In which chain; absent where it is none alone.
    pub chain: Option<String>,
    /// The entry, or the first of those that are not there.
    pub seq: Option<u64>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What a check of the audit log found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAuditResult {
    /// Whether nothing is wrong.
    pub intact: bool,
    /// How many entries were looked at.
    pub entries: u64,
    /// How many of them came after the last signature of their chain.
    pub unsigned_entries: u64,
    /// What is wrong; the first hundred.
    #[serde(default)]
    pub problem: Vec<AuditProblem>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Asks for the events after a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindEventsRequest {
    /// `nextCursor` of the answer before; absent: from the beginning.
    pub cursor: Option<String>,
    /// Of any of these types; none: all.
    #[serde(default, rename = "type")]
    pub kind: Vec<String>,
    /// Events at most, from 1 to 1000; default 100.
    pub page_size: Option<u32>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Identifier.
    pub id: String,
    /// When.
    pub time: Timestamp,
    /// What, as in `license.created`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of what it happened to.
    pub subject: String,
    /// The order that it concerns.
    pub order_ref: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Events, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindEventsResult {
    /// In the order in which they can be read.
    #[serde(default)]
    pub event: Vec<Event>,
    /// The place after them.
    pub next_cursor: String,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
