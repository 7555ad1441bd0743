//! One order of a request: from the item to what is written. Pure.

use std::sync::Arc;

use time::Date;

use crate::attribute::Attribute;
use crate::command::OrderItem;
use crate::customer::erased;
use crate::error::{Code, Error, Result};
use crate::id::OrderRef;
use crate::order::{Order, OrderData, OrderKey, OrderState, Relation};
use crate::order_id::OrderId;
use crate::product::{Feature, Product, ProductState};
use crate::service::batch::{check_revision, check_state};
use crate::service::desk::Desk;
use crate::service::not_found;
use crate::service::record::Record;
use crate::terms::Terms;
use crate::unit::{Changes, Loaded, ProductKey};

/// What the orders of one request weigh together at most, in bytes: a small request could ask for
/// gigabytes otherwise, by copies of an order or of a product's features.
const MAX_WEIGHT: usize = 4 << 20;
/// What a member of a list weighs beside its texts.
const MEMBER: usize = 32;
const STATE_OPERATIONS: &str = "suspendOrders, resumeOrders and revokeOrders";

/// An item with what was drawn and found out before its unit.
pub(super) struct Draft {
    /// The item.
    pub(super) item: Arc<OrderItem>,
    /// The id, if it creates.
    pub(super) id: OrderRef,
    /// The Order ID, if it creates and brings none.
    pub(super) drawn: OrderId,
    /// Whether the generator takes its own terms and features; if it was asked, with which
    /// revision of the product.
    pub(super) checked: Result<Option<u32>>,
    /// The order it comes from, if it comes from one.
    pub(super) descent: Option<Descent>,
}

/// Where an order comes from.
#[derive(Clone, Copy)]
pub(super) struct Descent {
    /// From this one.
    pub(super) parent: OrderRef,
    /// The first of the family.
    pub(super) root: OrderRef,
    /// What it is to its parent.
    pub(super) relation: Relation,
}

/// What all drafts of a unit share.
pub(super) struct Basis<'a> {
    /// What was read.
    pub(super) loaded: &'a Loaded,
    /// Who, when and why.
    pub(super) record: &'a Record,
    /// The day of a new order.
    pub(super) today: Date,
}

/// The Order ID that an item brings along.
pub(super) fn given_order_id(item: &OrderItem) -> Result<Option<OrderId>> {
    let parse = |text: &String| {
        OrderId::parse(text).map_err(|_| {
            let message = "An Order ID has 16 to 40 letters and digits.";
            Error::invalid("orderId", message)
        })
    };
    item.order_id.as_ref().map(parse).transpose()
}

/// Refuses what is too much to be written and answered at once.
pub(super) fn check_weight(drafts: &[Draft], loaded: &Loaded) -> Result<()> {
    let mut left = MAX_WEIGHT;
    for draft in drafts {
        left = left.checked_sub(draft.weight(loaded)).ok_or_else(|| {
            let most = MAX_WEIGHT >> 20;
            let message = format!("The orders are over {most} MiB together: make fewer at a time.");
            Error::new(Code::LimitExceeded, message)
        })?;
    }
    Ok(())
}

/// Of a list of features.
fn features_weight(features: &[Feature]) -> usize {
    let weight = |feature: &Feature| {
        let version = feature.version.as_ref().map_or(0, String::len);
        let lists = pairs_weight(&feature.parameters) + pairs_weight(&feature.attributes);
        MEMBER + feature.name.len() + version + lists
    };
    features.iter().map(weight).sum()
}

fn pairs_weight(pairs: &[Attribute]) -> usize {
    let weight = |pair: &Attribute| MEMBER + pair.name.len() + pair.value.len();
    pairs.iter().map(weight).sum()
}

impl Draft {
    /// About the bytes that the order takes, with what it copies from its product.
    fn weight(&self, loaded: &Loaded) -> usize {
        let item = &self.item;
        let copied = self.product(loaded).map(|product| &product.data.features);
        let features = match copied {
            Ok(copied) if item.id.is_none() && item.features.is_empty() => copied,
            _ => &item.features,
        };
        let notes = item.notes.as_ref().map_or(0, String::len);
        features_weight(features) + pairs_weight(&item.attributes) + notes
    }

    /// Whether what it was prepared on is no longer so.
    pub(super) fn is_stale(&self, loaded: &Loaded) -> bool {
        let product = loaded.product(&ProductKey::Key(self.item.product.clone()));
        let asked = self.checked.as_ref().ok().copied().flatten();
        let other = asked.is_some_and(|revision| product.is_some_and(|p| p.revision != revision));
        let creates = self.item.id.is_none() && self.item.order_id.is_none();
        other || creates && loaded.taken_order_ids.contains(&self.drawn)
    }

    /// Adds the order to the changes.
    pub(super) fn store(
        &self,
        desk: &mut Desk<'_, Order>,
        changes: &mut Changes,
        basis: &Basis<'_>,
    ) -> Result<String> {
        self.checked.clone()?;
        match &self.item.id {
            Some(key) => self.replace(desk, changes, basis.loaded, key),
            None => self.create(desk, changes, basis),
        }
    }

    fn create(
        &self,
        desk: &mut Desk<'_, Order>,
        changes: &mut Changes,
        basis: &Basis<'_>,
    ) -> Result<String> {
        let order_id = self.order_id(basis.loaded)?;
        let order = Order {
            id: self.id,
            revision: 1,
            order_id,
            data: self.new_data(basis.loaded)?,
            state: OrderState::Active,
            parent: self.descent.map(|descent| descent.parent),
            root: self.descent.map_or(self.id, |descent| descent.root),
            relation: self.descent.map(|descent| descent.relation),
            created_on: basis.today,
            active_licenses: 0,
            first_activated_on: None,
            allowances_reset_on: None,
            stamps: basis.record.stamps(),
        };
        check_read_only(&self.item, &order)?;
        desk.create(changes, order)?;
        Ok(self.id.to_string())
    }

    fn order_id(&self, loaded: &Loaded) -> Result<OrderId> {
        match given_order_id(&self.item)? {
            Some(given) if loaded.taken_order_ids.contains(&given) => {
                let message = "This Order ID was given out before.";
                Err(Error::new(Code::AlreadyExists, message).at("orderId"))
            }
            Some(given) => Ok(given),
            None => Ok(self.drawn.clone()),
        }
    }

    /// What a new order leaves out is copied from its product. A blocked customer may get new
    /// orders: blocking stops what is handed out, not what is booked.
    fn new_data(&self, loaded: &Loaded) -> Result<OrderData> {
        let product = self.product(loaded)?;
        check_orderable(product)?;
        let item = &self.item;
        let terms = item.terms.as_ref().unwrap_or(&product.data.terms);
        let mut data = self.data(loaded, terms.clone())?;
        if data.features.is_empty() {
            data.features.clone_from(&product.data.features);
        }
        data.check()?;
        Ok(data)
    }

    /// Nothing is copied: what is left out has no value from now on. Storing what is there already
    /// changes nothing.
    fn replace(
        &self,
        desk: &mut Desk<'_, Order>,
        changes: &mut Changes,
        loaded: &Loaded,
        key: &OrderKey,
    ) -> Result<String> {
        let before = desk.find(key)?;
        desk.check_untouched(before.id)?;
        check_revision(self.item.revision, before.revision)?;
        check_same_order_id(&self.item, before)?;
        check_read_only(&self.item, before)?;
        let terms = self.item.terms.clone().ok_or_else(terms_needed)?;
        let after = Order {
            data: self.data(loaded, terms)?,
            ..before.clone()
        };
        if after.data != before.data {
            after.data.check()?;
            self.check_change(loaded, before, &after)?;
            desk.change(changes, "order.changed", before, after)?;
        }
        Ok(before.id.to_string())
    }

    fn check_change(&self, loaded: &Loaded, before: &Order, after: &Order) -> Result<()> {
        if after.data.product != before.data.product {
            check_orderable(self.product(loaded)?)?;
        }
        if before.active_licenses > 0 && !after.data.terms.same_host_rules(&before.data.terms) {
            let message =
                "hostLock, hostRule and hostMatch stay as they are while there are live licenses.";
            return Err(Error::new(Code::ActionNotAllowed, message).at("terms"));
        }
        Ok(())
    }

    fn product<'a>(&self, loaded: &'a Loaded) -> Result<&'a Product> {
        let key = ProductKey::Key(self.item.product.clone());
        let found = loaded.product(&key).map(|product| &**product);
        found.ok_or_else(|| not_found("product").at("productId"))
    }

    fn data(&self, loaded: &Loaded, terms: Terms) -> Result<OrderData> {
        let item = &self.item;
        let customer = loaded
            .customer(&item.customer)
            .ok_or_else(|| not_found("customer").at("customerId"))?;
        if customer.data.is_erased() {
            return Err(erased().at("customerId"));
        }
        Ok(OrderData {
            customer: customer.id,
            product: self.product(loaded)?.id,
            terms,
            features: item.features.clone(),
            valid_from: item.valid_from,
            valid_until: item.valid_until,
            notes: item.notes.clone(),
            external_ref: item.external_ref.clone(),
            attributes: item.attributes.clone(),
        })
    }
}

fn terms_needed() -> Error {
    Error::invalid("terms", "To replace an order its terms are needed.")
}

fn check_orderable(product: &Product) -> Result<()> {
    if product.state == ProductState::Active {
        return Ok(());
    }
    let message = format!(
        "The product is {}; only ACTIVE ones can be ordered.",
        product.state
    );
    Err(Error::new(Code::ActionNotAllowed, message).at("productId"))
}

fn check_same_order_id(item: &OrderItem, order: &Order) -> Result<()> {
    match given_order_id(item)? {
        Some(given) if given != order.order_id => Err(Error::invalid(
            "orderId",
            "The Order ID of an order never changes; deriveOrder makes an order with another one.",
        )),
        _ => Ok(()),
    }
}

/// Refuses members that only named operations change.
fn check_read_only(item: &OrderItem, order: &Order) -> Result<()> {
    check_state(item.state.as_deref(), order.state.name(), STATE_OPERATIONS)?;
    let parent = order.parent.map(|parent| parent.to_string());
    check_derived("parentRef", item.parent.as_ref(), parent.as_deref())?;
    check_derived("rootRef", item.root.as_ref(), Some(&order.root.to_string()))?;
    let relation = order.relation.map(Relation::name);
    check_derived("relation", item.relation.as_ref(), relation)
}

fn check_derived(member: &str, given: Option<&String>, is: Option<&str>) -> Result<()> {
    match given {
        Some(given) if is != Some(given) => Err(Error::invalid(
            member,
            "This can't be set; deriveOrder makes an order of a family.",
        )),
        _ => Ok(()),
    }
}
