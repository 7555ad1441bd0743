//! What was read before and is kept in memory is told only as long as it is so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lds_domain::Code;
use lds_domain::customer::Customer;
use lds_domain::license::{License, LicenseState};
use lds_domain::order::{AllowanceUse, OrderLookup, OrderView, UseKind};
use lds_domain::ports::Store as _;
use lds_domain::unit::{Activity, Changes, NewUse, Rows, Stop, Wanted};
use lds_store::{SqliteOptions, Store};
use time::macros::date;

use crate::support::samples::{activation, basis, customer, id, license, order, product};
use crate::support::{Bench, Place, both, environment, unit};

both!(
    a_change_is_seen_by_the_next_look,
    nobody_sees_less_than_what_was_acknowledged,
);

/// Asks for the license of the sample order.
fn lookup() -> OrderLookup {
    OrderLookup {
        key: id::<lds_domain::id::OrderRef>(30).into(),
        claims: vec![[1; 32]],
        only: true,
    }
}

async fn look(store: &Store) -> Arc<OrderView> {
    store.order(lookup()).await.unwrap().unwrap()
}

/// The sample order with an active license.
async fn activated(bench: &Bench) -> License {
    let one = order(30, 5);
    bench.write(basis(vec![one.clone()])).await;
    let license = license(40, Some(one.id), "aa");
    bench.write(activation(license.clone(), 1)).await;
    license
}

/// One change of each kind that a view tells of.
fn changes(license: &License) -> Vec<Changes> {
    let requested = License {
        state: LicenseState::RemovalRequested,
        ..license.clone()
    };
    let mut noted = order(30, 5);
    noted.data.notes = Some("noted".into());
    let used = AllowanceUse {
        kind: UseKind::Move,
        on: date!(2026 - 11 - 25),
        license: license.id,
    };
    let counted = Activity {
        order: noted.id,
        licenses: 1,
        first_activated_on: None,
    };
    let order = noted.id;
    vec![
        Changes {
            licenses: vec![requested],
            ..Changes::default()
        },
        Changes {
            orders: changed_rows(noted),
            ..Changes::default()
        },
        Changes {
            customers: changed_rows(customer(10, "ACME again")),
            ..Changes::default()
        },
        Changes {
            products: changed_rows(product(20, "APP2")),
            ..Changes::default()
        },
        Changes {
            uses: vec![NewUse { order, used }],
            ..Changes::default()
        },
        Changes {
            activity: vec![counted],
            ..Changes::default()
        },
        activation(self::license(41, Some(order), "bb"), 2),
        Changes {
            released: vec![license.id],
            licenses: vec![License {
                state: LicenseState::Removed,
                ..license.clone()
            }],
            ..Changes::default()
        },
    ]
}

fn changed_rows<T, I>(changed: T) -> Rows<T, I> {
    Rows {
        changed: vec![changed],
        ..Rows::default()
    }
}

async fn a_change_is_seen_by_the_next_look(bench: Bench) {
    let license = activated(&bench).await;
    let mut before = format!("{:?}", look(&bench.store).await);
    for change in changes(&license) {
        bench.write(change.clone()).await;
        let after = format!("{:?}", look(&bench.store).await);
        let wanted = Wanted {
            orders: vec![lookup()],
            ..Wanted::default()
        };
        let read = bench.load(wanted).await.orders;
        assert!(after == format!("{:?}", read[0]), "after {change:?}");
        assert!(after != before, "{change:?} tells nothing");
        before = after;
    }
}

async fn nobody_sees_less_than_what_was_acknowledged(bench: Bench) {
    const CHANGES: u64 = 300;
    activated(&bench).await;
    bench.write(numbered(0)).await;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let readers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(watch(bench.store.clone(), acknowledged.clone(), CHANGES)))
        .collect();
    for number in 1..=CHANGES {
        bench.write(numbered(number)).await;
        acknowledged.store(number, Ordering::SeqCst);
    }
    for reader in readers {
        reader.await.unwrap();
    }
}

/// The sample customer with a number in its notes.
fn numbered(number: u64) -> Changes {
    let mut customer: Customer = customer(10, "ACME");
    customer.data.notes = Some(number.to_string());
    Changes {
        customers: changed_rows(customer),
        ..Changes::default()
    }
}

/// Looks until the last change is there.
async fn watch(store: Arc<Store>, acknowledged: Arc<AtomicU64>, last: u64) {
    let mut seen = 0;
    while seen < last {
        let known = acknowledged.load(Ordering::SeqCst).max(seen);
        let view = look(&store).await;
        seen = view
            .customer
            .data
            .notes
            .as_deref()
            .unwrap()
            .parse()
            .unwrap();
        assert!(seen >= known, "{seen} after {known}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn sqlite_is_not_read_again_for_what_did_not_change() {
    let bench = Bench::sqlite().await;
    activated(&bench).await;
    let (first, second) = (look(&bench.store).await, look(&bench.store).await);
    assert!(Arc::ptr_eq(&first, &second));
    bench.write(numbered(1)).await;
    assert!(!Arc::ptr_eq(&first, &look(&bench.store).await));
}

#[tokio::test]
async fn beside_a_server_nothing_is_changed_that_it_may_keep_in_memory() {
    let bench = Bench::sqlite().await;
    let license = activated(&bench).await;
    let Place::Sqlite(file) = &bench.place else {
        unreachable!("it is a file");
    };
    let options = SqliteOptions {
        beside_server: true,
        ..SqliteOptions::default()
    };
    let beside = Store::open_sqlite(file, &options, environment(&bench.clock, 1))
        .await
        .unwrap();
    let before = format!("{:?}", look(&bench.store).await);
    for change in changes(&license) {
        let stop = beside
            .commit(unit(Wanted::default(), move |_| Ok(change.clone())))
            .await;
        let Err(Stop::Refused(error)) = stop else {
            panic!("{stop:?}");
        };
        assert_eq!(error.code, Code::Unavailable);
    }
    assert!(format!("{:?}", look(&beside).await) == before);
    let sold = Changes {
        orders: Rows {
            new: vec![order(31, 1)],
            ..Rows::default()
        },
        ..Changes::default()
    };
    let sell = unit(Wanted::default(), move |_| Ok(sold.clone()));
    beside.commit(sell).await.unwrap();
    let sold = OrderLookup::plain(id::<lds_domain::id::OrderRef>(31).into());
    assert!(bench.store.order(sold).await.unwrap().is_some());
}
