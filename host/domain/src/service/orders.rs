//! Orders: find, suspend, resume, revoke, reset, delete, and how a caller may see one. Storing is
//! in `store`, deriving in `derive`, the rules of one item in `draft`.

mod derive;
mod draft;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::{Value, json};
use time::Date;

use crate::access::{Actor, Permission};
use crate::attribute::check_member;
use crate::command::{BatchAnswer, OrderDetails, StateChange, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::id::OrderRef;
use crate::order::{AllowanceUse, Order, OrderKey, OrderLookup, OrderState};
use crate::policy;
use crate::query::{OrderFilter, Page, Paging};
use crate::service::Services;
use crate::service::desk::Deletion;
use crate::service::entity::{Entity, Unique, list, reference};
use crate::service::items::{Transition, done};
use crate::service::record::Record;
use crate::unit::{Changes, Committed, Loaded, Rows, Wanted};

/// Signs of a part of an Order ID at least.
const MIN_PART: usize = 4;

impl Services {
    /// `findOrders`. A search by a part of the Order ID is for those who see it in full: others
    /// could find the rest by trying.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`.
    pub async fn find_orders(
        &self,
        actor: &Actor,
        mut filter: OrderFilter,
        paging: Paging,
    ) -> Result<Page<OrderDetails>> {
        actor.require(Permission::ReadOrders)?;
        paging.check()?;
        filter.common.check()?;
        if let Some(part) = &filter.order_id_part {
            actor.require(Permission::SeeOrderIds)?;
            filter.order_id_part = Some(normal_part(part)?);
        }
        let (sight, today) = (Sight::of(actor), self.clock.today());
        let page = self.store.find_orders(filter, paging).await?;
        Ok(page.map(|view| details(sight, &view.order, &view.uses, today)))
    }

    /// `suspendOrders`: nothing is handed out until they are resumed.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest` where the reason is missing, `LimitExceeded`,
    /// `IdempotencyConflict`; what concerns one item is its failure.
    pub async fn suspend_orders(
        &self,
        actor: &Actor,
        command: StateChange<OrderKey>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteOrders)?;
        let suspend = Transition::new("suspendOrders", "order.suspended", |order| {
            in_state(order, OrderState::Suspended)
        });
        self.change_items(actor, suspend.with_reason(), command)
            .await
    }

    /// `resumeOrders`.
    ///
    /// # Errors
    /// As [`Self::suspend_orders`]; no reason is needed.
    pub async fn resume_orders(
        &self,
        actor: &Actor,
        command: StateChange<OrderKey>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteOrders)?;
        let resume = Transition::new("resumeOrders", "order.resumed", |order| {
            in_state(order, OrderState::Active)
        });
        self.change_items(actor, resume, command).await
    }

    /// `revokeOrders`: for good. Their licenses stay live but are not handed out any more.
    ///
    /// # Errors
    /// As [`Self::suspend_orders`].
    pub async fn revoke_orders(
        &self,
        actor: &Actor,
        command: StateChange<OrderKey>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteOrders)?;
        let revoke = Transition::new("revokeOrders", "order.revoked", |order| {
            in_state(order, OrderState::Revoked)
        });
        self.change_items(actor, revoke.with_reason(), command)
            .await
    }

    /// `resetAllowances`: what the customer used until today, moves and emergencies, counts no
    /// more.
    ///
    /// # Errors
    /// As [`Self::suspend_orders`]; no reason is needed.
    pub async fn reset_allowances(
        &self,
        actor: &Actor,
        command: StateChange<OrderKey>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteOrders)?;
        let today = self.clock.today();
        let reset = Transition::new("resetAllowances", "order.allowancesReset", move |order| {
            Ok(reset_on(order, today))
        });
        self.change_items(actor, reset, command).await
    }

    /// `deleteOrders`: only those without licenses, even removed ones, that no other order was
    /// derived from. Their Order IDs are never given out again.
    ///
    /// # Errors
    /// As [`Self::suspend_orders`]; no reason is needed.
    pub async fn delete_orders(
        &self,
        actor: &Actor,
        command: StateChange<OrderKey>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteOrders)?;
        let deletion = Deletion {
            operation: "deleteOrders",
            event: "order.deleted",
            in_use: "The order has, or had, licenses, or another one was derived from it.",
        };
        self.delete_items::<Order>(actor, deletion, command).await
    }

    /// The orders that a unit answers with, by id: as written, else as they are now. An Order ID
    /// that a dry run drew is not given out, so it is not told.
    async fn details(
        &self,
        actor: &Actor,
        options: &WriteOptions,
        committed: &Committed,
    ) -> Result<HashMap<String, OrderDetails>> {
        let today = self.clock.today();
        let sight = Sight::of(actor);
        let of_new = if options.dry_run {
            Sight::LastGroup
        } else {
            sight
        };
        let rows = &committed.changes.orders;
        let fresh = |order: &Order| (order.id.to_string(), details(of_new, order, &[], today));
        let mut found: HashMap<_, _> = rows.new.iter().map(fresh).collect();
        let lookups: Vec<_> = done(&committed.outcomes)
            .filter(|id| !found.contains_key(*id))
            .filter_map(|id| id.parse::<OrderRef>().ok())
            .map(|id| OrderLookup::plain(id.into()))
            .collect();
        if lookups.is_empty() {
            return Ok(found);
        }
        let wanted = Wanted {
            orders: lookups,
            ..Wanted::default()
        };
        for view in self.store.load(wanted).await?.orders {
            let changed = rows.changed.iter().find(|order| order.id == view.order.id);
            let order = changed.unwrap_or(&view.order);
            let shown = details(sight, order, &view.uses, today);
            found.insert(order.id.to_string(), shown);
        }
        Ok(found)
    }
}

/// How much of Order IDs a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    InFull,
    LastGroup,
}

impl Sight {
    fn of(actor: &Actor) -> Self {
        if actor.access.allows(Permission::SeeOrderIds) {
            Self::InFull
        } else {
            Self::LastGroup
        }
    }
}

fn details(sight: Sight, order: &Order, uses: &[AllowanceUse], today: Date) -> OrderDetails {
    OrderDetails {
        order: order.clone(),
        shown_order_id: match sight {
            Sight::InFull => order.order_id.expose().to_owned(),
            Sight::LastGroup => order.order_id.shortened(),
        },
        moves: policy::moves_left(order, uses, today),
        emergencies: policy::emergencies_left(order, uses, today),
    }
}

/// Capitals and digits, without what people put between them.
fn normal_part(part: &str) -> Result<String> {
    check_member("orderIdPart", part)?;
    let signs: String = part
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .map(|sign| sign.to_ascii_uppercase())
        .collect();
    if signs.len() < MIN_PART || !signs.chars().all(|sign| sign.is_ascii_alphanumeric()) {
        return Err(Error::invalid(
            "orderIdPart",
            format!("A part of an Order ID has {MIN_PART} letters and digits at least."),
        ));
    }
    Ok(signs)
}

/// What was revoked is over.
fn in_state(order: &Order, state: OrderState) -> Result<Option<Order>> {
    if order.state == state {
        return Ok(None);
    }
    if order.state == OrderState::Revoked {
        let message = "The order was revoked for good.";
        return Err(Error::new(Code::ActionNotAllowed, message).at("id"));
    }
    Ok(Some(Order {
        state,
        ..order.clone()
    }))
}

/// The day of a reset never goes back.
fn reset_on(order: &Order, today: Date) -> Option<Order> {
    let later = order.allowances_reset_on < Some(today);
    later.then(|| Order {
        allowances_reset_on: Some(today),
        ..order.clone()
    })
}

impl Entity for Order {
    type Id = OrderRef;
    type Key = OrderKey;
    const CREATED: &'static str = "order.created";

    fn id(&self) -> OrderRef {
        self.id
    }

    fn order(&self) -> Option<OrderRef> {
        Some(self.id)
    }

    fn unique(&self) -> Vec<Unique> {
        let order_id = ("orderId", self.order_id.expose().to_owned());
        let reference = reference(self.data.external_ref.as_ref());
        std::iter::once(order_id).chain(reference).collect()
    }

    /// Without the Order ID, which never changes and has no place in a log.
    fn members(&self) -> Value {
        let data = &self.data;
        json!({
            "customerId": data.customer.to_string(),
            "productId": data.product.to_string(),
            "terms": data.terms,
            "feature": list(&data.features),
            "validFrom": data.valid_from.map(crate::date::format),
            "validUntil": data.valid_until.map(crate::date::format),
            "notes": data.notes,
            "externalRef": data.external_ref,
            "attribute": list(&data.attributes),
            "state": self.state,
            "parentRef": self.parent.map(|parent| parent.to_string()),
            "relation": self.relation.map(crate::order::Relation::name),
            "allowancesResetOn": self.allowances_reset_on.map(crate::date::format),
        })
    }

    fn touch(&mut self, record: &Record) {
        self.revision += 1;
        self.stamps = record.touch(&self.stamps);
    }

    fn missing(key: &OrderKey) -> Error {
        key.not_found().at("id")
    }

    fn loaded(loaded: &Loaded) -> impl Iterator<Item = &Self> {
        loaded.orders.iter().map(|view| &view.order)
    }

    fn find<'a>(loaded: &'a Loaded, key: &Self::Key) -> Option<&'a Self> {
        loaded.order(key).map(|view| &view.order)
    }

    fn want(wanted: &mut Wanted, key: Self::Key) {
        wanted.orders.push(OrderLookup::plain(key));
    }

    fn rows(changes: &mut Changes) -> &mut Rows<Self, OrderRef> {
        &mut changes.orders
    }
}
