//! Emergency licenses: short, not counted, one a machine while it is good.

use time::Duration;

use super::*;
use crate::command::EmergencyLicense;
use crate::date::DateRule;
use crate::license::LicenseKind;
use crate::terms::{Allowance, EmergencyAllowance};

fn terms(count: u32, days: u32) -> Terms {
    Terms {
        emergency_allowed: Some(EmergencyAllowance {
            allowance: Allowance {
                count,
                per_days: None,
            },
            days,
        }),
        ..ethernet_terms()
    }
}

impl Shop {
    async fn emergency(&self, value: &str) -> Result<IssuedLicense> {
        let services = &self.bench.services;
        services
            .emergency(&customer_actor(), self.machine(value))
            .await
    }

    async fn emergency_by_staff(&self, days: Option<u32>) -> Result<License> {
        let command = EmergencyLicense {
            order: self.order.id.into(),
            hosts: vec![host(MACHINE)],
            days,
            reason: "their server burnt".into(),
            options: WriteOptions::default(),
        };
        let services = &self.bench.services;
        services
            .emergency_license(&actor(Role::Support), command)
            .await
    }
}

#[tokio::test]
async fn an_emergency_license_is_short_and_besides_any_other() {
    let shop = Shop::new(terms(1, 7)).await;
    let short = shop.emergency(MACHINE).await.unwrap().license;
    assert_eq!(short.kind, LicenseKind::Emergency);
    // The seventh day is the last, of its features as well.
    let last = Some((NOW + Duration::days(6)).date());
    assert_eq!(
        (short.expires_on, short.features[0].expires_on),
        (last, last)
    );
    let order = shop.bench.tables().orders[&shop.order.id].clone();
    assert_eq!((order.active_licenses, order.first_activated_on), (0, None));
    assert_eq!(code(shop.fetch(MACHINE).await), Code::NoLicense);
    let full = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(full.kind, LicenseKind::Activation);
    assert_eq!(shop.emergency(MACHINE).await.unwrap().license, short);
    assert_eq!(shop.bench.tables().uses.len(), 1);
}

#[tokio::test]
async fn it_ends_no_later_than_the_order_says() {
    let last = (NOW + Duration::days(2)).date();
    let shop = Shop::new(Terms {
        expiry: DateRule::Fixed { date: last },
        ..terms(1, 7)
    })
    .await;
    let short = shop.emergency(MACHINE).await.unwrap().license;
    assert_eq!(short.expires_on, Some(last));
}

#[tokio::test]
async fn a_further_one_takes_the_place_of_one_that_is_over() {
    let shop = Shop::new(terms(2, 1)).await;
    let first = shop.emergency(MACHINE).await.unwrap().license;
    shop.bench.clock.set(NOW + Duration::days(1));
    let second = shop.emergency(MACHINE).await.unwrap().license;
    assert_ne!(first.id, second.id);
    assert_eq!(shop.emergency(MACHINE).await.unwrap().license, second);
    shop.bench.clock.set(NOW + Duration::days(2));
    assert_eq!(
        code(shop.emergency(MACHINE).await),
        Code::AllowanceExhausted
    );
}

#[tokio::test]
async fn staff_is_not_bound_by_the_allowance() {
    let shop = Shop::new(ethernet_terms()).await;
    assert_eq!(code(shop.emergency(MACHINE).await), Code::ActionNotAllowed);
    let error = shop.emergency_by_staff(None).await.unwrap_err();
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::InvalidRequest, Some("days"))
    );
    for days in [0, 367] {
        assert_eq!(
            code(shop.emergency_by_staff(Some(days)).await),
            Code::InvalidRequest
        );
    }
    let short = shop.emergency_by_staff(Some(3)).await.unwrap();
    assert_eq!(short.expires_on, Some((NOW + Duration::days(2)).date()));
    assert_eq!(*shop.emergency(MACHINE).await.unwrap().license, short);
    assert_eq!(shop.bench.tables().uses, []);
    let reasons = shop
        .bench
        .tables()
        .audit
        .into_iter()
        .map(|entry| entry.reason);
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [Some("their server burnt".to_owned())]
    );
}

#[tokio::test]
async fn an_order_that_is_not_served_gives_none() {
    let shop = Shop::new(terms(5, 7)).await;
    shop.change_order(|order| order.data.valid_until = NOW.date().previous_day())
        .await;
    assert_eq!(code(shop.emergency(MACHINE).await), Code::OrderExpired);
    shop.change_order(|order| order.state = OrderState::Suspended)
        .await;
    assert_eq!(code(shop.emergency(MACHINE).await), Code::OrderSuspended);
    assert_eq!(shop.licenses(), []);
}

#[tokio::test]
async fn many_at_once_share_one() {
    let shop = Arc::new(Shop::new(terms(1, 7)).await);
    let callers = (0..8).map(|_| {
        let shop = Arc::clone(&shop);
        tokio::spawn(async move { shop.emergency(MACHINE).await.unwrap().license.id })
    });
    let mut ids = BTreeSet::new();
    for caller in callers.collect::<Vec<_>>() {
        ids.insert(caller.await.unwrap());
    }
    assert_eq!((ids.len(), shop.bench.generators.runs()), (1, 1));
}
