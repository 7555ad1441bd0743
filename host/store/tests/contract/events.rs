//! The feed of events: none is passed over, whoever writes at once.

use std::collections::BTreeSet;

use lds_domain::Code;
use lds_domain::audit::Event;
use lds_domain::ports::{Records as _, Store as _};
use lds_domain::records::{EventFilter, Feed};
use lds_domain::unit::{Changes, Wanted};

use crate::support::samples::event;
use crate::support::{Bench, Place, both_alone, unit};

// A transaction in any database of the same server holds events back, those of other tests too.
both_alone!(no_event_is_passed_over, events_go_on_after_the_cursor,);

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

/// Reads on until there are so many: a transaction that is just being committed holds events back.
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
