//! Users, tokens, customers, products: what was written is read, by every name.

use lds_domain::id::{Key, OrderRef};
use lds_domain::license::{License, LicenseState};
use lds_domain::order::{OrderKey, OrderLookup};
use lds_domain::ports::Store as _;
use lds_domain::token::TokenKey;
use lds_domain::unit::{Changes, ProductKey, Rows, UserKey, Wanted};

use crate::support::samples::{
    activation, changed, customer, id, license, new, order, product, token, user,
};
use crate::support::{Bench, NOW, both};

both!(
    customers_are_read_by_id_and_reference,
    products_are_read_by_id_reference_and_code,
    users_are_read_by_id_reference_and_login,
    tokens_are_read_by_id_and_digest_with_their_user,
    uses_are_remembered,
    what_is_changed_and_deleted_is_so,
    references_are_told,
    licenses_in_force_are_read_by_their_order,
);

async fn customers_are_read_by_id_and_reference(bench: Bench) {
    let (one, two) = (customer(1, "One"), customer(2, "Two"));
    bench
        .write(Changes {
            customers: new(vec![one.clone(), two.clone()]),
            ..Changes::default()
        })
        .await;
    let loaded = bench
        .load(Wanted {
            customers: vec![
                one.id.into(),
                Key::External("crm-2".into()),
                two.id.into(),
                Key::Id(id(99)),
            ],
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.customers.len(), 2);
    assert_eq!(**loaded.customer(&one.id.into()).unwrap(), one);
    assert_eq!(
        **loaded.customer(&Key::External("crm-2".into())).unwrap(),
        two
    );
}

async fn products_are_read_by_id_reference_and_code(bench: Bench) {
    let mut plain = product(2, "APP");
    plain.data.version = None;
    let with = product(1, "APP");
    bench
        .write(Changes {
            products: new(vec![with.clone(), plain.clone()]),
            ..Changes::default()
        })
        .await;
    for (key, found) in [
        (ProductKey::Key(with.id.into()), &with),
        (ProductKey::Key(Key::External("erp-1".into())), &with),
        (ProductKey::Code("APP".into(), Some("1.0".into())), &with),
        (ProductKey::Code("APP".into(), None), &plain),
    ] {
        let loaded = bench
            .load(Wanted {
                products: vec![key.clone()],
                ..Wanted::default()
            })
            .await;
        assert_eq!(loaded.products.len(), 1, "{key:?}");
        assert_eq!(**loaded.product(&key).unwrap(), *found);
    }
}

async fn users_are_read_by_id_reference_and_login(bench: Bench) {
    let ada = user(1, "Ada");
    bench
        .write(Changes {
            users: new(vec![ada.clone(), user(2, "bob")]),
            ..Changes::default()
        })
        .await;
    for key in [
        UserKey::Key(ada.id.into()),
        UserKey::Key(Key::External("user-1".into())),
        UserKey::Login("ada".into()),
    ] {
        assert_eq!(bench.store.user(key).await.unwrap().as_deref(), Some(&ada));
    }
    assert_eq!(
        bench
            .store
            .user(UserKey::Login("eve".into()))
            .await
            .unwrap(),
        None
    );
    let loaded = bench
        .load(Wanted {
            administrators: true,
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.administrators.len(), 2);
}

async fn tokens_are_read_by_id_and_digest_with_their_user(bench: Bench) {
    let (ada, one) = (user(1, "ada"), token(5, 1, 7));
    bench
        .write(Changes {
            users: new(vec![ada.clone()]),
            tokens: new(vec![one.clone(), token(6, 1, 8)]),
            ..Changes::default()
        })
        .await;
    let (found, owner) = bench
        .store
        .token(TokenKey::Digest([7; 32]))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found, &*owner), (one.clone(), &ada));
    assert_eq!(
        bench.store.token(TokenKey::Digest([9; 32])).await.unwrap(),
        None
    );
    let (found, owner) = bench
        .store
        .token(TokenKey::Id(one.id))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found, &*owner), (one.clone(), &ada));
    assert_eq!(bench.store.token(TokenKey::Id(id(77))).await.unwrap(), None);
    let loaded = bench
        .load(Wanted {
            tokens: vec![one.id, id(77)],
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.tokens, [one]);
}

async fn uses_are_remembered(bench: Bench) {
    let (ada, one) = (user(1, "ada"), token(5, 1, 7));
    bench
        .write(Changes {
            users: new(vec![ada.clone()]),
            tokens: new(vec![one.clone()]),
            ..Changes::default()
        })
        .await;
    bench.store.token_used(&one, NOW).await.unwrap();
    bench.store.user_signed_in(&ada, NOW).await.unwrap();
    // They go with the next writes; closing finishes what waits.
    bench.store.close().await;
    let again = bench.another().await;
    let (used, owner) = again
        .token(TokenKey::Digest([7; 32]))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (used.last_used_at, owner.last_signed_in_at),
        (Some(NOW), Some(NOW))
    );
    // Changing the user or token takes nothing back.
    let mut renamed = (*owner).clone();
    renamed.last_signed_in_at = None;
    let write = Changes {
        users: changed(vec![renamed]),
        tokens: changed(vec![one]),
        ..Changes::default()
    };
    again
        .commit(crate::support::unit(Wanted::default(), move |_| {
            Ok(write.clone())
        }))
        .await
        .unwrap();
    let (used, owner) = again
        .token(TokenKey::Digest([7; 32]))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (used.last_used_at, owner.last_signed_in_at),
        (Some(NOW), Some(NOW))
    );
}

async fn what_is_changed_and_deleted_is_so(bench: Bench) {
    let (mut one, two) = (customer(1, "One"), customer(2, "Two"));
    bench
        .write(Changes {
            customers: new(vec![one.clone(), two.clone()]),
            ..Changes::default()
        })
        .await;
    one.revision = 2;
    one.data.name = "Uno".into();
    one.data.external_ref = None;
    let rows = Rows {
        new: Vec::new(),
        changed: vec![one.clone()],
        deleted: vec![two.id],
    };
    bench
        .write(Changes {
            customers: rows,
            ..Changes::default()
        })
        .await;
    let loaded = bench
        .load(Wanted {
            customers: vec![one.id.into(), two.id.into()],
            ..Wanted::default()
        })
        .await;
    assert_eq!(loaded.customers.len(), 1);
    assert_eq!(*loaded.customers[0], one);
}

async fn references_are_told(bench: Bench) {
    let mut derived = order(31, 1);
    (derived.parent, derived.root) = (Some(id(30)), id(30));
    let removed = License {
        state: LicenseState::Removed,
        ..license(40, Some(id(32)), "001122aabb01")
    };
    let changes = Changes {
        customers: new(vec![customer(10, "Ten"), customer(11, "Eleven")]),
        products: new(vec![product(20, "A"), product(21, "B")]),
        orders: new(vec![order(30, 1), derived, order(32, 1), order(33, 1)]),
        users: new(vec![user(1, "ada"), user(2, "bob")]),
        tokens: new(vec![token(5, 1, 7)]),
        ..Changes::default()
    };
    bench.write(changes).await;
    bench.write(activation(removed, 1)).await;
    let loaded = bench
        .load(Wanted {
            customers: vec![customer(10, "").id.into(), customer(11, "").id.into()],
            products: vec![
                ProductKey::Key(product(20, "").id.into()),
                ProductKey::Key(product(21, "").id.into()),
            ],
            users: vec![UserKey::Login("ada".into()), UserKey::Login("bob".into())],
            orders: (30..34)
                .map(|n| OrderLookup::plain(id::<OrderRef>(n).into()))
                .collect(),
            references: true,
            ..Wanted::default()
        })
        .await;
    let expected = [10, 20, 1, 30, 32]
        .map(uuid::Uuid::from_u128)
        .into_iter()
        .collect();
    assert_eq!(loaded.referenced, expected);
}

async fn licenses_in_force_are_read_by_their_order(bench: Bench) {
    let orders = [order(30, 3), order(31, 1)];
    let changes = Changes {
        customers: new(vec![customer(10, "Ten")]),
        products: new(vec![product(20, "A")]),
        orders: new(orders.to_vec()),
        ..Changes::default()
    };
    bench.write(changes).await;
    let states = [
        (40, 30, LicenseState::Active),
        (41, 30, LicenseState::RemovalRequested),
        (42, 30, LicenseState::Removed),
        (43, 31, LicenseState::Active),
    ];
    for (claim, (n, order, state)) in (1..).zip(states) {
        let license = License {
            state,
            ..license(n, Some(id(order)), "001122aabb01")
        };
        bench.write(activation(license, claim)).await;
    }
    let by_id = OrderKey::from(orders[0].id);
    let by_order_id = OrderKey::OrderId(orders[0].order_id.clone());
    let by_reference = OrderKey::Key(Key::External("po-30".to_owned()));
    for key in [by_id, by_order_id, by_reference] {
        let loaded = bench
            .load(Wanted {
                orders: vec![OrderLookup::plain(key.clone())],
                licenses_of: vec![key],
                ..Wanted::default()
            })
            .await;
        let mut found: Vec<_> = loaded.licenses.iter().map(|l| l.id).collect();
        found.sort_unstable();
        assert_eq!(found, [id(40), id(41)]);
    }
}
