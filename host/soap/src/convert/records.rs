//! The audit log and the feed of events.

use lds_domain::Error;
use lds_domain::query::{Page, Paging};
use lds_domain::records::{
    AuditFilter, AuditProblem, AuditRecord, DigestedChange, EventFilter, EventRecord, Feed, Span,
    Verdict,
};

use super::{list, text};
use crate::leaf::Timestamp;
use crate::wire::records as wire;

fn span(since: Option<Timestamp>, before: Option<Timestamp>) -> Span {
    Span {
        since: since.map(|moment| moment.0),
        before: before.map(|moment| moment.0),
    }
}

impl TryFrom<wire::FindAuditEntriesRequest> for (AuditFilter, Paging) {
    type Error = Error;

    fn try_from(request: wire::FindAuditEntriesRequest) -> Result<Self, Error> {
        let filter = AuditFilter {
            span: span(request.since, request.before),
            actor: request.actor,
            actions: request.action,
            subject: request.subject,
        };
        let paging = Paging {
            sort: request.sort,
            size: request.page_size.unwrap_or(Paging::default().size),
            cursor: request.cursor,
            with_total: false,
        };
        Ok((filter, paging))
    }
}

impl From<Page<AuditRecord>> for wire::FindAuditEntriesResult {
    fn from(page: Page<AuditRecord>) -> Self {
        Self {
            entry: list(page.items),
            next_cursor: page.next_cursor,
            extra: Vec::new(),
        }
    }
}

impl From<AuditRecord> for wire::AuditEntry {
    fn from(record: AuditRecord) -> Self {
        Self {
            chain: record.chain,
            seq: record.seq,
            time: Timestamp(record.time),
            actor: record.actor,
            address: record.address,
            source: record.source,
            action: record.action,
            subject: record.subject,
            request_id: record.request_id,
            change: list(record.changes),
            reason: record.reason,
            previous: record.previous,
            hash: record.hash,
            extra: Vec::new(),
        }
    }
}

impl From<DigestedChange> for wire::AuditChange {
    fn from(change: DigestedChange) -> Self {
        Self {
            member: change.member,
            before: change.before,
            after: change.after,
            extra: Vec::new(),
        }
    }
}

impl From<wire::VerifyAuditRequest> for Span {
    fn from(request: wire::VerifyAuditRequest) -> Self {
        span(request.since, request.before)
    }
}

impl From<Verdict> for wire::VerifyAuditResult {
    fn from(verdict: Verdict) -> Self {
        Self {
            intact: verdict.is_intact(),
            entries: verdict.entries,
            unsigned_entries: verdict.unsigned,
            problem: list(verdict.problems),
            extra: Vec::new(),
        }
    }
}

impl From<AuditProblem> for wire::AuditProblem {
    fn from(problem: AuditProblem) -> Self {
        Self {
            code: text(problem.fault),
            message: problem.message,
            chain: problem.chain,
            seq: problem.seq,
            extra: Vec::new(),
        }
    }
}

impl From<wire::FindEventsRequest> for EventFilter {
    fn from(request: wire::FindEventsRequest) -> Self {
        Self {
            cursor: request.cursor,
            kinds: request.kind,
            size: request.page_size.unwrap_or(Paging::default().size),
        }
    }
}

impl From<Feed> for wire::FindEventsResult {
    fn from(feed: Feed) -> Self {
        Self {
            event: list(feed.events),
            next_cursor: feed.next_cursor,
            extra: Vec::new(),
        }
    }
}

impl From<EventRecord> for wire::Event {
    fn from(event: EventRecord) -> Self {
        Self {
            id: text(event.id),
            time: Timestamp(event.time),
            kind: event.kind,
            subject: event.subject,
            order_ref: event.order.map(text),
            extra: Vec::new(),
        }
    }
}
