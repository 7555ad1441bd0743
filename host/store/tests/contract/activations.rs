//! Orders and licenses: an activation is there whole or not at all.

use std::sync::Arc;

use lds_domain::id::Key;
use lds_domain::license::{Deal, License, LicenseState};
use lds_domain::order::{AllowanceUse, OrderKey, OrderLookup, UseKind};
use lds_domain::ports::Store as _;
use lds_domain::unit::{Activity, Changes, Erasure, NewLicense, NewUse, Outcome, Wanted};
use time::macros::date;

use crate::support::samples::{
    activation, basis, customer, id, license, license_id, order, product,
};
use crate::support::{Bench, both};

both!(
    an_order_is_read_by_every_name,
    an_activation_is_read_as_it_was_written,
    a_request_document_is_read_as_it_was_written,
    what_a_license_is_issued_by_is_kept_until_it_is_erased,
    the_only_license_is_brought_where_there_is_one,
    a_removal_releases_its_claim,
    uses_and_requests_for_removal_are_told,
);

pub(crate) fn lookup(key: impl Into<OrderKey>, claims: &[u8], only: bool) -> OrderLookup {
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
