//! The promises of an activation, on ports in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use time::Duration;
use time::macros::date;

use crate::access::{Actor, Role, Source};
use crate::command::{
    Activate, ActivateLicense, Batch, ForMachine, IssuedLicense, PreviewLicense, StateChange,
    WriteOptions,
};
use crate::customer::{Customer, CustomerState};
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::id::{CustomerId, Id, Key, LicenseId, OrderRef, ProductId};
use crate::license::{License, LicenseState};
use crate::order::{Order, OrderData, OrderKey, OrderState};
use crate::order_id::OrderId;
use crate::ports::Store;
use crate::ports::fixed::SeededRandom;
use crate::product::{Product, ProductState};
use crate::terms::{Allowance, HostLock, HostMatch, HostRule, Terms};
use crate::testing::{Bench, NOW, actor, customer_data, ethernet_terms, product_data};
use crate::unit::{Changes, Unit, Wanted};
use crate::user::Stamps;

const MACHINE: &str = "00-11-22-AA-BB-CC";

/// A bench with one order.
struct Shop {
    bench: Bench,
    order: Order,
}

impl Shop {
    async fn new(terms: Terms) -> Self {
        let bench = Bench::new();
        let order = order(terms);
        let shop = Self { bench, order };
        let rows = Changes {
            customers: crate::unit::Rows {
                new: vec![customer()],
                ..Default::default()
            },
            products: crate::unit::Rows {
                new: vec![product()],
                ..Default::default()
            },
            orders: crate::unit::Rows {
                new: vec![shop.order.clone()],
                ..Default::default()
            },
            ..Changes::default()
        };
        shop.write(rows).await;
        shop
    }

    async fn write(&self, changes: Changes) {
        let unit = Unit {
            request: None,
            wanted: Wanted::default(),
            decide: Arc::new(move |_| Ok(changes.clone())),
            dry_run: false,
        };
        self.bench.store.commit(unit).await.unwrap();
    }

    async fn change_order(&self, change: impl FnOnce(&mut Order)) {
        let mut order = self.bench.tables().orders[&self.order.id].clone();
        change(&mut order);
        order.revision += 1;
        let orders = crate::unit::Rows {
            changed: vec![order],
            ..Default::default()
        };
        self.write(Changes {
            orders,
            ..Changes::default()
        })
        .await;
    }

    async fn activate(&self, value: &str) -> Result<IssuedLicense> {
        let command = Activate {
            order_id: self.order.order_id.expose().to_lowercase(),
            hosts: vec![host(value)],
            parameters: Vec::new(),
        };
        self.bench
            .services
            .activate(&customer_actor(), command)
            .await
    }

    fn machine(&self, value: &str) -> ForMachine {
        ForMachine {
            order_id: self.order.order_id.expose().to_owned(),
            hosts: vec![host(value)],
        }
    }

    async fn fetch(&self, value: &str) -> Result<IssuedLicense> {
        self.bench
            .services
            .fetch_license(&customer_actor(), &self.machine(value))
            .await
    }

    async fn deactivate(&self, value: &str) -> Result<IssuedLicense> {
        self.bench
            .services
            .deactivate(&customer_actor(), &self.machine(value))
            .await
    }

    async fn remove(&self, id: LicenseId) {
        let command = StateChange {
            batch: Batch {
                items: vec![Key::Id(id)],
                atomic: false,
                options: WriteOptions::default(),
            },
            reason: Some("test".to_owned()),
        };
        let answer = self
            .bench
            .services
            .remove_licenses(&actor(Role::Support), command)
            .await
            .unwrap();
        assert_eq!(answer.failed, 0);
    }

    fn staff(&self, value: &str) -> ActivateLicense {
        ActivateLicense {
            order: OrderKey::OrderId(self.order.order_id.clone()),
            hosts: vec![host(value)],
            parameters: Vec::new(),
            attributes: Vec::new(),
            override_reason: None,
            options: WriteOptions::default(),
        }
    }

    fn licenses(&self) -> Vec<License> {
        self.bench.tables().licenses.into_values().collect()
    }

    /// Promise 9, and that claims belong to live licenses only.
    fn check_counters(&self) {
        let tables = self.bench.tables();
        let live: BTreeSet<_> = tables
            .licenses
            .values()
            .filter(|l| l.is_live())
            .map(|l| l.id)
            .collect();
        assert_eq!(
            tables.orders[&self.order.id].active_licenses as usize,
            live.len()
        );
        assert_eq!(
            tables.claims.values().copied().collect::<BTreeSet<_>>(),
            live
        );
    }
}

fn customer_actor() -> Actor {
    Actor::customer(None, Source::Soap)
}

fn host(value: &str) -> Host {
    Host {
        host_type: "ETHERNET".into(),
        value: value.into(),
        name: None,
        port: None,
    }
}

fn id<I: Id>(number: u128) -> I {
    I::from_uuid(uuid::Uuid::from_u128(number))
}

fn customer() -> Customer {
    Customer {
        id: id::<CustomerId>(1),
        revision: 1,
        data: customer_data("Aalto"),
        state: CustomerState::Active,
        stamps: Stamps::new(NOW, "test"),
    }
}

fn product() -> Product {
    Product {
        id: id::<ProductId>(2),
        revision: 1,
        data: product_data("cad"),
        state: ProductState::Active,
        stamps: Stamps::new(NOW, "test"),
    }
}

fn order(terms: Terms) -> Order {
    Order {
        id: id::<OrderRef>(3),
        revision: 1,
        order_id: OrderId::draw(&SeededRandom::new(9)),
        data: OrderData {
            customer: id(1),
            product: id(2),
            terms,
            features: product_data("cad").features,
            valid_from: None,
            valid_until: None,
            notes: None,
            external_ref: None,
            attributes: Vec::new(),
        },
        state: OrderState::Active,
        parent: None,
        root: id(3),
        relation: None,
        created_on: NOW.date(),
        active_licenses: 0,
        first_activated_on: None,
        allowances_reset_on: None,
        stamps: Stamps::new(NOW, "test"),
    }
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.unwrap_err().code
}

#[tokio::test]
async fn the_same_machine_gets_the_same_license_and_the_generator_runs_once() {
    let shop = Shop::new(ethernet_terms()).await;
    let first = shop.activate(MACHINE).await.unwrap();
    shop.bench.clock.set(NOW + Duration::days(40));
    for spelling in ["001122aabbcc", "00:11:22:aa:bb:cc"] {
        assert_eq!(
            shop.activate(spelling).await.unwrap().license.files,
            first.license.files
        );
        assert_eq!(
            shop.fetch(spelling).await.unwrap().license.id,
            first.license.id
        );
    }
    assert_eq!(shop.bench.generators.runs(), 1);
    assert_eq!(
        code(shop.activate("001122aabbcd").await),
        Code::NoActivationsLeft
    );
    shop.check_counters();
}

#[tokio::test]
async fn a_stored_license_needs_no_generator() {
    let shop = Shop::new(ethernet_terms()).await;
    let first = shop.activate(MACHINE).await.unwrap();
    shop.bench
        .generators
        .change(|info| info.state = crate::generator::GeneratorState::Failed);
    assert_eq!(shop.activate(MACHINE).await.unwrap(), first);
    shop.change_order(|order| order.data.terms.max_activations = 2)
        .await;
    assert_eq!(
        code(shop.activate("001122aabbcd").await),
        Code::GeneratorUnavailable
    );
}

#[tokio::test]
async fn equal_activations_in_flight_share_one_run() {
    let shop = Arc::new(Shop::new(ethernet_terms()).await);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move { shop.activate(MACHINE).await.unwrap().license })
        })
        .collect();
    let mut licenses = Vec::new();
    for task in tasks {
        licenses.push(task.await.unwrap());
    }
    assert!(licenses.iter().all(|license| *license == licenses[0]));
    assert_eq!(shop.bench.generators.runs(), 1);
    assert_eq!(shop.licenses().len(), 1);
    shop.check_counters();
}

#[tokio::test]
async fn no_race_gives_more_licenses_than_activations() {
    let shop = Arc::new(
        Shop::new(Terms {
            max_activations: 3,
            ..ethernet_terms()
        })
        .await,
    );
    let tasks: Vec<_> = (0..32)
        .map(|i| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move { shop.activate(&format!("{i:012x}")).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.code, Code::NoActivationsLeft),
        }
    }
    assert_eq!(made, 3);
    shop.check_counters();
}

#[tokio::test]
async fn two_machines_that_share_enough_hosts_are_one() {
    let terms = Terms {
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".into(),
            min: 0,
            max: 3,
        }],
        min_hosts: 2,
        host_match: HostMatch::AtLeast(2),
        max_activations: 0,
        ..Terms::default()
    };
    let shop = Shop::new(terms).await;
    let activate = |values: &[&str]| {
        let command = Activate {
            order_id: shop.order.order_id.expose().to_owned(),
            hosts: values.iter().map(|value| host(&value.repeat(6))).collect(),
            parameters: Vec::new(),
        };
        let services = Arc::clone(&shop.bench.services);
        async move {
            services
                .activate(&customer_actor(), command)
                .await
                .unwrap()
                .license
                .id
        }
    };
    let first = activate(&["aa", "bb", "cc"]).await;
    assert_eq!(activate(&["bb", "cc", "dd"]).await, first);
    let second = activate(&["cc", "dd", "ee"]).await;
    assert_ne!(second, first);
    // It shares two with both; the whole of neither: the one with most shared, else the oldest.
    assert_eq!(activate(&["bb", "cc", "dd"]).await, first);
    assert_eq!(activate(&["cc", "dd"]).await, second);
    shop.check_counters();
}

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
async fn a_dry_run_and_a_preview_write_nothing() {
    let shop = Shop::new(ethernet_terms()).await;
    let options = WriteOptions {
        dry_run: true,
        request_id: Some("r".into()),
    };
    let dry = ActivateLicense {
        options,
        ..shop.staff(MACHINE)
    };
    shop.bench
        .services
        .activate_license(&actor(Role::Support), dry)
        .await
        .unwrap();
    let preview = PreviewLicense {
        order: Some(shop.order.id.into()),
        customer: None,
        product: None,
        terms: None,
        features: Vec::new(),
        hosts: vec![host(MACHINE)],
        parameters: Vec::new(),
    };
    let preview = shop
        .bench
        .services
        .preview_license(&actor(Role::Sales), preview)
        .await
        .unwrap();
    assert_eq!(preview.warnings[0].code, "NOT_FOR_USE");
    assert_eq!(shop.licenses(), []);
    assert!(shop.bench.tables().requests.is_empty() && shop.bench.tables().audit.is_empty());
    shop.check_counters();
}

#[tokio::test]
async fn a_repeated_request_is_answered_and_other_content_refused() {
    let shop = Shop::new(Terms {
        max_activations: 2,
        ..ethernet_terms()
    })
    .await;
    let options = WriteOptions {
        request_id: Some("r-1".into()),
        dry_run: false,
    };
    let command = ActivateLicense {
        options,
        ..shop.staff(MACHINE)
    };
    let staff = actor(Role::Support);
    let first = shop
        .bench
        .services
        .activate_license(&staff, command.clone())
        .await
        .unwrap();
    shop.remove(first.id).await;
    let again = shop
        .bench
        .services
        .activate_license(&staff, command.clone())
        .await
        .unwrap();
    assert_eq!((again.id, again.state), (first.id, LicenseState::Removed));
    let other = ActivateLicense {
        hosts: vec![host("001122aabbcd")],
        ..command
    };
    assert_eq!(
        code(shop.bench.services.activate_license(&staff, other).await),
        Code::IdempotencyConflict
    );
    assert_eq!(shop.licenses().len(), 1);
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

#[tokio::test]
async fn wrong_hosts_are_told_at_their_field() {
    let shop = Shop::new(ethernet_terms()).await;
    let with = |hosts: Vec<Host>| {
        let command = Activate {
            order_id: shop.order.order_id.expose().to_owned(),
            hosts,
            parameters: Vec::new(),
        };
        let services = Arc::clone(&shop.bench.services);
        async move {
            services
                .activate(&customer_actor(), command)
                .await
                .unwrap_err()
        }
    };
    let at = |error: Error| (error.code, error.field.unwrap_or_default());
    assert_eq!(at(with(vec![]).await), (Code::HostMissing, "host".into()));
    assert_eq!(
        at(with(vec![host("0011")]).await),
        (Code::HostInvalid, "host[0].value".into())
    );
    let name = Host {
        host_type: "HOSTNAME".into(),
        ..host("lic01")
    };
    assert_eq!(
        at(with(vec![name]).await),
        (Code::HostTypeUnsupported, "host[0].type".into())
    );
    let unknown = Host {
        host_type: "NOSUCH".into(),
        ..host("lic01")
    };
    assert_eq!(
        at(with(vec![unknown]).await),
        (Code::HostTypeUnsupported, "host[0].type".into())
    );
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Activate(u8),
    Deactivate(u8),
    Remove(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..3, 0_u8..4).prop_map(|(kind, machine)| match kind {
        0 => Step::Activate(machine),
        1 => Step::Deactivate(machine),
        _ => Step::Remove(machine),
    });
    proptest::collection::vec(step, 1..40)
}

/// Plays the steps against a model that keeps what the promises say: one license a machine, the
/// same one until it is removed, never more than `most`, never one that was removed.
async fn play(steps: Vec<Step>, most: u32) {
    let moves = Allowance {
        count: 10_000,
        per_days: None,
    };
    let terms = Terms {
        max_activations: most,
        moves_allowed: Some(moves),
        ..ethernet_terms()
    };
    let shop = Shop::new(terms).await;
    let mut live: BTreeMap<u8, License> = BTreeMap::new();
    let mut gone: BTreeSet<LicenseId> = BTreeSet::new();
    for step in steps {
        match step {
            Step::Activate(machine) => match (
                shop.activate(&format!("{machine:012x}")).await,
                live.get(&machine),
            ) {
                (Ok(issued), Some(license)) => assert_eq!(issued.license.files, license.files),
                (Ok(issued), None) => {
                    assert!(most == 0 || live.len() < most as usize);
                    assert!(!gone.contains(&issued.license.id));
                    live.insert(machine, issued.license);
                }
                (Err(error), known) => {
                    assert_eq!(
                        (error.code, known, live.len()),
                        (Code::NoActivationsLeft, None, most as usize)
                    );
                }
            },
            Step::Deactivate(machine) => {
                let answer = shop.deactivate(&format!("{machine:012x}")).await;
                if let Some(license) = live.remove(&machine) {
                    assert_eq!(answer.unwrap().license.id, license.id);
                    gone.insert(license.id);
                }
            }
            Step::Remove(machine) => {
                if let Some(license) = live.remove(&machine) {
                    shop.remove(license.id).await;
                    gone.insert(license.id);
                }
            }
        }
        shop.check_counters();
    }
    for license in shop.licenses() {
        assert_eq!(license.is_live(), !gone.contains(&license.id));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_history_keeps_the_promises(steps in steps(), most in 0_u32..4) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(play(steps, most));
    }
}
