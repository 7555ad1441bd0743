//! Counters, claims and Order IDs: what stays true whoever comes at once.

use std::sync::Arc;

use lds_domain::Code;
use lds_domain::license::License;
use lds_domain::order::OrderLookup;
use lds_domain::ports::Store as _;
use lds_domain::unit::{Activity, Changes, Outcome, Stop, Wanted};
use lds_store::Store;

use crate::activations::lookup;
use crate::support::samples::{activation, basis, license, license_id, order};
use crate::support::{Bench, both, unit};

both!(
    a_count_never_leaves_its_bounds,
    order_ids_are_never_given_out_twice,
    one_of_many_wins_an_order,
    counters_equal_counts_after_a_storm,
);

async fn a_count_never_leaves_its_bounds(bench: Bench) {
    let one = order(30, 1);
    bench.write(basis(vec![one.clone()])).await;
    bench
        .write(activation(license(40, Some(one.id), "aa"), 1))
        .await;
    let more = Changes {
        events: Vec::new(),
        ..activation(license(41, Some(one.id), "bb"), 2)
    };
    let fewer = Changes {
        activity: vec![Activity {
            order: one.id,
            licenses: -2,
            first_activated_on: None,
        }],
        audit: vec![crate::support::entry("removeLicenses")],
        ..Changes::default()
    };
    for wrong in [more, fewer] {
        let refused = bench
            .store
            .commit(unit(Wanted::default(), move |_| Ok(wrong.clone())))
            .await;
        assert!(matches!(refused, Err(Stop::Refused(error)) if error.code == Code::Internal));
    }
    let view = bench
        .store
        .order(lookup(one.id, &[2], false))
        .await
        .unwrap()
        .unwrap();
    assert!(
        view.matched.is_empty(),
        "nothing of the refused unit is there"
    );
    assert_eq!(view.order.active_licenses, 1);
    assert!(
        bench
            .store
            .license(license_id(41).into())
            .await
            .unwrap()
            .is_none()
    );
}

async fn order_ids_are_never_given_out_twice(bench: Bench) {
    let one = order(30, 1);
    bench.write(basis(vec![one.clone()])).await;
    let mut gone = Changes::default();
    gone.orders.deleted.push(one.id);
    bench.write(gone).await;
    assert!(
        bench
            .store
            .order(OrderLookup::plain(one.id.into()))
            .await
            .unwrap()
            .is_none()
    );
    let (old, fresh) = (one.order_id.clone(), order(31, 1).order_id);
    let loaded = bench
        .load(Wanted {
            order_ids: vec![old.clone(), fresh],
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.taken_order_ids, std::slice::from_ref(&old));
    let mut again = order(32, 1);
    again.order_id = old;
    let write = Changes {
        orders: crate::support::samples::new(vec![again]),
        ..Changes::default()
    };
    let refused = bench
        .store
        .commit(unit(Wanted::default(), move |_| Ok(write.clone())))
        .await;
    assert!(matches!(refused, Err(Stop::Refused(error)) if error.code == Code::Unavailable));
}

/// What an activation does: a license if the claim is free, else the one that is there.
async fn activate(
    store: Arc<Store>,
    n: u128,
    order: lds_domain::id::OrderRef,
    claim: u8,
) -> String {
    let made = license(n, Some(order), "aa");
    let made = License {
        external_ref: None,
        ..made
    };
    let decide = move |loaded: &lds_domain::unit::Loaded| {
        let view = &loaded.orders[0];
        if let Some(matched) = view.matched.first() {
            let outcomes = vec![Outcome::Done(matched.license.id.to_string())];
            return Ok(Changes {
                outcomes,
                ..Changes::default()
            });
        }
        let mut event = crate::support::samples::event(n);
        event.order = Some(order);
        Ok(Changes {
            events: vec![event],
            ..activation(made.clone(), claim)
        })
    };
    let wanted = Wanted {
        orders: vec![lookup(order, &[claim], false)],
        ..Wanted::default()
    };
    let committed = store.commit(unit(wanted, decide)).await.unwrap();
    match &committed.outcomes[0] {
        Outcome::Done(id) => id.clone(),
        Outcome::Failed(error) => panic!("{error}"),
    }
}

async fn one_of_many_wins_an_order(bench: Bench) {
    let one = order(30, 1);
    bench.write(basis(vec![one.clone()])).await;
    let other = bench.another().await;
    let stores = [bench.store.clone(), other];
    let tasks: Vec<_> = (0..64_usize)
        .map(|n| tokio::spawn(activate(stores[n % 2].clone(), 100 + n as u128, one.id, 1)))
        .collect();
    let mut winners = std::collections::BTreeSet::new();
    for task in tasks {
        winners.insert(task.await.unwrap());
    }
    assert_eq!(winners.len(), 1, "all were answered with one license");
    let view = bench
        .store
        .order(lookup(one.id, &[1], true))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view.order.active_licenses, 1);
    assert_eq!(
        view.only.as_ref().unwrap().id.to_string(),
        *winners.first().unwrap()
    );
}

async fn counters_equal_counts_after_a_storm(bench: Bench) {
    let orders: Vec<_> = (0..20).map(|n| order(1000 + n, 0)).collect();
    bench.write(basis(orders.clone())).await;
    let other = bench.another().await;
    let stores = [bench.store.clone(), other];
    let mut tasks = Vec::new();
    for n in 0..400_usize {
        let order = orders[n % 20].id;
        let claim = u8::try_from(n / 40).unwrap();
        tasks.push(tokio::spawn(activate(
            stores[n % 2].clone(),
            2000 + n as u128,
            order,
            claim,
        )));
    }
    for task in tasks {
        task.await.unwrap();
    }
    for order in orders {
        let claims: Vec<u8> = (0..10).collect();
        let view = bench
            .store
            .order(lookup(order.id, &claims, false))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(view.matched.len(), 10);
        assert_eq!(view.order.active_licenses, 10);
    }
}
