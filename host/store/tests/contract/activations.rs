//! Orders and licenses: an activation is there whole or not at all.

use std::sync::Arc;

use lds_domain::Code;
use lds_domain::id::Key;
use lds_domain::license::{Deal, License, LicenseState};
use lds_domain::order::{AllowanceUse, OrderKey, OrderLookup, UseKind};
use lds_domain::ports::Store as _;
use lds_domain::unit::{Activity, Changes, Erasure, NewLicense, NewUse, Outcome, Stop, Wanted};
use lds_store::Store;
use time::macros::date;

use crate::support::samples::{
    activation, basis, customer, id, license, license_id, order, product,
};
use crate::support::{Bench, both, unit};

both!(
    an_order_is_read_by_every_name,
    an_activation_is_read_as_it_was_written,
    a_request_document_is_read_as_it_was_written,
    what_a_license_is_issued_by_is_kept_until_it_is_erased,
    the_only_license_is_brought_where_there_is_one,
    a_removal_releases_its_claim,
    uses_and_requests_for_removal_are_told,
    a_count_never_leaves_its_bounds,
    order_ids_are_never_given_out_twice,
    one_of_many_wins_an_order,
    counters_equal_counts_after_a_storm,
);

fn lookup(key: impl Into<OrderKey>, claims: &[u8], only: bool) -> OrderLookup {
    OrderLookup {
        key: key.into(),
        claims: claims.iter().map(|claim| [*claim; 32]).collect(),
        only,
    }
}

async fn an_order_is_read_by_every_name(bench: Bench) {
    let (one, two) = (order(30, 1), order(31, 2));
    bench.write(basis(vec![one.clone(), two.clone()])).await;
    for key in [
        OrderKey::from(one.id),
        OrderKey::Key(Key::External("po-30".into())),
        OrderKey::OrderId(one.order_id.clone()),
    ] {
        let view = bench
            .store
            .order(OrderLookup::plain(key))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(view.order, one);
        assert_eq!(
            (&*view.customer, &*view.product),
            (&customer(10, "ACME"), &product(20, "APP"))
        );
    }
    assert!(
        bench
            .store
            .order(OrderLookup::plain(
                id::<lds_domain::id::OrderRef>(99).into()
            ))
            .await
            .unwrap()
            .is_none()
    );
    let listed = bench.store.orders(&[two.id, id(99), one.id]).await.unwrap();
    assert_eq!(listed, [two, one]);
}

async fn a_request_document_is_read_as_it_was_written(bench: Bench) {
    bench.write(basis(vec![order(30, 1)])).await;
    bench
        .write(activation(license(40, Some(id(30)), "aa"), 1))
        .await;
    let found = bench.store.document(license_id(40)).await.unwrap();
    assert_eq!(found.as_deref(), Some(&b"{\"request\":1}"[..]));
    assert_eq!(bench.store.document(license_id(41)).await.unwrap(), None);
}

async fn what_a_license_is_issued_by_is_kept_until_it_is_erased(bench: Bench) {
    bench.write(basis(Vec::new())).await;
    let sold = product(20, "APP").data;
    let manual = License {
        deal: Some(Arc::new(Deal {
            terms: sold.terms,
            features: sold.features,
        })),
        ..license(40, None, "aa")
    };
    let new = NewLicense {
        license: Arc::new(manual.clone()),
        claims: Vec::new(),
        class: lds_domain::claim::ClaimClass::Live,
        document: None,
    };
    bench
        .write(Changes {
            new_licenses: vec![new],
            ..Changes::default()
        })
        .await;
    let read = async || {
        let found = bench.store.license(license_id(40).into()).await;
        found.unwrap().unwrap()
    };
    assert_eq!(read().await, manual);
    let erasure = Erasure {
        customer: id(10),
        at: crate::support::NOW,
        by: "usr_1".to_owned(),
    };
    bench
        .write(Changes {
            erased: vec![erasure],
            ..Changes::default()
        })
        .await;
    let erased = read().await;
    assert_eq!(
        (erased.deal, erased.hosts, erased.licensee),
        (None, Vec::new(), None)
    );
    assert!(
        erased
            .files
            .iter()
            .all(lds_domain::license::File::is_erased)
    );
}

async fn an_activation_is_read_as_it_was_written(bench: Bench) {
    let one = order(30, 1);
    bench.write(basis(vec![one.clone()])).await;
    let written = license(40, Some(one.id), "aa");
    let committed = bench.write(activation(written.clone(), 1)).await;
    assert_eq!(committed.outcomes, [Outcome::Done(written.id.to_string())]);
    for key in [Key::Id(written.id), Key::External("lic-40".into())] {
        assert_eq!(
            bench.store.license(key).await.unwrap().as_ref(),
            Some(&written)
        );
    }
    let view = bench
        .store
        .order(lookup(one.id, &[1, 2], false))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view.matched.len(), 1);
    assert_eq!(*view.matched[0].license, written);
    assert_eq!(
        (view.order.active_licenses, view.order.first_activated_on),
        (1, Some(written.activated_on))
    );
    let view = bench
        .store
        .order(lookup(one.id, &[2], false))
        .await
        .unwrap()
        .unwrap();
    assert!(view.matched.is_empty() && view.only.is_none());
    let bare = bench
        .load(Wanted {
            licenses: vec![written.id.into()],
            ..Wanted::default()
        })
        .await;
    assert_eq!(
        bare.licenses,
        [Arc::new(License {
            files: Vec::new(),
            ..written
        })]
    );
}

async fn the_only_license_is_brought_where_there_is_one(bench: Bench) {
    let one = order(30, 2);
    bench.write(basis(vec![one.clone()])).await;
    let (first, second) = (
        license(40, Some(one.id), "aa"),
        license(41, Some(one.id), "bb"),
    );
    bench.write(activation(first.clone(), 1)).await;
    let only = || async {
        bench
            .store
            .order(lookup(one.id, &[], true))
            .await
            .unwrap()
            .unwrap()
            .only
            .clone()
    };
    assert_eq!(only().await.as_deref(), Some(&first));
    bench
        .write(Changes {
            events: Vec::new(),
            ..activation(second, 2)
        })
        .await;
    assert_eq!(only().await, None);
}

async fn a_removal_releases_its_claim(bench: Bench) {
    let one = order(30, 1);
    bench.write(basis(vec![one.clone()])).await;
    bench
        .write(activation(license(40, Some(one.id), "aa"), 1))
        .await;
    let removed = License {
        state: LicenseState::Removed,
        revision: 2,
        ..license(40, Some(one.id), "aa")
    };
    let removal = Changes {
        licenses: vec![removed.clone()],
        released: vec![removed.id],
        activity: vec![Activity {
            order: one.id,
            licenses: -1,
            first_activated_on: None,
        }],
        ..Changes::default()
    };
    bench.write(removal).await;
    let view = bench
        .store
        .order(lookup(one.id, &[1], true))
        .await
        .unwrap()
        .unwrap();
    assert!(view.matched.is_empty() && view.only.is_none());
    assert_eq!(view.order.active_licenses, 0);
    assert!(view.order.first_activated_on.is_some(), "the day is kept");
    assert_eq!(
        bench.store.license(removed.id.into()).await.unwrap(),
        Some(removed),
        "its files too"
    );
    let again = Changes {
        events: Vec::new(),
        ..activation(license(41, Some(one.id), "aa"), 1)
    };
    bench.write(again).await;
}

async fn uses_and_requests_for_removal_are_told(bench: Bench) {
    let one = order(30, 1);
    bench.write(basis(vec![one.clone()])).await;
    bench
        .write(activation(license(40, Some(one.id), "aa"), 1))
        .await;
    let move_today = AllowanceUse {
        kind: UseKind::Move,
        on: date!(2026 - 11 - 25),
        license: license_id(40),
    };
    let asked = License {
        state: LicenseState::RemovalRequested,
        ..license(40, Some(one.id), "aa")
    };
    let uses = vec![NewUse {
        order: one.id,
        used: move_today,
    }];
    bench
        .write(Changes {
            uses,
            licenses: vec![asked],
            ..Changes::default()
        })
        .await;
    let view = bench
        .store
        .order(lookup(one.id, &[], false))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (view.uses.clone(), view.removal_requested),
        (vec![move_today], true)
    );
}

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
