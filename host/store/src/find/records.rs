//! Lists of what happened: the audit log by time, the feed of events in the order in which they can
//! be read.

use std::borrow::Cow;

use lds_domain::Result;
use lds_domain::query::{Page, Paging};
use lds_domain::records::{
    AuditFilter, AuditRecord, DigestedChange, EventFilter, EventRecord, Feed,
};
use serde_json::Value;

use super::cursor::{Cursor, List};
use super::query::Query;
use super::sorts::{self, Sort};
use super::{Finder, Listed};
use crate::connection::Pool;
use crate::dialect::Dialect;
use crate::failure::Failure;
use crate::row::Kind::{Id, Int, Text};
use crate::row::{Millis, RowId, hex};
use crate::rows::EventRow;
use crate::write::audit::AuditRow;

/// What of an event decides on its place in the feed.
struct Order {
    /// The place, as it is compared.
    place: &'static str,
    /// The same, as it is given.
    given: &'static str,
    /// What may be shown: no event that is still to be committed lies before it.
    shown: &'static str,
    /// By which rows are sorted, but for the direction.
    sorted: [&'static str; 2],
}

impl Order {
    const fn of(dialect: Dialect) -> Self {
        match dialect {
            // One transaction writes at a time.
            Dialect::Sqlite => Self {
                place: "t.place",
                given: "t.place",
                shown: "true",
                sorted: ["t.place", "t.id"],
            },
            Dialect::Postgres => Self {
                place: "t.xid",
                given: "t.xid::text",
                shown: "t.xid < pg_snapshot_xmin(pg_current_snapshot())",
                sorted: ["t.xid", "t.id"],
            },
        }
    }

    /// The beginning of the feed.
    fn start(dialect: Dialect) -> Cursor {
        let place = match dialect {
            Dialect::Sqlite => Value::from(0),
            Dialect::Postgres => Value::from("0"),
        };
        Cursor(place, RowId::default())
    }

    fn after(&self, query: &mut Query, dialect: Dialect, cursor: &Cursor) -> Result<()> {
        let condition = match dialect {
            Dialect::Sqlite => format!("t.place > {}", query.value(Int, &cursor.0)?),
            Dialect::Postgres => {
                let (xid, id) = (query.value(Text, &cursor.0)?, query.value(Id, cursor.1)?);
                format!("({}, t.id) > ({xid}::xid8, {id})", self.place)
            }
        };
        query.require(condition);
        Ok(())
    }

    fn by(&self, direction: &str) -> String {
        self.sorted
            .map(|column| format!("{column} {direction}"))
            .join(", ")
    }
}

impl Finder {
    /// A page of the audit log.
    pub(crate) async fn audit(
        &self,
        pool: &Pool,
        filter: &AuditFilter,
        paging: &Paging,
    ) -> Result<Page<AuditRecord>> {
        let (_, descending) = Sort::read(sorts::AUDIT, paging.sort.as_deref())?;
        let (beyond, direction) = if descending {
            ("<", "DESC")
        } else {
            (">", "ASC")
        };
        let mut query = Query::new(self.dialect);
        query.audit(filter)?;
        let list = List::new(&self.key, "audit", paging.sort.as_deref(), filter);
        if let Some(cursor) = &paging.cursor {
            query.beyond(beyond, &list.open(cursor)?)?;
        }
        let size = paging.size as usize;
        let (condition, limit) = (query.condition(), query.number(size + 1)?);
        let order = format!("t.time {direction}, t.chain {direction}, t.seq {direction}");
        let row = self.dialect.row::<AuditRow<'_>>("t");
        let sql = self.dialect.query(
            &format!("{row} ORDER BY {order}"),
            &format!("(SELECT * FROM audit t WHERE {condition} ORDER BY {order} LIMIT {limit}) t"),
        );
        let answer = pool.fetch(&sql.into(), query.parameter()?).await?;
        let mut rows: Vec<AuditRow<'_>> = serde_json::from_str(&answer).map_err(Failure::from)?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next_cursor = match rows.last() {
            Some(row) if more => {
                Some(list.seal(&Cursor(Value::from(vec![row.time, row.seq]), row.chain))?)
            }
            _ => None,
        };
        let items = rows
            .into_iter()
            .map(record)
            .collect::<Result<_, Failure>>()?;
        Ok(Page {
            items,
            next_cursor,
            total: None,
        })
    }

    /// Events after a place. A cursor is good whatever kinds are asked for.
    pub(crate) async fn events(&self, pool: &Pool, filter: &EventFilter) -> Result<Feed> {
        let list = List::new(&self.key, "events", None, &());
        let start = match &filter.cursor {
            Some(cursor) => list.open(cursor)?,
            None => Order::start(self.dialect),
        };
        let (sql, parameter) = self.feed(filter, &start)?;
        let answer = pool.fetch(&sql.into(), parameter).await?;
        let [(rows, newest)]: [(Vec<Listed<EventRow<'_>>>, Option<Cursor>); 1] =
            serde_json::from_str(&answer).map_err(Failure::from)?;
        let next = match rows.last() {
            Some(Listed(_, place, id)) if rows.len() == filter.size as usize => {
                Cursor(place.clone(), *id)
            }
            // All that can be read now was looked at, whatever its kind.
            _ => newest.unwrap_or(start),
        };
        let events = rows.into_iter().map(|Listed(row, ..)| event(row));
        Ok(Feed {
            events: events.collect::<Result<_, Failure>>()?,
            next_cursor: list.seal(&next)?,
        })
    }

    /// One statement, so that both parts are of the same moment: the events, and the newest place.
    fn feed(&self, filter: &EventFilter, start: &Cursor) -> Result<(String, String)> {
        let (dialect, order) = (self.dialect, Order::of(self.dialect));
        let mut query = Query::new(dialect);
        query.require(order.shown.to_owned());
        order.after(&mut query, dialect, start)?;
        let all = query.condition();
        if !filter.kinds.is_empty() {
            let kinds = query.among("t.kind", Text, &filter.kinds)?;
            query.require(kinds);
        }
        let (wanted, limit) = (query.condition(), query.number(filter.size as usize)?);
        let place = format!("{}, {}", order.given, dialect.give("t.id", Id));
        let row = dialect.array(&format!("{}, {place}", dialect.row::<EventRow<'_>>("t")));
        let events = dialect.list(&format!("{row} ORDER BY {}", order.by("ASC")));
        let both = dialect.array(&format!(
            "(SELECT {events} FROM (SELECT * FROM events t WHERE {wanted} ORDER BY {} LIMIT {limit}) t), \
             (SELECT {} FROM events t WHERE {all} ORDER BY {} LIMIT 1)",
            order.by("ASC"),
            dialect.array(&place),
            order.by("DESC"),
        ));
        Ok((dialect.query(&both, "(SELECT 1) o"), query.parameter()?))
    }
}

impl Query {
    /// Which entries of the audit log.
    fn audit(&mut self, filter: &AuditFilter) -> Result<()> {
        if let Some(since) = filter.span.since {
            self.compare("t.time >=", Int, Millis(since))?;
        }
        if let Some(before) = filter.span.before {
            self.compare("t.time <", Int, Millis(before))?;
        }
        if let Some(actor) = &filter.actor {
            self.compare("t.actor =", Text, actor)?;
        }
        if let Some(subject) = &filter.subject {
            self.compare("t.subject =", Text, subject)?;
        }
        if !filter.actions.is_empty() {
            let actions = self.among("t.action", Text, &filter.actions)?;
            self.require(actions);
        }
        Ok(())
    }

    /// That an entry comes after the cursor's.
    fn beyond(&mut self, beyond: &str, cursor: &Cursor) -> Result<()> {
        let (time, seq) = (
            self.value(Int, &cursor.0[0])?,
            self.value(Int, &cursor.0[1])?,
        );
        let chain = self.value(Id, cursor.1)?;
        self.require(format!(
            "(t.time, t.chain, t.seq) {beyond} ({time}, {chain}, {seq})"
        ));
        Ok(())
    }
}

fn record(row: AuditRow<'_>) -> Result<AuditRecord, Failure> {
    let changes: Vec<(String, Option<String>, Option<String>)> =
        serde_json::from_str(&row.changes)?;
    let change = |(member, before, after)| DigestedChange {
        member,
        before,
        after,
    };
    Ok(AuditRecord {
        chain: row.chain.0.to_string(),
        seq: u64::try_from(row.seq).map_err(Failure::internal)?,
        time: moment(row.time)?,
        actor: row.actor.into_owned(),
        address: row.address.map(Cow::into_owned),
        source: row.source.into_owned(),
        action: row.action.into_owned(),
        subject: row.subject.into_owned(),
        request_id: row.request_id.map(Cow::into_owned),
        changes: changes.into_iter().map(change).collect(),
        reason: row.reason.map(Cow::into_owned),
        previous: hex(&row.previous.0),
        hash: hex(&row.hash.0),
    })
}

fn event(row: EventRow<'_>) -> Result<EventRecord, Failure> {
    Ok(EventRecord {
        id: row.id.id(),
        time: moment(row.time)?,
        kind: row.kind.into_owned(),
        subject: row.subject.into_owned(),
        order: row.order_ref.map(RowId::id),
    })
}

fn moment(millis: i64) -> Result<time::OffsetDateTime, Failure> {
    Ok(serde_json::from_value::<Millis>(millis.into())?.0)
}
