//! A customer who is erased, with his licenses.

use super::*;
use crate::command::BatchAnswer;
use crate::customer::{Contact, CustomerData, ERASED};

async fn erase(shop: &Shop, role: Role, reason: Option<&str>) -> Result<BatchAnswer<()>> {
    let command = StateChange {
        batch: crate::testing::batch(vec![Key::Id(customer().id); 2]),
        reason: reason.map(str::to_owned),
    };
    shop.bench
        .services
        .erase_customers(&actor(role), command)
        .await
}

async fn with_person(shop: &Shop) -> CustomerData {
    let mut customer = customer();
    customer.revision += 1;
    customer.data = CustomerData {
        contacts: vec![Contact {
            name: "Ada".to_owned(),
            email: None,
            phone: None,
            role: None,
        }],
        notes: Some("likes tea".to_owned()),
        locale: Some("de".to_owned()),
        external_ref: Some("crm-1".to_owned()),
        ..customer.data
    };
    let data = customer.data.clone();
    let customers = Rows {
        changed: vec![customer],
        ..Default::default()
    };
    shop.write(Changes {
        customers,
        ..Changes::default()
    })
    .await;
    data
}

#[tokio::test]
async fn nothing_is_left_but_digests_and_the_callers_id() {
    let shop = Shop::new(ethernet_terms()).await;
    let before = with_person(&shop).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let refused = erase(&shop, Role::Administrator, Some("asked"))
        .await
        .unwrap();
    let failure = refused.items[0].failure.as_ref().unwrap();
    assert_eq!(failure.code, Code::ActionNotAllowed);
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    let done = erase(&shop, Role::Administrator, Some("asked"))
        .await
        .unwrap();
    assert_eq!(done.failed, 0);
    let tables = shop.bench.tables();
    let left = &tables.customers[&customer().id];
    let expected = CustomerData {
        name: ERASED.to_owned(),
        locale: before.locale,
        external_ref: before.external_ref,
        ..customer_data(ERASED)
    };
    assert_eq!((&left.data, left.revision), (&expected, 3));
    let erased = &tables.licenses[&license.id];
    assert!(erased.hosts.is_empty() && erased.licensee.is_none());
    assert_eq!(erased.input_digest, license.input_digest);
    for (file, before) in erased.files.iter().zip(&license.files) {
        assert!(file.is_erased() && file.text().is_none());
        assert_eq!(file.sha256, before.sha256);
    }
    let events = tables
        .events
        .iter()
        .filter(|event| event.kind == "customer.erased");
    assert_eq!(events.count(), 1);
}

#[tokio::test]
async fn erasing_again_changes_nothing() {
    let shop = Shop::new(ethernet_terms()).await;
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    erase(&shop, Role::Administrator, Some("asked"))
        .await
        .unwrap();
    let (audit, customers) = (shop.bench.tables().audit, shop.bench.tables().customers);
    let again = erase(&shop, Role::Administrator, Some("asked"))
        .await
        .unwrap();
    assert_eq!(again.failed, 0);
    assert_eq!(shop.bench.tables().audit, audit);
    assert_eq!(shop.bench.tables().customers, customers);
}

/// An order may have gone to another customer, together with its licenses.
#[tokio::test]
async fn an_order_that_went_elsewhere_counts_while_it_has_a_license_of_his() {
    let shop = Shop::new(ethernet_terms()).await;
    shop.activate(MACHINE).await.unwrap();
    let other = Customer {
        id: id(4711),
        ..customer()
    };
    let customers = Rows {
        new: vec![other.clone()],
        ..Default::default()
    };
    shop.write(Changes {
        customers,
        ..Changes::default()
    })
    .await;
    shop.change_order(|order| order.data.customer = other.id)
        .await;
    let refused = erase(&shop, Role::Administrator, Some("asked"))
        .await
        .unwrap();
    assert_eq!(refused.failed, 2);
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    let done = erase(&shop, Role::Administrator, Some("asked"))
        .await
        .unwrap();
    assert_eq!(done.failed, 0);
}

#[tokio::test]
async fn only_administrators_erase_and_tell_why() {
    let shop = Shop::new(ethernet_terms()).await;
    let denied = erase(&shop, Role::Manager, Some("asked")).await;
    assert_eq!(denied.unwrap_err().code, Code::PermissionDenied);
    let unreasoned = erase(&shop, Role::Administrator, None).await;
    assert_eq!(unreasoned.unwrap_err().field.as_deref(), Some("reason"));
}
