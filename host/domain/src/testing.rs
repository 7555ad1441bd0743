//! What the tests of the services stand on: ports that live in memory, and samples of entities.

mod gate;
mod generators;
mod store;
mod tables;

use std::sync::Arc;

use time::OffsetDateTime;
use time::macros::datetime;

use crate::access::{Access, Actor, Role, Source, Who};
use crate::command::{Batch, OrderItem, StoreItem, WriteOptions};
use crate::customer::CustomerData;
use crate::id::{CustomerId, Id, Key, ProductId, UserId};
use crate::ports::fixed::{FixedClock, SeededRandom};
use crate::product::{Feature, ProductData};
use crate::service::Services;
use crate::terms::{HostLock, HostRule, Terms};
use crate::user::UserData;

pub(crate) use generators::{FakeGenerators, GENERATOR};
pub(crate) use store::MemoryStore;
pub(crate) use tables::Tables;

/// When tests happen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-25 10:00 UTC);

/// Services over ports in memory, with the ports at hand.
pub(crate) struct Bench {
    pub(crate) services: Arc<Services>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) generators: Arc<FakeGenerators>,
    pub(crate) clock: Arc<FixedClock>,
}

impl Bench {
    /// An empty store, one generator, a clock that stands.
    pub(crate) fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let generators = Arc::new(FakeGenerators::default());
        let clock = Arc::new(FixedClock::new(NOW));
        let services = Services::new(
            store.clone(),
            generators.clone(),
            clock.clone(),
            Arc::new(SeededRandom::new(1)),
            Arc::new(|future| drop(tokio::spawn(future))),
        );
        Self {
            services: Arc::new(services),
            store,
            generators,
            clock,
        }
    }

    /// What is stored now.
    pub(crate) fn tables(&self) -> Tables {
        self.store.tables()
    }
}

/// A user with this role.
pub(crate) fn actor(role: Role) -> Actor {
    Actor {
        who: Who::User(UserId::from_uuid(uuid::Uuid::from_u128(1)), None),
        access: Access::of_roles(&[role]),
        address: None,
        source: Source::Soap,
    }
}

/// A batch that is neither atomic nor repeatable nor dry.
pub(crate) fn batch<T>(items: Vec<T>) -> Batch<T> {
    Batch {
        items,
        atomic: false,
        options: WriteOptions::default(),
    }
}

/// An item that creates.
pub(crate) fn new<I, D>(data: D) -> StoreItem<I, D> {
    StoreItem {
        id: None,
        revision: None,
        data,
        state: None,
    }
}

/// An item that replaces.
pub(crate) fn replace<I: Id, D>(id: I, revision: u32, data: D) -> StoreItem<I, D> {
    StoreItem {
        id: Some(Key::Id(id)),
        revision: Some(revision),
        ..new(data)
    }
}

/// A customer with this name and no more.
pub(crate) fn customer_data(name: &str) -> CustomerData {
    CustomerData {
        name: name.to_owned(),
        contacts: Vec::new(),
        address: None,
        locale: None,
        notes: None,
        external_ref: None,
        attributes: Vec::new(),
    }
}

/// A product of the bench's generator, bound to one Ethernet address.
pub(crate) fn product_data(code: &str) -> ProductData {
    ProductData {
        code: code.to_owned(),
        version: None,
        name: format!("Product {code}"),
        generator: GENERATOR.to_owned(),
        settings: Vec::new(),
        features: vec![feature("core")],
        terms: ethernet_terms(),
        notes: None,
        external_ref: None,
        attributes: Vec::new(),
    }
}

/// Terms that bind a license to one Ethernet address.
pub(crate) fn ethernet_terms() -> Terms {
    Terms {
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".to_owned(),
            min: 0,
            max: 1,
        }],
        ..Terms::default()
    }
}

/// A feature with this name and no more.
pub(crate) fn feature(name: &str) -> Feature {
    Feature {
        name: name.to_owned(),
        version: None,
        count: None,
        expiry: None,
        maintenance: None,
        parameters: Vec::new(),
        attributes: Vec::new(),
    }
}

/// A user with this login and role.
pub(crate) fn user_data(login: &str, role: Role) -> UserData {
    UserData {
        login: login.to_owned(),
        display_name: format!("User {login}"),
        email: None,
        roles: vec![role],
        external_ref: None,
        attributes: Vec::new(),
    }
}

/// An order of this product, with the product's terms.
pub(crate) fn order_item(customer: CustomerId, product: ProductId) -> OrderItem {
    OrderItem {
        id: None,
        revision: None,
        order_id: None,
        customer: Key::Id(customer),
        product: Key::Id(product),
        terms: None,
        features: Vec::new(),
        valid_from: None,
        valid_until: None,
        notes: None,
        external_ref: None,
        attributes: Vec::new(),
        state: None,
        parent: None,
        root: None,
        relation: None,
    }
}
