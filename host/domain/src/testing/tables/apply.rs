//! The tables of the store in memory, changed as a unit says. What no database would take is a
//! mistake in the unit, and ends the test.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::Tables;
use crate::id::OrderRef;
use crate::license::License;
use crate::order::Order;
use crate::unit::{Changes, Erasure, Rows};

impl Tables {
    pub(in crate::testing) fn apply(&mut self, changes: &Changes) {
        write(&mut self.users, &changes.users, |user| user.id);
        write(&mut self.tokens, &changes.tokens, |token| token.id);
        write(&mut self.customers, &changes.customers, |customer| {
            customer.id
        });
        write(&mut self.products, &changes.products, |product| product.id);
        self.write_orders(&changes.orders);
        self.check_unique();
        for id in &changes.released {
            self.claims.retain(|_, license| license != id);
        }
        self.write_licenses(changes);
        for erasure in &changes.erased {
            self.erase(erasure);
        }
        for switch in &changes.switches {
            let name = &switch.generator;
            if switch.disabled {
                self.disabled_generators.insert(name.clone());
            } else {
                self.disabled_generators.remove(name);
            }
        }
        for activity in &changes.activity {
            let order = self
                .orders
                .get_mut(&activity.order)
                .expect("the order of a count");
            let count = order.active_licenses.checked_add_signed(activity.licenses);
            order.active_licenses = count.expect("a count of 0 or more");
            order.first_activated_on = order.first_activated_on.or(activity.first_activated_on);
        }
        self.uses
            .extend(changes.uses.iter().map(|new| (new.order, new.used)));
        self.spent
            .extend(changes.spent.iter().map(|spent| spent.proof));
        self.audit.extend(changes.audit.iter().cloned());
        self.events.extend(changes.events.iter().cloned());
    }

    fn erase(&mut self, erasure: &Erasure) {
        let all = self.licenses.values_mut();
        for license in all.filter(|license| license.customer == erasure.customer) {
            license.hosts.clear();
            license.parameters.clear();
            license.licensee = None;
            license.deal = None;
            self.documents.remove(&license.id);
            license.revision += 1;
            license.stamps = license.stamps.touched(erasure.at, &erasure.by);
            for file in &mut license.files {
                file.bytes = Arc::new([]);
            }
        }
    }

    /// Counters are the store's own.
    fn write_orders(&mut self, rows: &Rows<Order, OrderRef>) {
        let kept = |order: &Order| Order {
            active_licenses: self
                .orders
                .get(&order.id)
                .map_or(0, |old| old.active_licenses),
            first_activated_on: self
                .orders
                .get(&order.id)
                .and_then(|old| old.first_activated_on),
            ..order.clone()
        };
        let rows = Rows {
            new: rows.new.clone(),
            changed: rows.changed.iter().map(kept).collect(),
            deleted: rows.deleted.clone(),
        };
        for order in &rows.new {
            assert!(
                self.order_ids.insert(order.order_id.clone()),
                "an Order ID given out twice"
            );
        }
        write(&mut self.orders, &rows, |order| order.id);
    }

    fn write_licenses(&mut self, changes: &Changes) {
        for license in &changes.licenses {
            let old = self
                .licenses
                .get_mut(&license.id)
                .expect("a changed license is there");
            let files = std::mem::take(&mut old.files);
            *old = License {
                files,
                ..license.clone()
            };
        }
        for new in &changes.new_licenses {
            let document = new.document.iter().cloned();
            self.documents
                .extend(document.map(|document| (new.license.id, document)));
            self.licenses.insert(new.license.id, (*new.license).clone());
            for claim in &new.claims {
                let order = new.license.order.expect("claims are those of an order");
                let held = self
                    .claims
                    .insert((order, new.class, *claim), new.license.id);
                assert_eq!(held, None, "a claim held twice");
            }
        }
    }

    fn check_unique(&self) {
        unique(self.users.values().map(|user| user.data.folded_login()));
        unique(
            self.users
                .values()
                .filter_map(|user| user.data.external_ref.clone()),
        );
        unique(
            self.customers
                .values()
                .filter_map(|c| c.data.external_ref.clone()),
        );
        unique(
            self.products
                .values()
                .filter_map(|p| p.data.external_ref.clone()),
        );
        unique(
            self.products
                .values()
                .map(|p| (p.data.code.clone(), p.data.version.clone())),
        );
        unique(
            self.orders
                .values()
                .filter_map(|order| order.data.external_ref.clone()),
        );
    }
}

fn unique<T: Eq + std::hash::Hash>(values: impl Iterator<Item = T>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(seen.insert(value), "a unique value stored twice");
    }
}

fn write<T: Clone, I: Ord + Copy>(
    table: &mut BTreeMap<I, T>,
    rows: &Rows<T, I>,
    id: impl Fn(&T) -> I,
) {
    for row in &rows.new {
        let old = table.insert(id(row), row.clone());
        assert!(old.is_none(), "a new row is new");
    }
    for row in &rows.changed {
        let old = table.insert(id(row), row.clone());
        assert!(old.is_some(), "a changed row is there");
    }
    for id in &rows.deleted {
        assert!(table.remove(id).is_some(), "a deleted row is there");
    }
}
