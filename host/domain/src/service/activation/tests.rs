//! The promises of an activation, on ports in memory. Here: a bench with one order, and
//! what its customer and staff do.

mod afterwards;
mod asking;
mod emergencies;
mod erased;
mod family;
mod flights;
mod history;
mod imports;
mod machines;
mod manuals;
mod rehosts;
mod replacements;
mod rules;
mod staff;
mod verifying;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::{Actor, Role, Source};
use crate::command::{
    Activate, ActivateLicense, Batch, ForMachine, IssuedLicense, StateChange, WriteOptions,
};
use crate::customer::{Customer, CustomerState};
use crate::error::{Code, Result};
use crate::host::Host;
use crate::id::{CustomerId, Id, Key, LicenseId, OrderRef, ProductId};
use crate::license::License;
use crate::order::{Order, OrderData, OrderKey, OrderState};
use crate::order_id::OrderId;
use crate::ports::Store;
use crate::ports::fixed::SeededRandom;
use crate::product::{Product, ProductState};
use crate::terms::Terms;
use crate::testing::{Bench, NOW, actor, customer_data, ethernet_terms, product_data};
use crate::unit::{Changes, Rows, Unit, Wanted};
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
            customers: Rows {
                new: vec![customer()],
                ..Default::default()
            },
            products: Rows {
                new: vec![product()],
                ..Default::default()
            },
            orders: Rows {
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
        let orders = Rows {
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
        self.activate_with(vec![host(value)]).await
    }

    async fn activate_with(&self, hosts: Vec<Host>) -> Result<IssuedLicense> {
        let command = Activate {
            order_id: self.order.order_id.expose().to_lowercase(),
            hosts,
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
