//! Orders that exist: replaced and led from state to state.

use time::macros::date;

use super::*;
use crate::id::Id;
use crate::terms::{HostLock, HostMatch, HostRule, Terms};
use crate::unit::Activity;

#[tokio::test]
async fn only_active_products_are_ordered() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let manager = actor(Role::Manager);
    let other = product(&shop.bench, "other").await;
    let retire = StateChange {
        batch: batch(vec![Key::Id(shop.product.id), Key::Id(other.id)]),
        reason: Some("old".to_owned()),
    };
    shop.bench
        .services
        .retire_products(&manager, retire)
        .await
        .unwrap();
    let refused = (Code::ActionNotAllowed, "productId".to_owned());
    assert_eq!(shop.failure(shop.item()).await, refused);
    let mut moved = read_back(&order);
    moved.product = Key::Id(other.id);
    assert_eq!(shop.failure(moved).await, refused);
    // Orders that exist go on.
    let mut noted = read_back(&order);
    noted.notes = Some("kept".to_owned());
    assert_eq!(shop.order(noted).await.revision, 2);
}

#[tokio::test]
async fn what_was_read_can_be_stored_back() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let asked = shop.bench.generators.validations();
    let same = shop.order(read_back(&order)).await;
    assert_eq!(same, order);
    assert_eq!(shop.bench.generators.validations(), asked);
    let mut longer = read_back(&order);
    longer.valid_until = Some(date!(2027 - 12 - 31));
    longer.features = Vec::new();
    let changed = shop.order(longer).await;
    assert_eq!((changed.revision, changed.data.features.len()), (2, 0));
    let tables = shop.bench.tables();
    let members = tables.audit.last().unwrap().changes.iter();
    let members: Vec<_> = members.map(|change| change.member.as_str()).collect();
    assert_eq!(members, ["feature", "validUntil"]);
}

#[tokio::test]
async fn what_operations_change_is_not_stored() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let stranger = OrderRef::from_uuid(uuid::Uuid::from_u128(9)).to_string();
    let items: [(&str, Spoil); 6] = [
        ("state", |item, _| item.state = Some("REVOKED".to_owned())),
        ("orderId", |item, _| {
            item.order_id = Some("22222-22222-22222-22222".to_owned());
        }),
        ("parentRef", |item, other| item.parent = Some(other)),
        ("rootRef", |item, other| item.root = Some(other)),
        ("relation", |item, _| {
            item.relation = Some("RENEWAL".to_owned());
        }),
        ("terms", |item, _| item.terms = None),
    ];
    for (field, spoil) in items {
        let mut item = read_back(&order);
        spoil(&mut item, stranger.clone());
        let expected = (Code::InvalidRequest, field.to_owned());
        assert_eq!(shop.failure(item).await, expected);
    }
    let stale = OrderItem {
        revision: Some(7),
        ..read_back(&order)
    };
    assert_eq!(shop.failure(stale).await.0, Code::StaleRevision);
    let unknown = OrderItem {
        id: Some(OrderKey::parse("22222-22222-22222-22222").unwrap()),
        ..read_back(&order)
    };
    assert_eq!(
        shop.failure(unknown).await,
        (Code::OrderNotUsable, "id".to_owned())
    );
}

#[tokio::test]
async fn host_rules_stay_while_there_are_live_licenses() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let mut changes = Changes::default();
    changes.activity.push(Activity {
        order: order.id,
        licenses: 1,
        first_activated_on: None,
    });
    shop.write(changes).await;
    let with_terms = |change: fn(&mut Terms)| {
        let mut item = read_back(&order);
        let mut terms = order.data.terms.clone();
        change(&mut terms);
        item.terms = Some(terms);
        item
    };
    let refused = (Code::ActionNotAllowed, "terms".to_owned());
    let unlocked = with_terms(|terms| {
        terms.host_lock = HostLock::None;
        terms.host_rules.clear();
    });
    assert_eq!(shop.failure(unlocked).await, refused);
    let matched = with_terms(|terms| terms.host_match = HostMatch::AtLeast(1));
    assert_eq!(shop.failure(matched).await, refused);
    let more = with_terms(|terms| {
        terms.host_rules.push(HostRule {
            host_type: "HOSTNAME".to_owned(),
            min: 0,
            max: 1,
        });
    });
    assert_eq!(shop.failure(more.clone()).await, refused);
    let raised = with_terms(|terms| terms.max_activations = 9);
    let raised = shop.order(raised).await;
    assert_eq!((raised.revision, raised.active_licenses), (2, 1));

    let mut changes = Changes::default();
    changes.activity.push(Activity {
        order: order.id,
        licenses: -1,
        first_activated_on: None,
    });
    shop.write(changes).await;
    let more = OrderItem {
        revision: Some(2),
        ..more
    };
    assert_eq!(shop.order(more).await.revision, 3);
}

#[tokio::test]
async fn a_revoked_order_stays_revoked() {
    let shop = Shop::open().await;
    let (one, two) = (
        shop.order(shop.item()).await.id,
        shop.order(shop.item()).await.id,
    );
    let services = &shop.bench.services;
    let sales = actor(Role::Sales);
    let missing = services.suspend_orders(&sales, change(&[one], None)).await;
    assert_eq!(missing.unwrap_err().field.as_deref(), Some("reason"));
    for _ in 0..2 {
        let done = services
            .suspend_orders(&sales, change(&[one, one], Some("unpaid")))
            .await;
        assert_eq!(done.unwrap().failed, 0);
    }
    services
        .revoke_orders(&sales, change(&[two], Some("refund")))
        .await
        .unwrap();
    let resumed = services
        .resume_orders(&sales, change(&[one, two], None))
        .await
        .unwrap();
    let failed: Vec<_> = resumed
        .items
        .iter()
        .map(|item| item.failure.is_some())
        .collect();
    assert_eq!(failed, [false, true]);
    let tables = shop.bench.tables();
    let states = [one, two].map(|id| (tables.orders[&id].state, tables.orders[&id].revision));
    assert_eq!(states, [(OrderState::Active, 3), (OrderState::Revoked, 2)]);
    let changes = tables
        .events
        .iter()
        .filter(|event| event.order == Some(one));
    let kinds: Vec<_> = changes.map(|event| event.kind).collect();
    assert_eq!(kinds, ["order.created", "order.suspended", "order.resumed"]);
}
