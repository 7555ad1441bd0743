//! Whether a license may be issued under an order: one pure function of what is known of the
//! order, asked on a snapshot before a generator is called, and again under the order's lock.
//!
//! It must not know who stores licenses or how one is written.

use std::sync::Arc;

use time::Date;

use crate::claim::{ClaimClass, best};
use crate::customer::{Customer, CustomerState, erased};
use crate::error::{Code, Error, Result};
use crate::generator::RequestKind;
use crate::host::{self, Host};
use crate::license::{License, LicenseKind, LicenseState};
use crate::order::OrderView;
use crate::policy::{self, Days, check_days, check_emergency, check_move, check_room, live};
use crate::product::{Product, ProductState};

/// What a license is issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aim {
    /// For a machine that has none.
    Activation,
    /// In place of another one, for the same hosts.
    Replacement,
    /// In place of another one, for other hosts.
    Rehost,
    /// A short one, besides any other.
    Emergency,
}

impl Aim {
    /// What the generator is told.
    pub const fn request_kind(self) -> RequestKind {
        match self {
            Self::Activation => RequestKind::Activation,
            Self::Replacement => RequestKind::Replacement,
            Self::Rehost => RequestKind::Rehost,
            Self::Emergency => RequestKind::Emergency,
        }
    }

    /// Of what kind the license is.
    pub const fn license_kind(self) -> LicenseKind {
        match self {
            Self::Activation | Self::Replacement | Self::Rehost => LicenseKind::Activation,
            Self::Emergency => LicenseKind::Emergency,
        }
    }

    /// What the license excludes by its claims.
    pub const fn class(self) -> ClaimClass {
        match self {
            Self::Activation | Self::Replacement | Self::Rehost => ClaimClass::Live,
            Self::Emergency => ClaimClass::Emergency,
        }
    }
}

/// Whose act it is. Allowances are for what customers do by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The customer's.
    Customer,
    /// The vendor's.
    Staff,
}

/// What is asked of an order.
#[derive(Clone, Debug)]
pub struct Case {
    /// What for.
    pub aim: Aim,
    /// For which machine, in normal form.
    pub hosts: Vec<Host>,
    /// Whether the order's days are looked at.
    pub days: Days,
    /// By whom.
    pub side: Side,
    /// The day.
    pub today: Date,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict<'a> {
    /// Nothing: this license is what was asked for.
    Met(&'a Arc<License>),
    /// A license is to be issued.
    Issue,
}

impl Case {
    /// Decides. `ending` is the license that the new one replaces, without which nothing is
    /// replaced or rehosted.
    ///
    /// # Errors
    /// The order, host and policy codes of the contract, in the order in which a caller should
    /// learn of obstacles.
    pub fn decide<'a>(
        &self,
        view: &'a OrderView,
        ending: Option<&'a Arc<License>>,
    ) -> Result<Verdict<'a>> {
        policy::check_served(view)?;
        if let Some(license) = self.met(view, ending) {
            return Ok(Verdict::Met(license));
        }
        if let Some(ending) = ending {
            check_ending(ending)?;
        }
        self.check_hosts(view)?;
        match self.aim {
            Aim::Activation => policy::check_new(view, self.today, self.days)?,
            Aim::Replacement => check_room(&view.order)?,
            Aim::Rehost => self.check_rehost(view, ending)?,
            Aim::Emergency => self.check_emergency(view)?,
        }
        Ok(Verdict::Issue)
    }

    fn met<'a>(
        &self,
        view: &'a OrderView,
        ending: Option<&'a Arc<License>>,
    ) -> Option<&'a Arc<License>> {
        let live = live(view, &self.hosts);
        match (self.aim, ending) {
            (Aim::Activation, _) => live,
            (Aim::Emergency, _) => good_emergency(view, &self.hosts, self.today),
            // Done before.
            (Aim::Replacement | Aim::Rehost, Some(ending)) if !ending.is_in_force() => {
                live.filter(|license| ending.replaced_by == Some(license.id))
            }
            (Aim::Rehost, Some(ending)) if ending.hosts == self.hosts => Some(ending),
            (Aim::Replacement | Aim::Rehost, _) => None,
        }
    }

    fn check_hosts(&self, view: &OrderView) -> Result<()> {
        host::check_against(&self.hosts, &view.order.data.terms)
    }

    fn check_rehost(&self, view: &OrderView, ending: Option<&Arc<License>>) -> Result<()> {
        let other = live(view, &self.hosts).map(|license| license.id);
        if other.is_some() && other != ending.map(|license| license.id) {
            let message = "The other machine has a license of this order already.";
            return Err(Error::new(Code::InUse, message).at("host"));
        }
        if self.days == Days::Checked {
            check_days(&view.order, self.today)?;
        }
        check_room(&view.order)?;
        match self.side {
            Side::Customer => check_move(view, self.today),
            Side::Staff => Ok(()),
        }
    }

    fn check_emergency(&self, view: &OrderView) -> Result<()> {
        if let Some(license) = live(view, &self.hosts) {
            check_unasked(license)?;
        }
        check_days(&view.order, self.today)?;
        match self.side {
            Side::Customer => check_emergency(view, self.today),
            Side::Staff => Ok(()),
        }
    }
}

/// The emergency license of this machine that can still be used.
fn good_emergency<'a>(
    view: &'a OrderView,
    hosts: &[Host],
    today: Date,
) -> Option<&'a Arc<License>> {
    best(emergencies(view).filter(|l| is_good(l, today)), hosts)
}

/// Emergency licenses of this machine whose time is over: a further one takes their claims.
pub fn lapsed_emergencies(view: &OrderView, today: Date) -> impl Iterator<Item = &Arc<License>> {
    emergencies(view).filter(move |license| !is_good(license, today))
}

fn emergencies(view: &OrderView) -> impl Iterator<Item = &Arc<License>> {
    view.matched
        .iter()
        .filter(|matched| matched.class == ClaimClass::Emergency)
        .map(|matched| &matched.license)
}

fn is_good(license: &License, today: Date) -> bool {
    license.expires_on.is_none_or(|day| day >= today)
}

/// Whether a license may be issued without an order; `ending` is one that the new one replaces.
///
/// # Errors
/// `OrderSuspended` where the customer is blocked, `ActionNotAllowed`.
pub fn check_manual(
    customer: &Customer,
    product: &Product,
    ending: Option<&License>,
) -> Result<()> {
    check_customer(customer)?;
    match ending {
        Some(ending) => check_ending(ending),
        None if product.state == ProductState::Draft => {
            let message = "The product is DRAFT: activate it first.";
            Err(Error::new(Code::ActionNotAllowed, message).at("productId"))
        }
        None => Ok(()),
    }
}

/// Whether a customer can get a license without an order.
///
/// # Errors
/// `OrderSuspended` where the customer is blocked, `ActionNotAllowed` where erased.
pub fn check_customer(customer: &Customer) -> Result<()> {
    if customer.state == CustomerState::Blocked {
        let message = "The customer is blocked: nothing is issued.";
        return Err(Error::new(Code::OrderSuspended, message).at("customerId"));
    }
    if customer.data.is_erased() {
        return Err(erased().at("customerId"));
    }
    Ok(())
}

/// Refuses to replace what is over, what was never counted, and what the vendor asked back.
fn check_ending(license: &License) -> Result<()> {
    let refused = |message: &str| Err(Error::new(Code::ActionNotAllowed, message));
    match (license.kind, license.state) {
        (_, LicenseState::Removed) => refused("The license was removed and is over."),
        (_, LicenseState::Replaced) => refused("The license was replaced and is over."),
        (LicenseKind::Emergency, _) => refused("An emergency license can't be replaced."),
        _ => check_unasked(license),
    }
}

fn check_unasked(license: &License) -> Result<()> {
    match license.state {
        LicenseState::RemovalRequested => Err(Error::new(
            Code::ActionNotAllowed,
            "The vendor asked for this license's removal: it can only be removed.",
        )),
        _ => Ok(()),
    }
}
