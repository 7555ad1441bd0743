//! Units of work: what is dry writes nothing, one that fails harms no other, what depends on another
//! sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lds_domain::id::{CustomerId, Key, OrderRef};
use lds_domain::order::{OrderKey, OrderLookup};
use lds_domain::ports::Store as _;
use lds_domain::unit::{Changes, Committed, Outcome, ProductKey, RequestKey, Stop, Unit, Wanted};
use lds_domain::{Code, Error};
use sqlx::Executor;

use crate::support::samples::{basis, changed, customer, id, new, order, product};
use crate::support::{Bench, Place, both, entry, sqlite, unit};

both!(
    a_dry_run_decides_and_writes_nothing,
    a_unit_that_fails_fails_alone,
    a_decision_that_panics_fails_alone,
    a_unit_sees_what_was_committed_before_it,
    of_two_with_one_reference_the_second_sees_the_first,
    changes_of_one_customer_are_not_lost,
    an_order_sees_the_changes_of_its_customer,
    a_large_group_is_split,
    a_closed_store_takes_no_more,
);

/// A unit that creates a customer.
pub(crate) fn create(n: u128, request: Option<RequestKey>) -> Unit {
    let changes = Changes {
        customers: new(vec![customer(n, "New")]),
        outcomes: vec![
            Outcome::Done(id::<CustomerId>(n).to_string()),
            Outcome::Failed(Error::invalid("customer[1].name", "A value is needed.")),
        ],
        audit: vec![entry("storeCustomers")],
        ..Changes::default()
    };
    Unit {
        request,
        ..unit(Wanted::default(), move |_| Ok(changes.clone()))
    }
}

pub(crate) async fn customers(bench: &Bench, ids: &[u128]) -> usize {
    let customers = ids.iter().map(|n| Key::Id(id(*n))).collect();
    bench
        .load(Wanted {
            customers,
            ..Wanted::default()
        })
        .await
        .customers
        .len()
}

pub(crate) fn refused(answer: Result<Committed, Stop>) -> Code {
    match answer {
        Err(Stop::Refused(error)) => error.code,
        other => panic!("refused was expected: {other:?}"),
    }
}

async fn a_dry_run_decides_and_writes_nothing(bench: Bench) {
    let dry = Unit {
        dry_run: true,
        ..create(1, None)
    };
    let committed = bench.store.commit(dry).await.unwrap();
    assert_eq!(committed.changes.customers.new.len(), 1);
    assert_eq!(customers(&bench, &[1]).await, 0);
}

/// There is one writer, and whoever only asks what would become of it does not stop it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_waits_for_no_writer() {
    let bench = Bench::sqlite().await;
    let Place::Sqlite(file) = &bench.place else {
        panic!("a file");
    };
    let mut writer = sqlite(file).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    let dry = Unit {
        dry_run: true,
        ..create(1, None)
    };
    let committed = bench.store.commit(dry).await.unwrap();
    assert_eq!(committed.changes.customers.new.len(), 1);
    writer.execute("ROLLBACK").await.unwrap();
}

/// Commits many at once, so that they share transactions.
async fn at_once(bench: &Bench, units: Vec<Unit>) -> Vec<Result<Committed, Stop>> {
    let tasks: Vec<_> = units
        .into_iter()
        .map(|unit| {
            let store = bench.store.clone();
            tokio::spawn(async move { store.commit(unit).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn a_unit_that_fails_fails_alone(bench: Bench) {
    // It overwrites a customer that is not there.
    let broken = Changes {
        customers: changed(vec![customer(999, "Nobody")]),
        ..Changes::default()
    };
    let mut units: Vec<Unit> = (1..=40).map(|n| create(n, None)).collect();
    units.insert(20, unit(Wanted::default(), move |_| Ok(broken.clone())));
    let answers = at_once(&bench, units).await;
    let failed: Vec<_> = answers
        .iter()
        .enumerate()
        .filter(|(_, answer)| answer.is_err())
        .map(|(n, _)| n)
        .collect();
    assert_eq!(failed, [20]);
    let ids: Vec<u128> = (1..=40).collect();
    assert_eq!(customers(&bench, &ids).await, 40);
}

async fn a_decision_that_panics_fails_alone(bench: Bench) {
    let mut units: Vec<Unit> = (1..=10).map(|n| create(n, None)).collect();
    units.insert(
        5,
        unit(Wanted::default(), |_| panic!("a defect of the test's own")),
    );
    let answers = at_once(&bench, units).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
    assert_eq!(refused(answers.into_iter().nth(5).unwrap()), Code::Internal);
}

async fn a_unit_sees_what_was_committed_before_it(bench: Bench) {
    bench.store.commit(create(1, None)).await.unwrap();
    let wanted = Wanted {
        customers: vec![Key::Id(id(1))],
        ..Wanted::default()
    };
    let look = unit(wanted, |loaded| match loaded.customers.len() {
        1 => Ok(Changes::default()),
        _ => Err(Stop::Again),
    });
    bench.store.commit(look).await.unwrap();
}

/// Creates a customer with a reference, unless one has it.
fn claim_reference(n: u128, decided: Arc<AtomicUsize>) -> Unit {
    let key: Key<CustomerId> = Key::External("same".into());
    let wanted = Wanted {
        customers: vec![key.clone()],
        for_change: true,
        ..Wanted::default()
    };
    unit(wanted, move |loaded| {
        decided.fetch_add(1, Ordering::Relaxed);
        if loaded.customer(&key).is_some() {
            return Err(Error::new(Code::AlreadyExists, "taken").into());
        }
        let mut made = customer(n, "New");
        made.data.external_ref = Some("same".into());
        Ok(Changes {
            customers: new(vec![made]),
            ..Changes::default()
        })
    })
}

async fn of_two_with_one_reference_the_second_sees_the_first(bench: Bench) {
    let other = bench.another().await;
    let stores = [bench.store.clone(), other];
    let decided = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (1..=24_usize)
        .map(|n| {
            let (store, unit) = (
                stores[n % 2].clone(),
                claim_reference(n as u128, decided.clone()),
            );
            tokio::spawn(async move { store.commit(unit).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            answer => assert_eq!(refused(answer), Code::AlreadyExists),
        }
    }
    assert_eq!(made, 1);
    assert!(decided.load(Ordering::Relaxed) >= 24);
}

/// Counts up a customer's revision.
fn count_up(name: Key<CustomerId>) -> Unit {
    let wanted = Wanted {
        customers: vec![name.clone()],
        for_change: true,
        ..Wanted::default()
    };
    unit(wanted, move |loaded| {
        let mut next = (**loaded.customer(&name).ok_or(Stop::Again)?).clone();
        next.revision += 1;
        Ok(Changes {
            customers: changed(vec![next]),
            ..Changes::default()
        })
    })
}

async fn changes_of_one_customer_are_not_lost(bench: Bench) {
    bench.store.commit(create(1, None)).await.unwrap();
    let other = bench.another().await;
    let stores = [bench.store.clone(), other];
    // By two names, which are one row.
    let names = [Key::Id(id(1)), Key::External("crm-1".into())];
    let tasks: Vec<_> = (0..40_usize)
        .map(|n| {
            let (store, unit) = (stores[n % 2].clone(), count_up(names[n / 2 % 2].clone()));
            tokio::spawn(async move { store.commit(unit).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let loaded = bench
        .load(Wanted {
            customers: vec![Key::Id(id(1))],
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.customers[0].revision, 41);
}

async fn an_order_sees_the_changes_of_its_customer(bench: Bench) {
    let orders: Vec<_> = (0..16).map(|n| order(100 + n, 0)).collect();
    bench.write(basis(orders.clone())).await;
    let other = bench.another().await;
    // What each order's unit saw of its customer, written as the order's revision.
    let copy = |order: OrderRef| {
        let wanted = Wanted {
            orders: vec![OrderLookup::plain(order.into())],
            ..Wanted::default()
        };
        unit(wanted, |loaded| {
            let view = &loaded.orders[0];
            let mut next = view.order.clone();
            next.revision = view.customer.revision;
            Ok(Changes {
                orders: changed(vec![next]),
                ..Changes::default()
            })
        })
    };
    let mut tasks = Vec::new();
    for (n, order) in orders.iter().enumerate() {
        let store = if n % 2 == 0 {
            bench.store.clone()
        } else {
            other.clone()
        };
        let (change, copied) = (count_up(Key::Id(id(10))), copy(order.id));
        tasks.push(tokio::spawn(async move {
            let changed = store.commit(change).await.unwrap();
            let seen = store.commit(copied).await.unwrap();
            (
                changed.changes.customers.changed[0].revision,
                seen.changes.orders.changed[0].revision,
            )
        }));
    }
    for task in tasks {
        let (changed, seen) = task.await.unwrap();
        assert!(
            (changed..=17).contains(&seen),
            "a change that was committed is seen: {changed} {seen}"
        );
    }
    let loaded = bench
        .load(Wanted {
            customers: vec![Key::Id(id(10))],
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.customers[0].revision, 17);
}

async fn a_large_group_is_split(bench: Bench) {
    // Each unit writes more than a megabyte: no four of them are in one transaction.
    let units = (0..8_u128).map(|n| {
        let mut large = product(100 + n, &format!("P{n}"));
        large.data.notes = Some("x".repeat(1_200_000));
        let changes = Changes {
            products: new(vec![large]),
            ..Changes::default()
        };
        unit(Wanted::default(), move |_| Ok(changes.clone()))
    });
    for answer in at_once(&bench, units.collect()).await {
        answer.unwrap();
    }
    let products = (0..8_u128)
        .map(|n| ProductKey::Key(Key::Id(id(100 + n))))
        .collect();
    let loaded = bench
        .load(Wanted {
            products,
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.products.len(), 8);
}

async fn a_closed_store_takes_no_more(bench: Bench) {
    bench.store.commit(create(1, None)).await.unwrap();
    bench.store.close().await;
    assert_eq!(
        refused(bench.store.commit(create(2, None)).await),
        Code::Unavailable
    );
    let key = OrderKey::from(id::<OrderRef>(1));
    assert_eq!(
        bench
            .store
            .order(OrderLookup::plain(key))
            .await
            .unwrap_err()
            .code,
        Code::Unavailable
    );
    assert_eq!(
        bench
            .another()
            .await
            .load(Wanted::default())
            .await
            .unwrap()
            .customers
            .len(),
        0
    );
}
