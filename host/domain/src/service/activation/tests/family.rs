//! Orders that come from others, and what becomes of those.

use time::macros::date;

use super::*;
use crate::command::{DeriveOrder, EmergencyLicense, OrderDetails};
use crate::license::{LicenseState, RemovedBy};
use crate::order::Relation;

impl Shop {
    fn derivation(&self, relation: Relation) -> DeriveOrder {
        DeriveOrder {
            id: OrderKey::OrderId(self.order.order_id.clone()),
            relation,
            customer: None,
            product: None,
            terms: None,
            features: Vec::new(),
            valid_from: None,
            valid_until: None,
            keep_parent: None,
            options: WriteOptions::default(),
        }
    }

    async fn derive(&self, command: DeriveOrder) -> Result<OrderDetails> {
        let services = &self.bench.services;
        services.derive_order(&actor(Role::Sales), command).await
    }

    async fn refused(&self, command: DeriveOrder) -> (Code, String) {
        let error = self.derive(command).await.unwrap_err();
        (error.code, error.field.unwrap_or_default())
    }

    fn parent(&self) -> Order {
        self.bench.tables().orders[&self.order.id].clone()
    }

    /// A further product, with terms of its own.
    async fn other_product(&self) -> Product {
        let mut other = Product {
            id: id(5),
            ..product()
        };
        other.data.code = "cad-pro".to_owned();
        other.data.terms = Terms {
            quantity: 7,
            ..ethernet_terms()
        };
        let products = Rows {
            new: vec![other.clone()],
            ..Default::default()
        };
        self.write(Changes {
            products,
            ..Changes::default()
        })
        .await;
        other
    }
}

fn two_machines() -> Terms {
    Terms {
        max_activations: 2,
        ..ethernet_terms()
    }
}

#[tokio::test]
async fn a_renewal_is_as_its_parent_which_stays_as_it_is() {
    let shop = Shop::new(two_machines()).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let before = shop.parent();
    let command = DeriveOrder {
        valid_from: Some(date!(2027 - 01 - 01)),
        ..shop.derivation(Relation::Renewal)
    };
    let made = shop.derive(command).await.unwrap();
    assert_eq!(made.shown_order_id, made.order.order_id.expose());
    assert_ne!(made.order.order_id, before.order_id);
    let expected = OrderData {
        valid_from: Some(date!(2027 - 01 - 01)),
        ..before.data.clone()
    };
    assert_eq!(made.order.data, expected);
    let descent = (made.order.parent, made.order.root, made.order.relation);
    let renewal = Some(Relation::Renewal);
    assert_eq!(descent, (Some(before.id), before.id, renewal));
    assert_eq!(shop.parent(), before);
    assert!(
        shop.licenses()
            .iter()
            .all(|l| l.id == license.id && l.is_live())
    );
    let tables = shop.bench.tables();
    let entry = tables.audit.last().unwrap();
    assert_eq!(entry.action, "deriveOrder");
    let told = |member: &str| {
        let mut changes = entry.changes.iter();
        changes.any(|change| change.member == member && change.after.is_some())
    };
    assert!(told("parentRef") && told("relation"));

    let again = DeriveOrder {
        id: made.order.id.into(),
        ..shop.derivation(Relation::Addon)
    };
    let grandchild = shop.derive(again).await.unwrap().order;
    let descent = (grandchild.parent, grandchild.root);
    assert_eq!(descent, (Some(made.order.id), before.id));
}

#[tokio::test]
async fn an_upgrade_takes_the_place_of_its_parent() {
    let shop = Shop::new(two_machines()).await;
    shop.activate(MACHINE).await.unwrap();
    let second = shop.activate("00-11-22-AA-BB-DD").await.unwrap().license;
    shop.ask(second.id).await;
    let other = shop.other_product().await;
    let command = DeriveOrder {
        product: Some(other.id.into()),
        ..shop.derivation(Relation::Upgrade)
    };
    let made = shop.derive(command).await.unwrap().order;
    assert_eq!(made.data.product, other.id);
    assert_eq!(made.data.terms, other.data.terms);
    assert_eq!(made.data.features, other.data.features);
    assert_eq!(made.active_licenses, 0);

    let parent = shop.parent();
    assert_eq!(
        (parent.state, parent.active_licenses),
        (OrderState::Revoked, 0)
    );
    for license in shop.licenses() {
        assert_eq!(license.state, LicenseState::Removed);
        assert_eq!(license.removal.unwrap().by, Some(RemovedBy::Staff));
    }
    shop.check_counters();
    assert_eq!(code(shop.activate(MACHINE).await), Code::OrderRevoked);
    let tables = shop.bench.tables();
    let kinds = tables.events.iter().rev().take(4).map(|event| event.kind);
    let mut kinds: Vec<_> = kinds.collect();
    kinds.reverse();
    let removed = "license.removed";
    assert_eq!(kinds, ["order.created", "order.revoked", removed, removed]);
}

#[tokio::test]
async fn what_becomes_of_the_parent_can_be_said() {
    for (relation, keep_parent, state) in [
        (Relation::Renewal, Some(false), OrderState::Revoked),
        (Relation::Addon, None, OrderState::Active),
        (Relation::Upgrade, Some(true), OrderState::Active),
        (Relation::Transfer, None, OrderState::Revoked),
    ] {
        let shop = Shop::new(two_machines()).await;
        let command = DeriveOrder {
            customer: Some(Key::Id(customer().id)),
            keep_parent,
            ..shop.derivation(relation)
        };
        shop.derive(command).await.unwrap();
        assert_eq!(shop.parent().state, state, "{relation}");
    }
}

#[tokio::test]
async fn a_dry_run_derives_nothing() {
    let shop = Shop::new(two_machines()).await;
    shop.activate(MACHINE).await.unwrap();
    let before = shop.bench.tables();
    let mut command = shop.derivation(Relation::Upgrade);
    command.options.dry_run = true;
    let made = shop.derive(command).await.unwrap();
    assert_eq!(made.shown_order_id, made.order.order_id.shortened());
    let after = shop.bench.tables();
    assert_eq!(after.orders, before.orders);
    assert_eq!(after.licenses, before.licenses);
    assert_eq!(after.audit, before.audit);
}

#[tokio::test]
async fn a_repeated_derivation_answers_the_same_order() {
    let shop = Shop::new(two_machines()).await;
    let mut command = shop.derivation(Relation::Upgrade);
    command.options.request_id = Some("r1".to_owned());
    let made = shop.derive(command.clone()).await.unwrap();
    let again = shop.derive(command.clone()).await.unwrap();
    assert_eq!(again, made);
    assert_eq!(shop.bench.tables().orders.len(), 2);
    command.relation = Relation::Renewal;
    let other = shop.refused(command).await;
    assert_eq!(other.0, Code::IdempotencyConflict);
}

#[tokio::test]
async fn what_can_not_be_derived_is_refused() {
    let shop = Shop::new(two_machines()).await;
    let transfer = shop.derivation(Relation::Transfer);
    let refused = (Code::InvalidRequest, "customerId".to_owned());
    assert_eq!(shop.refused(transfer).await, refused);
    let unknown = DeriveOrder {
        id: id::<OrderRef>(99).into(),
        ..shop.derivation(Relation::Renewal)
    };
    assert_eq!(
        shop.refused(unknown).await,
        (Code::NotFound, "id".to_owned())
    );
    let of_nothing = DeriveOrder {
        product: Some(Key::Id(id(99))),
        ..shop.derivation(Relation::Upgrade)
    };
    let refused = (Code::NotFound, "productId".to_owned());
    assert_eq!(shop.refused(of_nothing).await, refused);
    assert_eq!(shop.parent().state, OrderState::Active);
    shop.change_order(|order| order.state = OrderState::Suspended)
        .await;
    shop.derive(shop.derivation(Relation::Addon)).await.unwrap();
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    let late = shop.derivation(Relation::Addon);
    let refused = (Code::ActionNotAllowed, "id".to_owned());
    assert_eq!(shop.refused(late).await, refused);
}

/// As many as a batch has items, whatever counts they have in their order.
#[tokio::test]
async fn licenses_end_with_their_order_up_to_a_limit() {
    let shop = Shop::new(Terms {
        max_activations: 0,
        ..ethernet_terms()
    })
    .await;
    for machine in 0..1000 {
        shop.activate(&format!("{machine:012x}")).await.unwrap();
    }
    let emergency = EmergencyLicense {
        order: shop.order.id.into(),
        hosts: vec![host(MACHINE)],
        days: Some(7),
        reason: "test".to_owned(),
        options: WriteOptions::default(),
    };
    let services = &shop.bench.services;
    let staff = actor(Role::Support);
    let extra = services.emergency_license(&staff, emergency).await.unwrap();
    let upgrade = || shop.derivation(Relation::Upgrade);
    let refused = (Code::LimitExceeded, "id".to_owned());
    assert_eq!(shop.refused(upgrade()).await, refused);
    let one_more = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(shop.refused(upgrade()).await, refused);
    assert_eq!(shop.parent().state, OrderState::Active);
    let kept = DeriveOrder {
        keep_parent: Some(true),
        ..upgrade()
    };
    shop.derive(kept).await.unwrap();

    shop.remove(extra.id).await;
    shop.remove(one_more.id).await;
    shop.derive(upgrade()).await.unwrap();
    assert_eq!(shop.parent().active_licenses, 0);
    assert!(shop.licenses().iter().all(|license| !license.is_live()));
}

#[tokio::test]
async fn who_writes_orders_may_derive_them() {
    let shop = Shop::new(two_machines()).await;
    for role in Role::ALL {
        let command = shop.derivation(Relation::Addon);
        let services = &shop.bench.services;
        let may = services.derive_order(&actor(*role), command).await;
        let writes = matches!(role, Role::Administrator | Role::Manager | Role::Sales);
        let expected = (!writes).then_some(Code::PermissionDenied);
        assert_eq!(may.err().map(|error| error.code), expected, "{role}");
    }
}
