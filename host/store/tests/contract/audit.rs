//! The audit log: chains that anyone can follow with SHA-256 alone, heads that are signed, values
//! that are never kept.

use aws_lc_rs::{digest, hmac};
use lds_domain::audit::{AuditEntry, Change};
use lds_domain::ports::Store as _;
use lds_domain::unit::{Changes, Wanted};
use lds_store::MasterKey;
use serde_json::Value;

use crate::support::{Bench, both, entry, unit};

both!(
    chains_can_be_followed,
    a_new_chain_names_the_others,
    heads_are_signed_when_a_store_closes,
    values_are_kept_as_digests_only,
    refused_units_leave_no_entry,
);

const COLUMNS: &str = "#chain seq time actor address source action subject request_id changes reason heads #previous #hash";

/// `PostgreSQL` keeps ids as UUIDs, which have no bytes to encode.
async fn entries(bench: &Bench) -> Vec<Value> {
    let columns = match bench.place {
        crate::support::Place::Sqlite(_) => COLUMNS.to_owned(),
        crate::support::Place::Postgres(_) => {
            COLUMNS.replace("#chain", "replace(chain::text,'-','')")
        }
    };
    bench.raw(&columns, "audit ORDER BY chain, seq").await
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(&text[place..place + 2], 16).unwrap())
        .collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    unhex(value.as_str().unwrap())
}

/// As documented: each member after its length, none as 0, in the order of the columns.
fn hash(row: &Value) -> Vec<u8> {
    let number = |place: usize| row[place].as_i64().unwrap().to_le_bytes().to_vec();
    let mut members = vec![Some(bytes(&row[0])), Some(number(1)), Some(number(2))];
    members.extend((3..12).map(|place| row[place].as_str().map(|text| text.as_bytes().to_vec())));
    members.push(Some(bytes(&row[12])));
    let mut whole = Vec::new();
    for member in members {
        match member {
            None => whole.extend(0_u64.to_le_bytes()),
            Some(bytes) => {
                whole.extend((bytes.len() as u64 + 1).to_le_bytes());
                whole.extend(bytes);
            }
        }
    }
    digest::digest(&digest::SHA256, &whole).as_ref().to_vec()
}

async fn write(bench: &Bench, count: usize) {
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let store = bench.store.clone();
            let full = AuditEntry {
                address: Some("192.0.2.1".into()),
                request_id: Some(format!("r{n}")),
                reason: Some("because".into()),
                ..entry("storeCustomers")
            };
            let audit = vec![full, entry("deleteCustomers")];
            let changes = Changes {
                audit,
                ..Changes::default()
            };
            tokio::spawn(async move {
                store
                    .commit(unit(Wanted::default(), move |_| Ok(changes.clone())))
                    .await
                    .unwrap()
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn chains_can_be_followed(bench: Bench) {
    write(&bench, 30).await;
    let rows = entries(&bench).await;
    assert_eq!(rows.len(), 60);
    let mut last: Option<&Value> = None;
    for row in &rows {
        assert_eq!(bytes(&row[13]), hash(row));
        if let Some(last) = last.filter(|last| last[0] == row[0]) {
            assert_eq!(row[1].as_i64(), last[1].as_i64().map(|seq| seq + 1));
            assert_eq!(row[12], last[13]);
            assert!(row[11].is_null());
        } else {
            assert_eq!(
                (row[1].as_i64(), &*bytes(&row[12])),
                (Some(1), &[0; 32][..])
            );
            assert!(row[11].is_string());
        }
        last = Some(row);
    }
}

async fn a_new_chain_names_the_others(bench: Bench) {
    write(&bench, 1).await;
    bench.store.close().await;
    let before = entries(&bench).await;
    let again = bench.another().await;
    let changes = Changes {
        audit: vec![entry("storeUsers")],
        ..Changes::default()
    };
    again
        .commit(unit(Wanted::default(), move |_| Ok(changes.clone())))
        .await
        .unwrap();
    let rows = entries(&bench).await;
    let first = rows.iter().find(|row| row[6] == "storeUsers").unwrap();
    let heads: Vec<(String, i64, String)> =
        serde_json::from_str(first[11].as_str().unwrap()).unwrap();
    let last = before.last().unwrap();
    assert_eq!(heads.len(), 1);
    assert_eq!(heads[0].0, last[0].as_str().unwrap());
    assert_eq!((heads[0].1, &*heads[0].2), (2, last[13].as_str().unwrap()));
}

async fn heads_are_signed_when_a_store_closes(bench: Bench) {
    write(&bench, 5).await;
    bench.store.close().await;
    let rows = entries(&bench).await;
    let heads = bench
        .raw(
            "seq #hash signed_at #signature",
            "audit_heads ORDER BY chain",
        )
        .await;
    let mut chains: Vec<&Value> = rows
        .iter()
        .filter(|row| row[1].as_i64() == Some(1))
        .map(|row| &row[0])
        .collect();
    chains.dedup();
    assert_eq!(heads.len(), chains.len());
    let key = MasterKey::new([1; 32]).derive("audit heads").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    for (head, chain) in heads.iter().zip(chains) {
        let last = rows.iter().rfind(|row| row[0] == *chain).unwrap();
        assert_eq!((&head[0], &head[1]), (&last[1], &last[13]));
        let signed = [
            bytes(chain),
            head[0].as_i64().unwrap().to_le_bytes().to_vec(),
            bytes(&head[1]),
            head[2].as_i64().unwrap().to_le_bytes().to_vec(),
        ];
        hmac::verify(&key, &signed.concat(), &bytes(&head[3])).unwrap();
    }
}

async fn values_are_kept_as_digests_only(bench: Bench) {
    let change = |before: &str| Change {
        member: "name".into(),
        before: Some(before.into()),
        after: None,
    };
    let audit = vec![AuditEntry {
        changes: vec![change("secret"), change("secret"), change("other")],
        ..entry("x")
    }];
    bench
        .write(Changes {
            audit,
            ..Changes::default()
        })
        .await;
    let rows = entries(&bench).await;
    let text = rows[0][9].as_str().unwrap();
    assert!(!text.contains("secret"));
    let changes: Vec<(String, Option<String>, Option<String>)> =
        serde_json::from_str(text).unwrap();
    assert_eq!(changes[0], changes[1]);
    assert_ne!(changes[0].1, changes[2].1);
    assert_eq!(changes[0].2, None);
    let plain = digest::digest(&digest::SHA256, b"secret");
    assert!(
        !plain
            .as_ref()
            .starts_with(&unhex(changes[0].1.as_ref().unwrap()))
    );
}

async fn refused_units_leave_no_entry(bench: Bench) {
    let refusal = unit(Wanted::default(), |_| Err(lds_domain::unit::Stop::Again));
    assert!(bench.store.commit(refusal).await.is_err());
    let dry = Changes {
        audit: vec![entry("x")],
        ..Changes::default()
    };
    let dry = lds_domain::unit::Unit {
        dry_run: true,
        ..unit(Wanted::default(), move |_| Ok(dry.clone()))
    };
    bench.store.commit(dry).await.unwrap();
    assert!(entries(&bench).await.is_empty());
}
