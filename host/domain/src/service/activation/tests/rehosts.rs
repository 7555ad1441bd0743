//! Rehosts: one license in another's place, within the allowance, whoever asks again.

use super::*;
use crate::command::{Rehost, RehostLicense};
use crate::license::LicenseState;
use crate::order::UseKind;
use crate::terms::{Allowance, HostMatch, HostRule};

const OTHER: &str = "00-11-22-AA-BB-CD";

fn terms(most: u32, moves: u32) -> Terms {
    Terms {
        max_activations: most,
        moves_allowed: Some(Allowance {
            count: moves,
            per_days: None,
        }),
        ..ethernet_terms()
    }
}

impl Shop {
    async fn rehost(&self, from: &str, to: &str) -> Result<IssuedLicense> {
        self.rehost_all(vec![host(from)], vec![host(to)]).await
    }

    async fn rehost_all(&self, hosts: Vec<Host>, new_hosts: Vec<Host>) -> Result<IssuedLicense> {
        let command = Rehost {
            order_id: self.order.order_id.expose().to_owned(),
            hosts,
            new_hosts,
        };
        self.bench.services.rehost(&customer_actor(), command).await
    }

    async fn rehost_by(&self, role: Role, command: RehostLicense) -> Result<License> {
        self.bench
            .services
            .rehost_license(&actor(role), command)
            .await
    }
}

fn to(license: &License, value: &str) -> RehostLicense {
    RehostLicense {
        license: Key::Id(license.id),
        new_hosts: vec![host(value)],
        override_reason: None,
        reason: None,
        options: WriteOptions::default(),
    }
}

#[tokio::test]
async fn a_rehost_puts_a_license_in_the_others_place() {
    let shop = Shop::new(terms(1, 1)).await;
    let old = shop.activate(MACHINE).await.unwrap().license;
    shop.bench.clock.set(NOW + time::Duration::days(3));
    let new = shop.rehost(MACHINE, OTHER).await.unwrap().license;
    assert_eq!((new.replaces, new.activated_on), (Some(old.id), NOW.date()));
    assert_eq!(shop.fetch(OTHER).await.unwrap().license, new);
    assert_eq!(code(shop.fetch(MACHINE).await), Code::NoLicense);
    let tables = shop.bench.tables();
    let over = &tables.licenses[&old.id];
    assert_eq!(
        (over.state, over.replaced_by, over.revision),
        (LicenseState::Replaced, Some(new.id), 2)
    );
    assert_eq!(over.files, old.files);
    let used = tables
        .uses
        .iter()
        .map(|(_, used)| (used.kind, used.license));
    assert_eq!(used.collect::<Vec<_>>(), [(UseKind::Move, old.id)]);
    let events: Vec<_> = tables.events.iter().map(|event| event.kind).collect();
    assert_eq!(
        events,
        ["license.created", "license.replaced", "license.created"]
    );
    let actions: Vec<_> = tables.audit.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["activate", "rehost", "rehost"]);
    shop.check_counters();
}

#[tokio::test]
async fn a_repeated_rehost_is_answered_and_not_counted() {
    let shop = Shop::new(terms(2, 1)).await;
    shop.activate(MACHINE).await.unwrap();
    let new = shop.rehost(MACHINE, OTHER).await.unwrap();
    let runs = shop.bench.generators.runs();
    assert_eq!(shop.rehost(MACHINE, OTHER).await.unwrap(), new);
    // To where it is already.
    assert_eq!(shop.rehost(OTHER, OTHER).await.unwrap(), new);
    assert_eq!(shop.bench.generators.runs(), runs);
    assert_eq!(shop.bench.tables().uses.len(), 1);
    // From a machine that never had it.
    let stranger = shop.rehost("001122aabb00", OTHER).await;
    assert_eq!(code(stranger), Code::NoLicense);
    shop.check_counters();
}

#[tokio::test]
async fn a_machine_that_holds_another_license_is_in_use() {
    let shop = Shop::new(terms(2, 5)).await;
    shop.activate(MACHINE).await.unwrap();
    shop.activate(OTHER).await.unwrap();
    let error = shop.rehost(MACHINE, OTHER).await.unwrap_err();
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::InUse, Some("newHost"))
    );
    shop.check_counters();
}

#[tokio::test]
async fn the_allowance_is_the_customers_and_staff_need_none() {
    let shop = Shop::new(terms(1, 1)).await;
    shop.activate(MACHINE).await.unwrap();
    let new = shop.rehost(MACHINE, OTHER).await.unwrap().license;
    assert_eq!(
        code(shop.rehost(OTHER, MACHINE).await),
        Code::AllowanceExhausted
    );
    let back = shop
        .rehost_by(Role::Support, to(&new, MACHINE))
        .await
        .unwrap();
    assert_eq!(shop.bench.tables().uses.len(), 1);
    // Asked again by the old id it is told, as a customer's.
    assert_eq!(
        shop.rehost_by(Role::Support, to(&new, MACHINE)).await,
        Ok(back.clone())
    );
    // But what is over can't go elsewhere.
    let error = shop
        .rehost_by(Role::Support, to(&new, "001122aabb00"))
        .await;
    assert_eq!(code(error), Code::ActionNotAllowed);
    assert_eq!(
        code(shop.rehost_by(Role::Sales, to(&back, OTHER)).await),
        Code::PermissionDenied
    );
    shop.check_counters();
}

#[tokio::test]
async fn without_an_allowance_there_is_no_rehost() {
    let shop = Shop::new(ethernet_terms()).await;
    shop.activate(MACHINE).await.unwrap();
    assert_eq!(
        code(shop.rehost(MACHINE, OTHER).await),
        Code::ActionNotAllowed
    );
    let error = shop
        .rehost_all(vec![host(MACHINE)], Vec::new())
        .await
        .unwrap_err();
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::HostMissing, Some("newHost"))
    );
}

#[tokio::test]
async fn an_override_lifts_the_days_and_nothing_else() {
    let shop = Shop::new(terms(1, 1)).await;
    let old = shop.activate(MACHINE).await.unwrap().license;
    shop.change_order(|order| order.data.valid_until = NOW.date().previous_day())
        .await;
    assert_eq!(code(shop.rehost(MACHINE, OTHER).await), Code::OrderExpired);
    assert_eq!(
        code(shop.rehost_by(Role::Manager, to(&old, OTHER)).await),
        Code::OrderExpired
    );
    let lifted = RehostLicense {
        override_reason: Some("goodwill".into()),
        ..to(&old, OTHER)
    };
    assert_eq!(
        code(shop.rehost_by(Role::Support, lifted.clone()).await),
        Code::PermissionDenied
    );
    shop.change_order(|order| order.state = OrderState::Suspended)
        .await;
    assert_eq!(
        code(shop.rehost_by(Role::Manager, lifted.clone()).await),
        Code::OrderSuspended
    );
    shop.change_order(|order| order.state = OrderState::Active)
        .await;
    shop.rehost_by(Role::Manager, lifted).await.unwrap();
    assert_eq!(
        shop.bench.tables().audit.last().unwrap().reason.as_deref(),
        Some("goodwill")
    );
}

#[tokio::test]
async fn more_licenses_than_are_allowed_by_now_do_not_move() {
    let shop = Shop::new(terms(2, 5)).await;
    shop.activate(MACHINE).await.unwrap();
    shop.activate(OTHER).await.unwrap();
    shop.change_order(|order| order.data.terms.max_activations = 1)
        .await;
    let refused = shop.rehost(MACHINE, "001122aabb00").await;
    assert_eq!(code(refused), Code::NoActivationsLeft);
    shop.check_counters();
}

#[tokio::test]
async fn one_exchanged_host_of_three_is_a_rehost() {
    let shop = Shop::new(Terms {
        host_match: HostMatch::AtLeast(2),
        min_hosts: 2,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".into(),
            min: 0,
            max: 3,
        }],
        ..terms(1, 1)
    })
    .await;
    let hosts = |last: &str| vec![host("001122aabb00"), host("001122aabb01"), host(last)];
    let old = shop
        .activate_with(hosts("001122aabb02"))
        .await
        .unwrap()
        .license;
    let new = shop
        .rehost_all(hosts("001122aabb02"), hosts("001122aabb03"))
        .await
        .unwrap()
        .license;
    assert_eq!(
        (&new.hosts, new.replaces),
        (&hosts("001122aabb03"), Some(old.id))
    );
    shop.check_counters();
}

#[tokio::test]
async fn a_dry_run_and_a_repeated_request() {
    let shop = Shop::new(terms(1, 0)).await;
    let old = shop.activate(MACHINE).await.unwrap().license;
    let with = |request: &str, dry_run| RehostLicense {
        options: WriteOptions {
            request_id: Some(request.to_owned()),
            dry_run,
        },
        ..to(&old, OTHER)
    };
    shop.rehost_by(Role::Support, with("r", true))
        .await
        .unwrap();
    assert_eq!(shop.licenses(), std::slice::from_ref(&*old));
    let new = shop
        .rehost_by(Role::Support, with("r", false))
        .await
        .unwrap();
    shop.remove(new.id).await;
    let again = shop
        .rehost_by(Role::Support, with("r", false))
        .await
        .unwrap();
    assert_eq!((again.id, again.state), (new.id, LicenseState::Removed));
    let other = RehostLicense {
        new_hosts: vec![host("001122aabb00")],
        ..with("r", false)
    };
    assert_eq!(
        code(shop.rehost_by(Role::Support, other).await),
        Code::IdempotencyConflict
    );
}
