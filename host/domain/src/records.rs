//! What is asked of the audit log and of the feed of events, and what they answer. Both are written
//! by units of work only ([`crate::audit`]).

use time::OffsetDateTime;

use crate::attribute::check_optional;
use crate::error::{Error, Result};
use crate::id::{EventId, OrderRef};
use crate::query::{Paging, check_names};
use crate::terms::names;

/// A span of time; open where an end is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// At or after.
    pub since: Option<OffsetDateTime>,
    /// Before.
    pub before: Option<OffsetDateTime>,
}

impl Span {
    /// Refuses a span that ends before it begins.
    ///
    /// # Errors
    /// `InvalidRequest`.
    pub fn check(&self) -> Result<()> {
        match (self.since, self.before) {
            (Some(since), Some(before)) if before < since => Err(Error::invalid(
                "before",
                "The end lies before the beginning.",
            )),
            _ => Ok(()),
        }
    }
}

/// Which entries of the audit log; everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// When.
    pub span: Span,
    /// By whom: the name that entries show.
    pub actor: Option<String>,
    /// Any of these operations.
    pub actions: Vec<String>,
    /// On what: an id.
    pub subject: Option<String>,
}

impl AuditFilter {
    /// Checks span and lengths.
    ///
    /// # Errors
    /// `InvalidRequest`, `LimitExceeded`.
    pub fn check(&self) -> Result<()> {
        self.span.check()?;
        check_optional("actor", self.actor.as_deref())?;
        check_optional("subject", self.subject.as_deref())?;
        check_names("action", &self.actions)
    }
}

/// An entry as it lies in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its chain: one for each writer of the store.
    pub chain: String,
    /// Its place in the chain, from 1.
    pub seq: u64,
    /// UTC.
    pub time: OffsetDateTime,
    /// Who.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// Through which interface.
    pub source: String,
    /// The operation.
    pub action: String,
    /// The entity's id.
    pub subject: String,
    /// The caller's request id.
    pub request_id: Option<String>,
    /// What changed.
    pub changes: Vec<DigestedChange>,
    /// Why.
    pub reason: Option<String>,
    /// The hash of the entry before, in hex.
    pub previous: String,
    /// Its own, in hex.
    pub hash: String,
}

/// A changed member with keyed digests of its values, in hex: equal ones are of equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestedChange {
    /// The member's name on the wire.
    pub member: String,
    /// Absent: it had no value.
    pub before: Option<String>,
    /// Absent: it has no value any more.
    pub after: Option<String>,
}

/// What a check of the audit log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were looked at.
    pub entries: u64,
    /// Those of them after the last signed one of their chain: nobody could tell if they had been
    /// followed by more.
    pub unsigned: u64,
    /// What is wrong; the first hundred.
    pub problems: Vec<AuditProblem>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_intact(&self) -> bool {
        self.problems.is_empty()
    }
}

names! {
    /// What can be wrong with the audit log.
    AuditFault {
        /// An entry is not as it was written.
        EntryChanged = "ENTRY_CHANGED",
        /// Entries are not there.
        EntriesMissing = "ENTRIES_MISSING",
        /// An entry does not follow the one before.
        EntryNotLinked = "ENTRY_NOT_LINKED",
        /// An entry is not the one that was signed, or that another chain names.
        EntryReplaced = "ENTRY_REPLACED",
        /// A signature was not made with the installation's key.
        SignatureWrong = "SIGNATURE_WRONG",
        /// A chain is not there, or one is that was never begun.
        ChainsDiffer = "CHAINS_DIFFER",
    }
}

/// Something wrong with the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditProblem {
    /// What.
    pub fault: AuditFault,
    /// In which chain; absent where it is none alone.
    pub chain: Option<String>,
    /// The entry, or the first of those that are not there.
    pub seq: Option<u64>,
    /// A sentence.
    pub message: String,
}

/// What of the feed of events is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFilter {
    /// After this place in the feed, made by the store; absent: from the beginning.
    pub cursor: Option<String>,
    /// Any of these kinds; none: all.
    pub kinds: Vec<String>,
    /// Events at most, from 1 to 1000.
    pub size: u32,
}

impl EventFilter {
    /// Checks size and lengths.
    ///
    /// # Errors
    /// `InvalidRequest`, `LimitExceeded`.
    pub fn check(&self) -> Result<()> {
        check_names("type", &self.kinds)?;
        let paging = Paging {
            size: self.size,
            ..Paging::default()
        };
        paging.check()
    }
}

/// An event as it lies in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Identifier.
    pub id: EventId,
    /// UTC.
    pub time: OffsetDateTime,
    /// As in `license.created`.
    pub kind: String,
    /// The entity's id.
    pub subject: String,
    /// The order it concerns.
    pub order: Option<OrderRef>,
}

/// Events, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// In the order in which they can be read; none: there are no more now.
    pub events: Vec<EventRecord>,
    /// The place after them.
    pub next_cursor: String,
}
