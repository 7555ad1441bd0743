//! Orders.

use lds_domain::command::{
    CreateOrders, CreatedOrders, DeriveOrder, Left, OrderDetails, OrderItem,
};
use lds_domain::order::Relation;
use lds_domain::product::Feature;
use lds_domain::terms::Terms;
use lds_domain::{Error, Result};

use super::batch::gone_id;
use super::{
    WireStamps, day, each, item_reference, list, optional_reference, options, reference, text,
    within,
};
use crate::leaf::Day;
use crate::wire::order as wire;

impl TryFrom<wire::Order> for OrderItem {
    type Error = Error;

    fn try_from(order: wire::Order) -> Result<Self> {
        Ok(Self {
            id: order.id.as_deref().map(item_reference),
            revision: order.revision,
            order_id: order.order_id,
            customer: item_reference(&order.customer_id),
            product: item_reference(&order.product_id),
            terms: within("terms", order.terms, Terms::try_from)?,
            features: each("feature", order.feature, Feature::try_from)?,
            valid_from: day(order.valid_from),
            valid_until: day(order.valid_until),
            notes: order.notes,
            external_ref: order.external_ref,
            attributes: list(order.attribute),
            state: order.state,
            parent: order.parent_ref,
            root: order.root_ref,
            relation: order.relation,
        })
    }
}

impl From<OrderDetails> for wire::Order {
    fn from(details: OrderDetails) -> Self {
        let activations_left = details.order.activations_left();
        let order = details.order;
        let stamps = WireStamps::from(order.stamps);
        let left = |left: Option<Left>| left.map(|left| left.left);
        let refill = |left: Option<Left>| left.and_then(|left| left.refill_on).map(Day);
        Self {
            id: Some(text(order.id)),
            revision: Some(order.revision),
            order_id: Some(details.shown_order_id),
            customer_id: text(order.data.customer),
            product_id: text(order.data.product),
            terms: Some(order.data.terms.into()),
            feature: list(order.data.features),
            valid_from: order.data.valid_from.map(Day),
            valid_until: order.data.valid_until.map(Day),
            notes: order.data.notes,
            external_ref: order.data.external_ref,
            attribute: list(order.data.attributes),
            state: Some(text(order.state)),
            parent_ref: order.parent.map(text),
            root_ref: Some(text(order.root)),
            relation: order.relation.map(text),
            active_licenses: Some(order.active_licenses),
            activations_left,
            moves_left: left(details.moves),
            moves_refill_on: refill(details.moves),
            emergencies_left: left(details.emergencies),
            emergencies_refill_on: refill(details.emergencies),
            first_activated_on: order.first_activated_on.map(Day),
            created_at: stamps.created_at,
            created_by: stamps.created_by,
            updated_at: stamps.updated_at,
            updated_by: stamps.updated_by,
            extra: Vec::new(),
        }
    }
}

impl TryFrom<wire::CreateOrdersRequest> for CreateOrders {
    type Error = Error;

    fn try_from(request: wire::CreateOrdersRequest) -> Result<Self> {
        Ok(Self {
            order: OrderItem::try_from(request.order).map_err(|error| error.within("order"))?,
            count: request.count.unwrap_or(1),
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl TryFrom<wire::DeriveOrderRequest> for DeriveOrder {
    type Error = Error;

    fn try_from(request: wire::DeriveOrderRequest) -> Result<Self> {
        Ok(Self {
            id: reference("id", &request.id)?,
            relation: Relation::read("relation", &request.relation)?,
            customer: optional_reference("customerId", request.customer_id)?,
            product: optional_reference("productId", request.product_id)?,
            terms: within("terms", request.terms, Terms::try_from)?,
            features: each("feature", request.feature, Feature::try_from)?,
            valid_from: day(request.valid_from),
            valid_until: day(request.valid_until),
            keep_parent: request.keep_parent,
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl From<CreatedOrders> for wire::CreateOrdersResult {
    fn from(created: CreatedOrders) -> Self {
        Self {
            order: list(created.orders),
            extra: created.gone.into_iter().map(gone_id).collect(),
        }
    }
}
