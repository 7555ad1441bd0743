//! Orders with all that decisions need, as the statements bring them.

use std::sync::Arc;

use lds_domain::claim::ClaimClass;
use lds_domain::license::License;
use lds_domain::order::{Matched, OrderLookup, OrderView};
use serde::Deserialize;

use crate::failure::Failure;
use crate::keyed;
use crate::row::{Hex, Rows};
use crate::rows::customer::CustomerRow;
use crate::rows::license::WholeLicense;
use crate::rows::order::{OrderRow, UseRow};
use crate::rows::product::ProductRow;

/// A view as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct ViewRow(
    OrderRow<'static>,
    CustomerRow<'static>,
    ProductRow<'static>,
    Vec<UseRow>,
    u8,
    Vec<(ClaimClass, WholeLicense)>,
    Option<WholeLicense>,
);

impl TryFrom<ViewRow> for OrderView {
    type Error = Failure;

    fn try_from(row: ViewRow) -> Result<Self, Failure> {
        let ViewRow(order, customer, product, uses, removal_requested, matched, only) = row;
        let matched = matched.into_iter().map(|(class, license)| {
            Ok(Matched {
                class,
                license: Arc::new(license.try_into()?),
            })
        });
        Ok(Self {
            order: order.into(),
            customer: Arc::new(customer.into()),
            product: Arc::new(product.into()),
            matched: matched.collect::<Result<_, Failure>>()?,
            only: only.map(License::try_from).transpose()?.map(Arc::new),
            uses: uses.into_iter().map(Into::into).collect(),
            removal_requested: removal_requested != 0,
        })
    }
}

/// Asks for an order; `n` comes back with it.
pub(crate) fn question(rows: &mut Rows, n: usize, lookup: &OrderLookup) -> Result<(), Failure> {
    let (id, order_id, reference) = keyed::order(&lookup.key);
    let claims: Vec<_> = lookup.claims.iter().map(Hex::from).collect();
    rows.push(&(n, id, order_id, reference, claims, u8::from(lookup.only)))?;
    Ok(())
}

/// Adds a view to others of one unit: an order that was named twice is there once, with what was
/// asked for under each name.
pub(crate) fn merge(views: &mut Vec<OrderView>, view: OrderView) {
    let Some(known) = views
        .iter_mut()
        .find(|known| known.order.id == view.order.id)
    else {
        views.push(view);
        return;
    };
    known.only = known.only.take().or(view.only);
    for new in view.matched {
        if !known
            .matched
            .iter()
            .any(|old| old.license.id == new.license.id)
        {
            known.matched.push(new);
        }
    }
}
