//! Commands about orders, and what a caller sees of one.

use time::Date;

use super::{Batch, WriteOptions};
use crate::attribute::Attribute;
use crate::id::{CustomerId, Key, ProductId};
use crate::order::{Order, OrderKey, Relation};
use crate::product::Feature;
use crate::terms::Terms;

/// `storeOrders`.
pub type StoreOrders = Batch<OrderItem>;

/// An order to create or to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderItem {
    /// `ord_…`, `ext:…` or the Order ID; absent: create.
    pub id: Option<OrderKey>,
    /// The revision that was read.
    pub revision: Option<u32>,
    /// The caller's own Order ID when creating; when replacing refused if it differs.
    pub order_id: Option<String>,
    /// Who bought.
    pub customer: Key<CustomerId>,
    /// What.
    pub product: Key<ProductId>,
    /// Copied from the product when a new order leaves it out.
    pub terms: Option<Terms>,
    /// Copied from the product when a new order has none.
    pub features: Vec<Feature>,
    /// First day for new activations.
    pub valid_from: Option<Date>,
    /// Last such day.
    pub valid_until: Option<Date>,
    /// For staff.
    pub notes: Option<String>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
    /// Read-only; refused if it differs.
    pub state: Option<String>,
    /// Read-only; refused if it differs.
    pub parent: Option<String>,
    /// Read-only; refused if it differs.
    pub root: Option<String>,
    /// Read-only; refused if it differs.
    pub relation: Option<String>,
}

/// `createOrders`: one order × count, that many Order IDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateOrders {
    /// The order; without an id.
    pub order: OrderItem,
    /// From 1 to 1000; default 1.
    pub count: u32,
    /// How.
    pub options: WriteOptions,
}

/// What `createOrders` made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatedOrders {
    /// The orders as they are now.
    pub orders: Vec<OrderDetails>,
    /// The ids of those that a request before this one made and that are gone by now.
    pub gone: Vec<String>,
}

/// `deriveOrder`: an order that comes from another one and is of its family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeriveOrder {
    /// From which.
    pub id: OrderKey,
    /// What it is to that one.
    pub relation: Relation,
    /// Who bought; absent: the same as before.
    pub customer: Option<Key<CustomerId>>,
    /// What; absent: the same as before.
    pub product: Option<Key<ProductId>>,
    /// Absent: those of before, or of the product where one is named.
    pub terms: Option<Terms>,
    /// None: those of before, or of the product where one is named.
    pub features: Vec<Feature>,
    /// First day for new activations.
    pub valid_from: Option<Date>,
    /// Last such day.
    pub valid_until: Option<Date>,
    /// Whether that one stays as it is, or is revoked and its licenses removed; absent: it stays
    /// for RENEWAL and ADDON.
    pub keep_parent: Option<bool>,
    /// How.
    pub options: WriteOptions,
}

impl DeriveOrder {
    /// Whether the parent stays as it is.
    pub fn keeps_parent(&self) -> bool {
        let stays = matches!(self.relation, Relation::Renewal | Relation::Addon);
        self.keep_parent.unwrap_or(stays)
    }
}

/// An order as this caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDetails {
    /// The order.
    pub order: Order,
    /// The Order ID in full, or its last group.
    pub shown_order_id: String,
    /// What is left of the moves; absent: none are allowed.
    pub moves: Option<Left>,
    /// What is left of the emergencies; absent: none are allowed.
    pub emergencies: Option<Left>,
}

/// What is left of an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How often.
    pub left: u32,
    /// When the next use comes back; absent where none will or all are left.
    pub refill_on: Option<Date>,
}
