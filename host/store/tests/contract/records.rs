//! Reading what happened: the audit log in pages, and whether it was tampered with.

use lds_domain::Code;
use lds_domain::audit::AuditEntry;
use lds_domain::ports::Records as _;
use lds_domain::query::Paging;
use lds_domain::records::{AuditFault, AuditFilter, Span, Verdict};
use lds_domain::unit::Changes;
use time::Duration;

use crate::support::{Bench, NOW, both, entry};

both!(
    a_log_that_nobody_touched_is_intact,
    what_is_done_to_a_log_is_found,
    a_chain_that_is_gone_is_found_though_none_names_it,
    a_roll_that_is_gone_is_found,
    a_span_is_verified_by_itself,
    the_log_is_read_in_pages_by_time,
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
    let span = |since: i64, before: i64| Span {
        since: Some(NOW + Duration::seconds(since)),
        before: Some(NOW + Duration::seconds(before)),
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
            since: Some(NOW + Duration::seconds(5)),
            before: Some(NOW + Duration::seconds(8)),
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
