//! Replacements: the same hosts, parameters and days, what the order says now.

use super::*;
use crate::attribute::Attribute;
use crate::command::{BatchAnswer, Status};
use crate::date::{Base, DateRule, Unit};
use crate::license::LicenseState;
use crate::testing::feature;

fn note(value: &str) -> Vec<Attribute> {
    vec![Attribute {
        name: "note".into(),
        value: value.into(),
    }]
}

fn command(ids: &[LicenseId]) -> StateChange<Key<LicenseId>> {
    StateChange {
        batch: Batch {
            items: ids.iter().copied().map(Key::Id).collect(),
            atomic: false,
            options: WriteOptions::default(),
        },
        reason: Some("renewed".to_owned()),
    }
}

impl Shop {
    pub(super) async fn replace(
        &self,
        command: StateChange<Key<LicenseId>>,
    ) -> BatchAnswer<License> {
        self.bench
            .services
            .replace_licenses(&actor(Role::Support), command)
            .await
            .unwrap()
    }
}

fn a_year() -> Terms {
    Terms {
        max_activations: 0,
        expiry: DateRule::After {
            amount: 1,
            unit: Unit::Years,
            from: Base::EachActivation,
        },
        ..ethernet_terms()
    }
}

#[tokio::test]
async fn a_replacement_keeps_hosts_parameters_and_days() {
    let shop = Shop::new(a_year()).await;
    let staff = ActivateLicense {
        parameters: note("kept"),
        attributes: note("own"),
        ..shop.staff(MACHINE)
    };
    let services = &shop.bench.services;
    let old = services
        .activate_license(&actor(Role::Support), staff)
        .await
        .unwrap();
    shop.bench.clock.set(NOW + time::Duration::days(30));
    shop.change_order(|order| order.data.features = vec![feature("core"), feature("more")])
        .await;
    let answer = shop.replace(command(&[old.id])).await;
    let new = answer.items[0].value.clone().unwrap();
    assert_eq!(answer.status, Status::Success);
    assert_eq!(
        (&new.hosts, &new.parameters, &new.attributes),
        (&old.hosts, &old.parameters, &old.attributes)
    );
    assert_eq!(
        (new.activated_on, new.expires_on),
        (old.activated_on, old.expires_on)
    );
    assert_eq!(new.features.len(), 2);
    assert_eq!(new.replaces, Some(old.id));
    let over = &shop.bench.tables().licenses[&old.id];
    assert_eq!(
        (over.state, over.replaced_by),
        (LicenseState::Replaced, Some(new.id))
    );
    assert_eq!(*shop.activate(MACHINE).await.unwrap().license, new);
    shop.check_counters();
}

#[tokio::test]
async fn a_repeated_replacement_is_answered_with_what_it_made() {
    let shop = Shop::new(a_year()).await;
    let old = shop.activate(MACHINE).await.unwrap().license;
    // Named twice, asked twice.
    let first = shop.replace(command(&[old.id, old.id])).await;
    let again = shop.replace(command(&[old.id])).await;
    assert_eq!(first.failed + again.failed, 0);
    assert_eq!(first.items[0], first.items[1]);
    assert_eq!(again.items[0], first.items[0]);
    assert_eq!(shop.licenses().len(), 2);
    // What was removed since is over.
    shop.remove(first.items[0].value.as_ref().unwrap().id).await;
    let over = shop.replace(command(&[old.id])).await;
    assert_eq!(
        over.items[0].failure.as_ref().unwrap().code,
        Code::ActionNotAllowed
    );
    shop.check_counters();
}

#[tokio::test]
async fn each_is_its_own_unit_or_all_are_one() {
    let shop = Shop::new(a_year()).await;
    let good = shop.activate(MACHINE).await.unwrap().license.id;
    let gone = shop.activate("001122aabb00").await.unwrap().license.id;
    shop.remove(gone).await;
    let mut atomic = command(&[good, gone, good]);
    atomic.batch.atomic = true;
    let answer = shop.replace(atomic.clone()).await;
    assert_eq!((answer.status, answer.failed), (Status::Failure, 1));
    assert_eq!(shop.licenses().len(), 2);
    let answer = shop.replace(command(&[good, gone])).await;
    assert_eq!((answer.status, answer.failed), (Status::PartialFailure, 1));
    let new = answer.items[0].value.clone().unwrap();
    atomic.batch.items = vec![Key::Id(new.id), Key::Id(new.id)];
    let answer = shop.replace(atomic).await;
    assert_eq!((answer.status, shop.licenses().len()), (Status::Success, 4));
    assert_eq!(answer.items[0], answer.items[1]);
    shop.check_counters();
}

#[tokio::test]
async fn a_repeated_request_is_answered_whether_atomic_or_not() {
    let shop = Shop::new(a_year()).await;
    for (machine, atomic) in [(MACHINE, false), ("001122aabb00", true)] {
        let old = shop.activate(machine).await.unwrap().license.id;
        let mut asked = command(&[old, id(7)]);
        asked.batch.atomic = atomic;
        asked.batch.options.request_id = Some(format!("r-{atomic}"));
        let first = shop.replace(asked.clone()).await;
        assert_eq!(first.failed, 1);
        let runs = shop.bench.generators.runs();
        assert_eq!(shop.replace(asked.clone()).await, first);
        assert_eq!(shop.bench.generators.runs(), runs);
        asked.reason = Some("another".to_owned());
        let services = &shop.bench.services;
        let conflict = services
            .replace_licenses(&actor(Role::Support), asked)
            .await;
        assert_eq!(code(conflict), Code::IdempotencyConflict);
    }
}

#[tokio::test]
async fn a_dry_run_shows_what_would_be_and_writes_nothing() {
    let shop = Shop::new(a_year()).await;
    let old = shop.activate(MACHINE).await.unwrap().license;
    let mut dry = command(&[old.id]);
    dry.batch.options.dry_run = true;
    let answer = shop.replace(dry).await;
    let shown = answer.items[0].value.clone().unwrap();
    assert_eq!((shown.replaces, shown.files.len()), (Some(old.id), 1));
    assert_eq!(shop.licenses(), [Arc::unwrap_or_clone(old)]);
}

#[tokio::test]
async fn what_may_not_be_replaced() {
    let shop = Shop::new(a_year()).await;
    let old = shop.activate(MACHINE).await.unwrap().license.id;
    let services = &shop.bench.services;
    let mut without_reason = command(&[old]);
    without_reason.reason = None;
    let support = actor(Role::Support);
    assert_eq!(
        code(services.replace_licenses(&support, without_reason).await),
        Code::InvalidRequest
    );
    let many = command(&[old; 101]);
    assert_eq!(
        code(services.replace_licenses(&support, many).await),
        Code::LimitExceeded
    );
    let sales = services
        .replace_licenses(&actor(Role::Sales), command(&[old]))
        .await;
    assert_eq!(code(sales), Code::PermissionDenied);
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    let answer = shop.replace(command(&[old])).await;
    assert_eq!(
        answer.items[0].failure.as_ref().unwrap().code,
        Code::OrderRevoked
    );
}
