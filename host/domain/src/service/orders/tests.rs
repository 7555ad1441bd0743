//! Orders: made from products, replaced, seen.

mod create;
mod replace;
mod see;

use std::sync::Arc;

use super::*;
use crate::access::Role;
use crate::command::{CreateOrders, OrderItem, WriteOptions};
use crate::id::{CustomerId, Key};
use crate::product::Product;
use crate::testing::{Bench, actor, batch, customer_data, new, order_item, product_data};
use crate::unit::Unit;

/// A bench with a customer and an active product.
struct Shop {
    bench: Bench,
    customer: CustomerId,
    product: Product,
}

impl Shop {
    async fn open() -> Self {
        let bench = Bench::new();
        let manager = actor(Role::Manager);
        let customers = batch(vec![new(customer_data("Acme"))]);
        let customers = bench
            .services
            .store_customers(&manager, customers)
            .await
            .unwrap();
        let product = product(&bench, "cad").await;
        Self {
            customer: customers.items[0].value.as_ref().unwrap().id,
            product,
            bench,
        }
    }

    fn item(&self) -> OrderItem {
        order_item(self.customer, self.product.id)
    }

    async fn store(&self, items: Vec<OrderItem>) -> BatchAnswer<OrderDetails> {
        let command = batch(items);
        let sales = actor(Role::Sales);
        self.bench
            .services
            .store_orders(&sales, command)
            .await
            .unwrap()
    }

    async fn order(&self, item: OrderItem) -> Order {
        let answer = self.store(vec![item]).await;
        answer.items[0].value.clone().unwrap().order
    }

    async fn failure(&self, item: OrderItem) -> (Code, String) {
        let answer = self.store(vec![item]).await;
        let error = answer.items[0].failure.clone().unwrap();
        (error.code, error.field.unwrap_or_default())
    }

    async fn create(&self, count: u32) -> Vec<OrderDetails> {
        let command = self.copies(count);
        let sales = actor(Role::Sales);
        self.bench
            .services
            .create_orders(&sales, command)
            .await
            .unwrap()
            .orders
    }

    fn copies(&self, count: u32) -> CreateOrders {
        CreateOrders {
            order: self.item(),
            count,
            options: WriteOptions::default(),
        }
    }

    /// What the store does to an order besides services: licenses counted, allowances used.
    async fn write(&self, changes: Changes) {
        let unit = Unit {
            request: None,
            wanted: Wanted::default(),
            decide: Arc::new(move |_| Ok(changes.clone())),
            dry_run: false,
        };
        self.bench.services.store().commit(unit).await.unwrap();
    }
}

async fn product(bench: &Bench, code: &str) -> Product {
    let manager = actor(Role::Manager);
    let products = batch(vec![new(product_data(code))]);
    let products = bench
        .services
        .store_products(&manager, products)
        .await
        .unwrap();
    let product = products.items[0].value.clone().unwrap();
    let command = StateChange {
        batch: batch(vec![Key::Id(product.id)]),
        reason: None,
    };
    bench
        .services
        .activate_products(&manager, command)
        .await
        .unwrap();
    bench.tables().products[&product.id].clone()
}

type Spoil = fn(&mut OrderItem, String);

/// The item that stores an order back as it was read.
fn read_back(order: &Order) -> OrderItem {
    OrderItem {
        id: Some(order.id.into()),
        revision: Some(order.revision),
        order_id: Some(order.order_id.expose().to_lowercase()),
        terms: Some(order.data.terms.clone()),
        features: order.data.features.clone(),
        valid_from: order.data.valid_from,
        valid_until: order.data.valid_until,
        notes: order.data.notes.clone(),
        external_ref: order.data.external_ref.clone(),
        attributes: order.data.attributes.clone(),
        state: Some(order.state.name().to_owned()),
        root: Some(order.root.to_string()),
        ..order_item(order.data.customer, order.data.product)
    }
}

fn change(ids: &[OrderRef], reason: Option<&str>) -> StateChange<OrderKey> {
    StateChange {
        batch: batch(ids.iter().map(|id| (*id).into()).collect()),
        reason: reason.map(str::to_owned),
    }
}
