//! Orders as rows, with what belongs to them alone.

use std::borrow::Cow;

use lds_domain::attribute::Attribute;
use lds_domain::order::{AllowanceUse, Order, OrderData, OrderState, Relation, UseKind};
use lds_domain::order_id::OrderId;
use lds_domain::product::Feature;
use lds_domain::terms::Terms;
use lds_domain::user::Stamps;
use serde::{Deserialize, Serialize};

use super::{Text, none, text};
use crate::row::{Day, Millis, RowId, row};

row! {
    /// An order.
    OrderRow<'a> in "orders" keeps ["active_licenses", "first_activated_on"] {
        id: RowId as Id,
        revision: u32 as Int,
        order_id: Text<'a> as Text,
        customer: RowId as Id,
        product: RowId as Id,
        state: OrderState as Text,
        root: RowId as Id,
        external_ref: Option<Text<'a>> as Text,
        active_licenses: u32 as Int,
        first_activated_on: Option<Day> as Text,
        body: OrderBody<'a> as Json,
    } searched by {
        max_activations: u32 as Int,
        valid_until: Option<Day> as Text,
        created_at: i64 as Int,
        updated_at: i64 as Int,
    }
}

row! {
    /// An Order ID that was given out.
    OrderIdRow<'a> in "order_ids" {
        order_id: Text<'a> as Text,
        order_ref: RowId as Id,
        root: RowId as Id,
    }
}

row! {
    /// A use of an allowance.
    UseRow in "allowance_uses" {
        kind: UseKind as Text,
        used_on: Day as Text,
        license: RowId as Id,
    } searched by {
        order_ref: RowId as Id,
        root: RowId as Id,
    }
}

/// What no statement looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrderBody<'a> {
    terms: Cow<'a, Terms>,
    #[serde(default, skip_serializing_if = "none")]
    features: Cow<'a, [Feature]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_from: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notes: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "none")]
    attributes: Cow<'a, [Attribute]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<RowId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    relation: Option<Relation>,
    created_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allowances_reset_on: Option<Day>,
    stamps: Cow<'a, Stamps>,
}

impl<'a> From<&'a Order> for OrderRow<'a> {
    fn from(order: &'a Order) -> Self {
        let data = &order.data;
        Self {
            id: RowId::of(order.id),
            revision: order.revision,
            order_id: Cow::Borrowed(order.order_id.expose()),
            customer: RowId::of(data.customer),
            product: RowId::of(data.product),
            state: order.state,
            root: RowId::of(order.root),
            external_ref: text(data.external_ref.as_ref()),
            active_licenses: order.active_licenses,
            first_activated_on: order.first_activated_on.map(Day),
            body: order.into(),
            max_activations: data.terms.max_activations,
            valid_until: data.valid_until.map(Day),
            created_at: Millis::number(order.stamps.created_at),
            updated_at: Millis::number(order.stamps.updated_at),
        }
    }
}

impl<'a> From<&'a Order> for OrderBody<'a> {
    fn from(order: &'a Order) -> Self {
        let data = &order.data;
        Self {
            terms: Cow::Borrowed(&data.terms),
            features: Cow::Borrowed(&data.features),
            valid_from: data.valid_from.map(Day),
            valid_until: data.valid_until.map(Day),
            notes: text(data.notes.as_ref()),
            attributes: Cow::Borrowed(&data.attributes),
            parent: order.parent.map(RowId::of),
            relation: order.relation,
            created_on: Day(order.created_on),
            allowances_reset_on: order.allowances_reset_on.map(Day),
            stamps: Cow::Borrowed(&order.stamps),
        }
    }
}

impl From<OrderRow<'_>> for Order {
    fn from(row: OrderRow<'_>) -> Self {
        let body = row.body;
        Self {
            id: row.id.id(),
            revision: row.revision,
            order_id: OrderId::from_stored(row.order_id.into_owned()),
            data: OrderData {
                customer: row.customer.id(),
                product: row.product.id(),
                terms: body.terms.into_owned(),
                features: body.features.into_owned(),
                valid_from: body.valid_from.map(|day| day.0),
                valid_until: body.valid_until.map(|day| day.0),
                notes: body.notes.map(Cow::into_owned),
                external_ref: row.external_ref.map(Cow::into_owned),
                attributes: body.attributes.into_owned(),
            },
            state: row.state,
            parent: body.parent.map(RowId::id),
            root: row.root.id(),
            relation: body.relation,
            created_on: body.created_on.0,
            active_licenses: row.active_licenses,
            first_activated_on: row.first_activated_on.map(|day| day.0),
            allowances_reset_on: body.allowances_reset_on.map(|day| day.0),
            stamps: body.stamps.into_owned(),
        }
    }
}

impl From<UseRow> for AllowanceUse {
    fn from(row: UseRow) -> Self {
        Self {
            kind: row.kind,
            on: row.used_on.0,
            license: row.license.id(),
        }
    }
}
