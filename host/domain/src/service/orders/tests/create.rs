//! New orders: what they copy, how many there are, which Order IDs they get.

use std::collections::HashSet;

use proptest::prelude::*;
use time::macros::date;

use super::*;
use crate::attribute::Attribute;
use crate::command::Batch;
use crate::generator::Problem;
use crate::order_id::OrderId;
use crate::service::orders::draft::Draft;
use crate::terms::Terms;
use crate::testing::{ethernet_terms, feature, replace};
use crate::unit::ProductKey;

#[tokio::test]
async fn a_new_order_copies_what_it_leaves_out() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    assert_eq!(order.data.terms, shop.product.data.terms);
    assert_eq!(order.data.features, shop.product.data.features);
    assert_eq!(
        (order.root, order.created_on),
        (order.id, date!(2026 - 11 - 25))
    );
    let own = OrderItem {
        features: vec![feature("extra")],
        ..shop.item()
    };
    let own = shop.order(own).await;
    assert_eq!(own.data.terms, shop.product.data.terms);
    assert_eq!(own.data.features, [feature("extra")]);
}

#[tokio::test]
async fn many_orders_have_an_order_id_each() {
    let shop = Shop::open().await;
    let orders = shop.create(1000).await;
    let ids: HashSet<_> = orders.iter().map(|o| &o.order.order_id).collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.iter().all(|id| id.is_own()));
    assert_eq!(shop.bench.tables().orders.len(), 1000);
    assert_eq!(
        shop.bench
            .tables()
            .audit
            .iter()
            .filter(|e| e.action == "createOrders")
            .count(),
        1000
    );
}

/// Whether the features are its own or those of its product, and whichever operation asks.
#[tokio::test]
async fn orders_that_are_too_much_together_are_refused() {
    let shop = Shop::open().await;
    let sales = actor(Role::Sales);
    let mut product = shop.product.clone();
    product.data.features = (0..1000).map(|i| feature(&format!("f{i}"))).collect();
    let richer = replace(product.id, product.revision, product.data.clone());
    let manager = actor(Role::Manager);
    let stored = shop
        .bench
        .services
        .store_products(&manager, batch(vec![richer]));
    assert_eq!(stored.await.unwrap().failed, 0);
    let own = OrderItem {
        features: product.data.features,
        ..shop.item()
    };
    for item in [own, shop.item()] {
        for dry_run in [false, true] {
            let mut command = CreateOrders {
                order: item.clone(),
                ..shop.copies(1000)
            };
            command.options.dry_run = dry_run;
            let refused = shop.bench.services.create_orders(&sales, command).await;
            assert_eq!(refused.unwrap_err().code, Code::LimitExceeded);
        }
        let many = shop
            .bench
            .services
            .store_orders(&sales, batch(vec![item; 1000]));
        assert_eq!(many.await.unwrap_err().code, Code::LimitExceeded);
    }
    assert!(shop.bench.tables().orders.is_empty());
    assert_eq!(shop.create(100).await.len(), 100);
}

#[tokio::test]
async fn an_order_id_of_a_dry_run_is_not_told() {
    let shop = Shop::open().await;
    let mut command = shop.copies(2);
    command.options.dry_run = true;
    let sales = actor(Role::Sales);
    let services = &shop.bench.services;
    let orders = services.create_orders(&sales, command).await.unwrap();
    assert_eq!(orders.orders.len(), 2);
    for order in orders.orders {
        assert_eq!(order.shown_order_id, order.order.order_id.shortened());
    }
    assert!(shop.bench.tables().orders.is_empty());
}

#[tokio::test]
async fn what_a_copy_can_not_have_is_refused_for_the_request() {
    let shop = Shop::open().await;
    let sales = actor(Role::Sales);
    let mut referred = shop.copies(2);
    referred.order.external_ref = Some("r-1".to_owned());
    let mut imported = shop.copies(2);
    imported.order.order_id = Some("OLD0001000200030004".to_owned());
    let mut none = shop.copies(0);
    none.count = 0;
    let mut backwards = shop.copies(3);
    backwards.order.valid_from = Some(date!(2027 - 01 - 02));
    backwards.order.valid_until = Some(date!(2027 - 01 - 01));
    for (command, field) in [
        (referred, "order.externalRef"),
        (imported, "order.orderId"),
        (none, "count"),
        (shop.copies(1001), "count"),
        (backwards, "order.validUntil"),
    ] {
        let error = shop
            .bench
            .services
            .create_orders(&sales, command)
            .await
            .unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
    assert!(shop.bench.tables().orders.is_empty());
}

#[tokio::test]
async fn a_repeated_request_makes_no_further_orders() {
    let shop = Shop::open().await;
    let sales = actor(Role::Sales);
    let mut command = shop.copies(3);
    command.options.request_id = Some("r1".to_owned());
    let first = shop
        .bench
        .services
        .create_orders(&sales, command.clone())
        .await
        .unwrap()
        .orders;
    let suspend = change(&[first[1].order.id], Some("unpaid"));
    shop.bench
        .services
        .suspend_orders(&sales, suspend)
        .await
        .unwrap();
    let again = shop
        .bench
        .services
        .create_orders(&sales, command.clone())
        .await
        .unwrap()
        .orders;
    let ids = |orders: &[OrderDetails]| orders.iter().map(|o| o.order.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(again[1].order.state, OrderState::Suspended);
    assert_eq!(shop.bench.tables().orders.len(), 3);
    command.count = 4;
    let other = shop
        .bench
        .services
        .create_orders(&sales, command)
        .await
        .unwrap_err();
    assert_eq!(other.code, Code::IdempotencyConflict);
}

#[tokio::test]
async fn an_imported_order_id_is_given_out_once() {
    let shop = Shop::open().await;
    let imported = OrderItem {
        order_id: Some("old-0001-0002-0003-0004".to_owned()),
        ..shop.item()
    };
    let answer = shop.store(vec![imported.clone(), imported.clone()]).await;
    let first = answer.items[0].value.as_ref().unwrap();
    assert_eq!(first.shown_order_id, "OLD0001000200030004");
    let exists = (Code::AlreadyExists, "orderId".to_owned());
    let second = answer.items[1].failure.clone().unwrap();
    assert_eq!((second.code, second.field.unwrap()), exists);
    assert_eq!(shop.failure(imported).await, exists);
    let short = OrderItem {
        order_id: Some("SHORT".to_owned()),
        ..shop.item()
    };
    assert_eq!(
        shop.failure(short).await,
        (Code::InvalidRequest, "orderId".to_owned())
    );
}

#[tokio::test]
async fn own_terms_and_features_are_shown_to_the_generator() {
    let shop = Shop::open().await;
    let asked = shop.bench.generators.validations();
    shop.order(shop.item()).await;
    assert_eq!(shop.bench.generators.validations(), asked);
    let mut parameter = feature("extra");
    parameter.parameters.push(Attribute {
        name: "tier".to_owned(),
        value: "high".to_owned(),
    });
    let item = OrderItem {
        features: vec![feature("core"), parameter],
        ..shop.item()
    };
    let field = "feature[1].parameter[0].value";
    assert_eq!(
        shop.failure(item).await,
        (Code::InvalidRequest, field.to_owned())
    );
    shop.bench.generators.find(vec![Problem {
        code: "TOO_MANY".to_owned(),
        message: "At most 5.".to_owned(),
        field: Some("/quantity".to_owned()),
    }]);
    let item = OrderItem {
        terms: Some(Terms {
            quantity: 6,
            ..ethernet_terms()
        }),
        ..shop.item()
    };
    let refused = (Code::GeneratorRejected, "terms.quantity".to_owned());
    assert_eq!(shop.failure(item).await, refused);
}

#[tokio::test]
async fn a_product_that_changes_under_an_order_is_looked_at_again() {
    let shop = Shop::open().await;
    let item = Arc::new(OrderItem {
        terms: Some(ethernet_terms()),
        ..shop.item()
    });
    let draft = Draft {
        item,
        id: shop.bench.services.new_id(),
        drawn: OrderId::parse("22222-22222-22222-22222").unwrap(),
        checked: Ok(Some(shop.product.revision)),
        descent: None,
    };
    let wanted = Wanted {
        products: vec![ProductKey::Key(Key::Id(shop.product.id))],
        ..Wanted::default()
    };
    let before = shop
        .bench
        .services
        .store
        .load(wanted.clone())
        .await
        .unwrap();
    assert!(!draft.is_stale(&before));
    let manager = actor(Role::Manager);
    let mut data = shop.product.data.clone();
    data.name = "Another name".to_owned();
    let change = batch(vec![replace(shop.product.id, shop.product.revision, data)]);
    shop.bench
        .services
        .store_products(&manager, change)
        .await
        .unwrap();
    let mut after = shop.bench.services.store.load(wanted).await.unwrap();
    assert!(draft.is_stale(&after));
    after.products.clear();
    after.taken_order_ids = vec![draft.drawn.clone()];
    assert!(draft.is_stale(&after));
}

#[tokio::test]
async fn roles_decide_who_may() {
    let shop = Shop::open().await;
    for role in Role::ALL {
        let command: Batch<_> = batch(vec![shop.item()]);
        let may = shop
            .bench
            .services
            .store_orders(&actor(*role), command)
            .await;
        let writes = matches!(role, Role::Administrator | Role::Manager | Role::Sales);
        let code = may.err().map(|error| error.code);
        assert_eq!(code, (!writes).then_some(Code::PermissionDenied), "{role}");
    }
}

proptest! {
    /// However items are mixed, each one that was done made one order, and no Order ID is there
    /// twice, nor one of an item that failed.
    #[test]
    fn order_ids_and_orders_go_together(imports in proptest::collection::vec(proptest::option::of(0_u8..4), 1..12), atomic: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let shop = Shop::open().await;
            let item = |import: &Option<u8>| OrderItem {
                order_id: import.map(|n| format!("IMPORTED0000000{n}")),
                ..shop.item()
            };
            let mut command = batch(imports.iter().map(item).collect());
            command.atomic = atomic;
            let answer = shop.bench.services.store_orders(&actor(Role::Sales), command).await.unwrap();
            let mut distinct: Vec<_> = imports.iter().flatten().collect();
            distinct.sort_unstable();
            distinct.dedup();
            let good = imports.iter().filter(|import| import.is_none()).count() + distinct.len();
            let failed = imports.len() - good;
            let written = if atomic && failed > 0 { 0 } else { good };
            let tables = shop.bench.tables();
            prop_assert_eq!(answer.failed, failed);
            prop_assert_eq!(answer.items.iter().filter(|item| item.value.is_some()).count(), written);
            prop_assert_eq!((tables.orders.len(), tables.order_ids.len()), (written, written));
            Ok(())
        })?;
    }
}
