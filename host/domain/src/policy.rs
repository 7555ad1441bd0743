//! Whether an order may be served: one set of pure rules, asked before a generator is called and
//! again under the order's lock.

use std::sync::Arc;

use time::Date;

use crate::allowance::left;
use crate::claim::{ClaimClass, best, same_machine};
use crate::command::Left;
use crate::customer::CustomerState;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::license::License;
use crate::order::{AllowanceUse, Order, OrderState, OrderView, UseKind};

/// Refuses orders that are not served. Staff's override does not lift it.
///
/// # Errors
/// `OrderRevoked`, `OrderSuspended`.
pub fn check_served(view: &OrderView) -> Result<()> {
    match (view.order.state, view.customer.state) {
        (OrderState::Revoked, _) => Err(Error::new(Code::OrderRevoked, "This order was revoked.")),
        (OrderState::Suspended, _) | (_, CustomerState::Blocked) => Err(Error::new(
            Code::OrderSuspended,
            "This order is suspended. Ask the vendor why.",
        )),
        (OrderState::Active, CustomerState::Active) => Ok(()),
    }
}

/// Refuses new activations outside the order's days.
///
/// # Errors
/// `OrderNotYetValid`, `OrderExpired`.
pub fn check_days(order: &Order, today: Date) -> Result<()> {
    match (order.data.valid_from, order.data.valid_until) {
        (Some(from), _) if today < from => Err(Error::new(
            Code::OrderNotYetValid,
            format!(
                "This order can be activated from {}.",
                crate::date::format(from)
            ),
        )),
        (_, Some(until)) if today > until => Err(Error::new(
            Code::OrderExpired,
            format!(
                "This order could be activated until {}.",
                crate::date::format(until)
            ),
        )),
        _ => Ok(()),
    }
}

/// Refuses a further live license where the order has as many as it may.
///
/// # Errors
/// `NoActivationsLeft`.
pub fn check_activations(order: &Order) -> Result<()> {
    match order.activations_left() {
        Some(0) => Err(Error::new(
            Code::NoActivationsLeft,
            "All activations of this order are in use. Release one first, or ask the vendor for more.",
        )),
        _ => Ok(()),
    }
}

/// Refuses to put a live license in another one's place where the order has more than it may.
///
/// # Errors
/// `NoActivationsLeft`.
pub fn check_room(order: &Order) -> Result<()> {
    match order.data.terms.max_activations {
        most if most > 0 && order.active_licenses > most => Err(Error::new(
            Code::NoActivationsLeft,
            "This order has more licenses than it allows by now. Remove some first.",
        )),
        _ => Ok(()),
    }
}

/// The live license of this machine among those brought along.
pub fn live<'a>(view: &'a OrderView, hosts: &[Host]) -> Option<&'a Arc<License>> {
    let terms = &view.order.data.terms;
    let matched = view
        .matched
        .iter()
        .filter(|matched| matched.class == ClaimClass::Live)
        .map(|matched| &matched.license);
    best(
        matched.filter(|license| same_machine(terms, &license.hosts, hosts)),
        hosts,
    )
}

/// Whether a new activation is allowed, in the order in which a caller should learn of obstacles.
pub fn check_new(view: &OrderView, today: Date, days: Days) -> Result<()> {
    check_served(view)?;
    if days == Days::Checked {
        check_days(&view.order, today)?;
    }
    check_activations(&view.order)
}

/// What is left of the customer's own removals and rehosts; absent: none are allowed.
pub fn moves(view: &OrderView, today: Date) -> Option<Left> {
    moves_left(&view.order, &view.uses, today)
}

/// [`moves`] of an order with these uses.
pub fn moves_left(order: &Order, uses: &[AllowanceUse], today: Date) -> Option<Left> {
    let allowance = order.data.terms.moves_allowed?;
    let days = days_of(uses, UseKind::Move);
    Some(left(allowance, days, order.allowances_reset_on, today))
}

/// What is left of the customer's emergency licenses; absent: none are allowed.
pub fn emergencies(view: &OrderView, today: Date) -> Option<Left> {
    emergencies_left(&view.order, &view.uses, today)
}

/// [`emergencies`] of an order with these uses.
pub fn emergencies_left(order: &Order, uses: &[AllowanceUse], today: Date) -> Option<Left> {
    let allowed = order.data.terms.emergency_allowed?;
    let days = days_of(uses, UseKind::Emergency);
    Some(left(
        allowed.allowance,
        days,
        order.allowances_reset_on,
        today,
    ))
}

fn days_of(uses: &[AllowanceUse], kind: UseKind) -> impl Iterator<Item = Date> {
    uses.iter()
        .filter(move |used| used.kind == kind)
        .map(|used| used.on)
}

/// Refuses a move that the allowance does not hold.
///
/// # Errors
/// `ActionNotAllowed` where no moves are allowed, `AllowanceExhausted` with the next date.
pub fn check_move(view: &OrderView, today: Date) -> Result<()> {
    match moves(view, today) {
        Some(left) => check_left(left, "moves"),
        None => Err(Error::new(
            Code::ActionNotAllowed,
            "This license can't be released by yourself. Ask the vendor.",
        )),
    }
}

/// Refuses an emergency license that the allowance does not hold.
///
/// # Errors
/// `ActionNotAllowed` where none are allowed, `AllowanceExhausted` with the next date.
pub fn check_emergency(view: &OrderView, today: Date) -> Result<()> {
    match emergencies(view, today) {
        Some(left) => check_left(left, "emergency licenses"),
        None => Err(Error::new(
            Code::ActionNotAllowed,
            "This order has no emergency licenses. Ask the vendor.",
        )),
    }
}

fn check_left(left: Left, what: &str) -> Result<()> {
    match (left.left, left.refill_on) {
        (0, Some(on)) => Err(Error::new(
            Code::AllowanceExhausted,
            format!(
                "All {what} are used up. The next one is possible on {}.",
                crate::date::format(on)
            ),
        )),
        (0, None) => Err(Error::new(
            Code::AllowanceExhausted,
            format!("All {what} are used up. Ask the vendor for more."),
        )),
        _ => Ok(()),
    }
}

/// Whether the order's days are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Days {
    /// They are.
    Checked,
    /// Staff's override lifts them.
    Lifted,
}
