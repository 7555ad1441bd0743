//! Orders on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use super::product::Feature;
use super::terms::Terms;
use crate::leaf::{Day, Timestamp};

/// What a customer bought, under one Order ID.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Identifier `ord_…`; absent: a new order.
    pub id: Option<String>,
    /// The revision that was read; needed with an id.
    pub revision: Option<u32>,
    /// The Order ID, the activation key. Drawn by the service if absent in a new order; shortened for callers who may not see it.
    pub order_id: Option<String>,
    /// Who bought.
    pub customer_id: String,
    /// What.
    pub product_id: String,
    /// The order's own terms; copied from the product if absent in a new order.
    pub terms: Option<Terms>,
    /// The order's own features; copied from the product if a new order has none.
    #[serde(default)]
    pub feature: Vec<Feature>,
    /// First day on which new activations are taken.
    pub valid_from: Option<Day>,
    /// Last day on which new activations are taken.
    pub valid_until: Option<Day>,
    /// For staff, up to 4000 characters.
    pub notes: Option<String>,
    /// The caller's own id, unique among its kind; `ext:` and this value can stand wherever an id is taken.
    pub external_ref: Option<String>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// `ACTIVE`, `SUSPENDED` or `REVOKED`. Read-only.
    pub state: Option<String>,
    /// The order it was derived from. Read-only.
    pub parent_ref: Option<String>,
    /// The first order of its family. Read-only.
    pub root_ref: Option<String>,
    /// How it was derived: `RENEWAL`, `UPGRADE`, `ADDON` or `TRANSFER`. Read-only.
    pub relation: Option<String>,
    /// Live licenses. Read-only.
    pub active_licenses: Option<u32>,
    /// Absent: unlimited. Read-only.
    pub activations_left: Option<u32>,
    /// Moves that the customer has left; absent: none are allowed. Read-only.
    pub moves_left: Option<u32>,
    /// When the next move comes back. Read-only.
    pub moves_refill_on: Option<Day>,
    /// Emergency licenses that the customer has left; absent: none are allowed. Read-only.
    pub emergencies_left: Option<u32>,
    /// When the next one comes back. Read-only.
    pub emergencies_refill_on: Option<Day>,
    /// Day of the first activation. Read-only.
    pub first_activated_on: Option<Day>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Asks for new orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateOrdersRequest {
    /// The order, without an id.
    pub order: Order,
    /// How many of it, from 1 (default) to 1000: that many Order IDs.
    pub count: Option<u32>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

/// Asks for an order that comes from another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeriveOrderRequest {
    /// The order it comes from: `ord_…`, `ext:…` or the Order ID.
    pub id: String,
    /// `RENEWAL`, `UPGRADE`, `ADDON` or `TRANSFER`.
    pub relation: String,
    /// Who bought; absent: the same as before. A transfer needs it.
    pub customer_id: Option<String>,
    /// What; absent: the same as before.
    pub product_id: Option<String>,
    /// Absent: the terms of before, or of the product if one is named.
    pub terms: Option<Terms>,
    /// None: the features of before, or of the product if one is named.
    #[serde(default)]
    pub feature: Vec<Feature>,
    /// First day on which new activations are taken.
    pub valid_from: Option<Day>,
    /// Last day on which new activations are taken.
    pub valid_until: Option<Day>,
    /// If false, the order it comes from is revoked and its licenses are removed. Absent: true for a renewal and an addon, else false.
    pub keep_parent: Option<bool>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

/// New orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateOrdersResult {
    /// The orders, with their Order IDs.
    #[serde(default)]
    pub order: Vec<Order>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
