//! Reading what happened: the audit log in pages, whether it was tampered with, the feed of events.

use std::collections::BTreeSet;

use lds_domain::Code;
use lds_domain::audit::{AuditEntry, Event};
use lds_domain::ports::{Records as _, Store as _};
use lds_domain::query::Paging;
use lds_domain::records::{AuditFault, AuditFilter, EventFilter, Feed, Span, Verdict};
use lds_domain::unit::{Changes, Wanted};
use time::Duration;

use crate::support::samples::event;
use crate::support::{Bench, NOW, Place, both, entry, unit};

both!(
    a_log_that_nobody_touched_is_intact,
    what_is_done_to_a_log_is_found,
    a_chain_that_is_gone_is_found_though_none_names_it,
    a_roll_that_is_gone_is_found,
    a_span_is_verified_by_itself,
    the_log_is_read_in_pages_by_time,
    no_event_is_passed_over,
    events_go_on_after_the_cursor,
);

async fn write(bench: &Bench, count: i64) {
    for n in 0..count {
        let audit = vec![AuditEntry {
            time: NOW + Duration::seconds(n),
            subject: format!("subject{n}"),
            ..entry("storeCustomers")
        }];
        bench
            .write(Changes {
                audit,
                ..Changes::default()
            })
            .await;
    }
}

async fn verified(bench: &Bench) -> Verdict {
    bench.store.verify_audit(Span::default()).await.unwrap()
}

/// One chain of entries, on either database, its head signed; and a store that can be asked.
async fn signed(bench: Bench, count: i64) -> Bench {
    let changes = Changes {
        audit: (0..count)
            .map(|n| AuditEntry {
                time: NOW + Duration::seconds(n),
                ..entry("storeCustomers")
            })
            .collect(),
        ..Changes::default()
    };
    bench.write(changes).await;
    bench.reopened().await
}

async fn a_log_that_nobody_touched_is_intact(bench: Bench) {
    assert_eq!(verified(&bench).await, Verdict::default());
    write(&bench, 12).await;
    let verdict = verified(&bench).await;
    assert_eq!((verdict.entries, verdict.unsigned), (12, 12));
    assert!(verdict.is_intact(), "{:?}", verdict.problems);
    let bench = bench.reopened().await;
    let verdict = verified(&bench).await;
    assert_eq!((verdict.entries, verdict.unsigned), (12, 0));
    write(&bench, 3).await;
    let verdict = verified(&bench).await;
    assert_eq!((verdict.entries, verdict.unsigned), (15, 3));
    assert!(verdict.is_intact(), "{:?}", verdict.problems);
}

/// More entries than a page has, each kind of harm, and how it is told.
async fn what_is_done_to_a_log_is_found(bench: Bench) {
    let bench = signed(bench, 2500).await;
    assert!(verified(&bench).await.is_intact());
    let harms = [
        (
            "UPDATE audit SET actor = 'somebody else' WHERE seq = 1700",
            AuditFault::EntryChanged,
            1700,
        ),
        (
            "DELETE FROM audit WHERE seq = 1000",
            AuditFault::EntriesMissing,
            1000,
        ),
        (
            "DELETE FROM audit WHERE seq > 2400",
            AuditFault::EntriesMissing,
            2401,
        ),
        (
            "UPDATE audit SET seq = CASE seq WHEN 7 THEN -1 ELSE 7 END WHERE seq IN (7, 1500)",
            AuditFault::EntryChanged,
            7,
        ),
        (
            "UPDATE audit_heads SET seq = 5",
            AuditFault::SignatureWrong,
            5,
        ),
        ("DELETE FROM audit", AuditFault::EntriesMissing, 1),
    ];
    for (harm, fault, seq) in harms {
        bench
            .meddle("CREATE TABLE kept AS SELECT * FROM audit")
            .await;
        bench
            .meddle("CREATE TABLE kept_heads AS SELECT * FROM audit_heads")
            .await;
        bench.meddle(harm).await;
        let verdict = verified(&bench).await;
        let told = verdict
            .problems
            .iter()
            .map(|problem| (problem.fault, problem.seq));
        assert!(
            told.clone().any(|told| told == (fault, Some(seq))),
            "{harm}: {:?}",
            verdict.problems
        );
        for mend in [
            "DELETE FROM audit",
            "DELETE FROM audit_heads",
            "INSERT INTO audit SELECT * FROM kept",
            "INSERT INTO audit_heads SELECT * FROM kept_heads",
            "DROP TABLE kept",
            "DROP TABLE kept_heads",
        ] {
            bench.meddle(mend).await;
        }
        assert!(verified(&bench).await.is_intact(), "{harm}");
    }
}

async fn a_chain_that_is_gone_is_found_though_none_names_it(bench: Bench) {
    let bench = signed(bench, 3).await;
    let newest = "(SELECT chain FROM audit_chains ORDER BY chain DESC LIMIT 1)";
    bench
        .meddle(&format!("DELETE FROM audit WHERE chain = {newest}"))
        .await;
    bench
        .meddle(&format!("DELETE FROM audit_heads WHERE chain = {newest}"))
        .await;
    bench
        .meddle(&format!("DELETE FROM audit_chains WHERE chain = {newest}"))
        .await;
    let verdict = verified(&bench).await;
    assert_eq!(verdict.entries, 0);
    let told: Vec<_> = verdict
        .problems
        .iter()
        .map(|problem| problem.fault)
        .collect();
    assert_eq!(told, [AuditFault::ChainsDiffer]);
    write(&bench, 1).await;
    assert!(
        !verified(&bench).await.is_intact(),
        "it does not mend itself"
    );
}

async fn a_roll_that_is_gone_is_found(bench: Bench) {
    let bench = signed(bench, 3).await;
    bench
        .meddle("DELETE FROM settings WHERE name = 'audit_chains'")
        .await;
    for _ in 0..2 {
        let told = verified(&bench).await.problems;
        assert_eq!(told[0].fault, AuditFault::ChainsDiffer);
        write(&bench, 1).await;
    }
}

async fn a_span_is_verified_by_itself(bench: Bench) {
    let bench = signed(bench, 30).await;
    bench
        .meddle("UPDATE audit SET actor = 'x' WHERE seq = 3")
        .await;
    let span = |from: i64, until: i64| Span {
        from: Some(NOW + Duration::seconds(from)),
        until: Some(NOW + Duration::seconds(until)),
    };
    let verdict = bench.store.verify_audit(span(10, 20)).await.unwrap();
    assert_eq!(verdict.entries, 10);
    assert!(verdict.is_intact(), "{:?}", verdict.problems);
    let verdict = bench.store.verify_audit(span(0, 10)).await.unwrap();
    assert_eq!(verdict.problems[0].seq, Some(3));
}

async fn the_log_is_read_in_pages_by_time(bench: Bench) {
    write(&bench, 25).await;
    for (sort, descending) in [("time", false), ("-time", true)] {
        let mut paging = Paging {
            sort: Some(sort.to_owned()),
            size: 10,
            ..Paging::default()
        };
        let mut subjects = Vec::new();
        loop {
            let page = bench
                .store
                .find_audit_entries(AuditFilter::default(), paging.clone())
                .await
                .unwrap();
            subjects.extend(page.items.into_iter().map(|entry| entry.subject));
            match page.next_cursor {
                Some(cursor) => paging.cursor = Some(cursor),
                None => break,
            }
        }
        let mut expected: Vec<_> = (0..25).map(|n| format!("subject{n}")).collect();
        if descending {
            expected.reverse();
        }
        assert_eq!(subjects, expected);
    }
    let filter = AuditFilter {
        span: Span {
            from: Some(NOW + Duration::seconds(5)),
            until: Some(NOW + Duration::seconds(8)),
        },
        actor: Some(entry("x").actor),
        actions: vec!["storeCustomers".into(), "other".into()],
        ..AuditFilter::default()
    };
    let found = bench
        .store
        .find_audit_entries(filter.clone(), Paging::default())
        .await;
    assert_eq!(found.unwrap().items.len(), 3);
    let subject = AuditFilter {
        subject: Some("subject6".into()),
        ..filter
    };
    let found = bench
        .store
        .find_audit_entries(subject, Paging::default())
        .await
        .unwrap();
    assert_eq!(found.items[0].time, NOW + Duration::seconds(6));
    let wrong = Paging {
        sort: Some("actor".into()),
        ..Paging::default()
    };
    let refused = bench
        .store
        .find_audit_entries(AuditFilter::default(), wrong)
        .await;
    assert_eq!(refused.unwrap_err().code, Code::InvalidRequest);
}

fn after(cursor: Option<String>, size: u32) -> EventFilter {
    EventFilter {
        cursor,
        kinds: Vec::new(),
        size,
    }
}

async fn happen(bench: &Bench, numbers: std::ops::Range<u16>, kind: &'static str) {
    let events = numbers
        .map(|n| Event {
            kind,
            ..event(n.into())
        })
        .collect();
    bench
        .write(Changes {
            events,
            ..Changes::default()
        })
        .await;
}

/// Reads what the feed shows now.
async fn drain(bench: &Bench, cursor: &mut Option<String>, seen: &mut Vec<String>) {
    loop {
        let feed: Feed = bench
            .store
            .find_events(after(cursor.clone(), 3))
            .await
            .unwrap();
        *cursor = Some(feed.next_cursor);
        if feed.events.is_empty() {
            return;
        }
        seen.extend(feed.events.into_iter().map(|event| event.id.to_string()));
    }
}

/// Reads on until there are so many: a transaction of any database of the same server holds events
/// back.
async fn drain_until(
    bench: &Bench,
    cursor: &mut Option<String>,
    seen: &mut Vec<String>,
    count: usize,
) {
    let reading = async {
        while seen.len() < count {
            drain(bench, cursor, seen).await;
        }
    };
    let limit = std::time::Duration::from_mins(1);
    tokio::time::timeout(limit, reading)
        .await
        .expect("all events are shown in the end");
}

/// Writers beside a reader; and where the database lets two transactions write, one that began
/// before the others and commits after them.
async fn no_event_is_passed_over(bench: Bench) {
    let (mut cursor, mut seen) = (None, Vec::new());
    let late = match &bench.place {
        Place::Postgres(url) => Some(Late::begin(url).await),
        Place::Sqlite(_) => None,
    };
    let writers: Vec<_> = (0..8_u16)
        .map(|n| {
            let store = bench.store.clone();
            tokio::spawn(async move {
                for m in 0..10 {
                    let events = vec![event((100 + 10 * n + m).into())];
                    let changes = Changes {
                        events,
                        ..Changes::default()
                    };
                    let unit = unit(Wanted::default(), move |_| Ok(changes.clone()));
                    store.commit(unit).await.unwrap();
                }
            })
        })
        .collect();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        drain(&bench, &mut cursor, &mut seen).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut expected = 80;
    if let Some(late) = late {
        drain(&bench, &mut cursor, &mut seen).await;
        assert_eq!(seen.len(), 0, "none is shown while an older one may come");
        late.commit().await;
        expected += 1;
    }
    drain_until(&bench, &mut cursor, &mut seen, expected).await;
    drain(&bench, &mut cursor, &mut seen).await;
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (expected, expected));
}

/// A transaction that has an event and is not committed yet.
struct Late(sqlx::PgConnection);

impl Late {
    async fn begin(url: &str) -> Self {
        use sqlx::{Connection, Executor};
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        connection.execute("BEGIN").await.unwrap();
        connection
            .execute(
                "INSERT INTO events (id, time, kind, subject) \
                 VALUES (gen_random_uuid(), 0, 'license.created', 'late')",
            )
            .await
            .unwrap();
        Self(connection)
    }

    async fn commit(mut self) {
        use sqlx::Executor;
        self.0.execute("COMMIT").await.unwrap();
    }
}

async fn events_go_on_after_the_cursor(bench: Bench) {
    let empty = bench.store.find_events(after(None, 10)).await.unwrap();
    assert_eq!(empty.events, []);
    let (mut cursor, mut seen) = (Some(empty.next_cursor.clone()), Vec::new());
    happen(&bench, 100..105, "license.created").await;
    drain_until(&bench, &mut cursor, &mut seen, 5).await;
    let middle = cursor.clone().unwrap();
    happen(&bench, 105..108, "license.removed").await;
    drain_until(&bench, &mut cursor, &mut seen, 8).await;
    let only = |kind: &str, cursor: &str| EventFilter {
        cursor: Some(cursor.to_owned()),
        kinds: vec![kind.to_owned()],
        size: 10,
    };
    let find = |filter| bench.store.find_events(filter);
    let removed = find(only("license.removed", &empty.next_cursor))
        .await
        .unwrap();
    assert_eq!(removed.events.len(), 3);
    assert_eq!(removed.events[0].kind, "license.removed");
    assert_eq!(removed.events[0].subject, "lic_1");
    // What is not asked for is passed, and not looked at again.
    let passed = find(only("order.created", &middle)).await.unwrap();
    assert_eq!(passed.events, []);
    let rest = find(after(Some(passed.next_cursor), 10)).await.unwrap();
    assert_eq!(rest.events, []);
    let again = find(after(Some(middle), 10)).await.unwrap();
    assert_eq!(again.events, removed.events);
    let refused = find(after(Some("made up".into()), 10)).await;
    assert_eq!(refused.unwrap_err().code, Code::InvalidRequest);
}
