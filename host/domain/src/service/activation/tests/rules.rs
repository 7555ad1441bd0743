//! What state, days and allowances of an order let through.

use time::Duration;
use time::macros::date;

use super::*;
use crate::license::LicenseState;
use crate::terms::Allowance;

#[tokio::test]
async fn orders_that_are_not_served_hand_nothing_out() {
    let shop = Shop::new(Terms {
        moves_allowed: Some(Allowance {
            count: 5,
            per_days: None,
        }),
        ..ethernet_terms()
    })
    .await;
    shop.activate(MACHINE).await.unwrap();
    shop.change_order(|order| order.state = OrderState::Suspended)
        .await;
    assert_eq!(code(shop.activate(MACHINE).await), Code::OrderSuspended);
    assert_eq!(code(shop.fetch(MACHINE).await), Code::OrderSuspended);
    assert_eq!(
        shop.deactivate(MACHINE).await.unwrap().state(),
        LicenseState::Removed
    );
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    assert_eq!(code(shop.activate(MACHINE).await), Code::OrderRevoked);
}

#[tokio::test]
async fn outside_its_days_an_order_gives_stored_licenses_only() {
    let shop = Shop::new(Terms {
        max_activations: 2,
        ..ethernet_terms()
    })
    .await;
    shop.activate(MACHINE).await.unwrap();
    shop.change_order(|order| order.data.valid_until = Some(date!(2026 - 11 - 24)))
        .await;
    assert!(shop.activate(MACHINE).await.is_ok());
    assert_eq!(
        code(shop.activate("001122aabbcd").await),
        Code::OrderExpired
    );
    let staff = ActivateLicense {
        override_reason: Some("promised".into()),
        ..shop.staff("001122aabbcd")
    };
    let support = shop
        .bench
        .services
        .activate_license(&actor(Role::Support), staff.clone())
        .await;
    assert_eq!(code(support), Code::PermissionDenied);
    assert!(
        shop.bench
            .services
            .activate_license(&actor(Role::Manager), staff)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_customer_moves_within_the_allowance() {
    let moves = Allowance {
        count: 1,
        per_days: Some(30),
    };
    let shop = Shop::new(Terms {
        moves_allowed: Some(moves),
        ..ethernet_terms()
    })
    .await;
    assert_eq!(code(shop.deactivate(MACHINE).await), Code::NoLicense);
    let first = shop.activate(MACHINE).await.unwrap().license;
    let removed = shop.deactivate(MACHINE).await.unwrap();
    assert_eq!(
        (removed.license.id, removed.license.files.len()),
        (first.id, 0)
    );
    assert_eq!(shop.deactivate(MACHINE).await.unwrap().license.id, first.id);
    let second = shop.activate("001122aabbcd").await.unwrap().license;
    assert_ne!(second.id, first.id);
    let refused = shop.deactivate("001122aabbcd").await.unwrap_err();
    assert_eq!(refused.code, Code::AllowanceExhausted);
    assert!(refused.message.contains("2026-12-25"), "{refused}");
    shop.bench.clock.set(NOW + Duration::days(30));
    assert!(shop.deactivate("001122aabbcd").await.is_ok());
    shop.check_counters();
}

#[tokio::test]
async fn a_move_needs_terms_that_allow_it() {
    let shop = Shop::new(ethernet_terms()).await;
    shop.activate(MACHINE).await.unwrap();
    assert_eq!(code(shop.deactivate(MACHINE).await), Code::ActionNotAllowed);
}
