//! Activation: from an order and a machine to the one license.
//!
//! What exists is returned as it is; no generator is on the way to it. Else the license is cut
//! from a snapshot, written by the generator with no transaction open, and decided on once more
//! under the order's lock. Equal activations in flight share one generator run.

mod flight;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use time::Date;

use crate::access::{Actor, Permission, Who};
use crate::attribute::{Attribute, Names, check_attributes};
use crate::claim::{Claim, claims, likely};
use crate::command::{Activate, ActivateLicense, IssuedLicense};
use crate::error::{Error, Result};
use crate::generator::GeneratorInfo;
use crate::host::{self, Host};
use crate::id::OrderRef;
use crate::license::License;
use crate::order::{OrderKey, OrderLookup, OrderView};
use crate::order_id::OrderId;
use crate::policy::{self, Days};
use crate::service::{MAX_ATTEMPTS, Services, check_reason, request_key};
use crate::terms::{HostMatch, Licensee};
use crate::unit::RequestKey;

pub(crate) use flight::Flights;

/// An activation with everything that does not come from the store.
#[derive(Clone, Debug)]
struct Task {
    actor: Actor,
    action: &'static str,
    order: OrderKey,
    hosts: Vec<Host>,
    parameters: Vec<Attribute>,
    attributes: Vec<Attribute>,
    days: Days,
    reason: Option<String>,
    request: Option<RequestKey>,
    dry_run: bool,
}

impl Services {
    /// `activate`, by the customer: the Order ID is the credential.
    ///
    /// # Errors
    /// The order, host, policy and generator codes of the contract.
    pub async fn activate(
        self: &Arc<Self>,
        actor: &Actor,
        command: Activate,
    ) -> Result<IssuedLicense> {
        let task = Task {
            actor: actor.clone(),
            action: "activate",
            order: OrderKey::OrderId(OrderId::parse(&command.order_id)?),
            hosts: self.normal_hosts("host", &command.hosts)?,
            parameters: command.parameters,
            attributes: Vec::new(),
            days: Days::Checked,
            reason: None,
            request: None,
            dry_run: false,
        };
        let (view, license) = self.run(task).await?;
        Ok(issued(&view, license))
    }

    /// `activateLicense`, by staff.
    ///
    /// # Errors
    /// As [`Self::activate`], and `PermissionDenied`.
    pub async fn activate_license(
        self: &Arc<Self>,
        actor: &Actor,
        command: ActivateLicense,
    ) -> Result<License> {
        actor.require(Permission::HandleLicenses)?;
        command.options.check()?;
        if command.override_reason.is_some() {
            actor.require(Permission::IssueLicenses)?;
            check_reason(command.override_reason.as_deref(), true)
                .map_err(|error| error.within("override"))?;
        }
        check_attributes("attribute", &command.attributes, Names::Unique)?;
        let request = request_key(actor, &command.options, "activateLicense", &command);
        let task = Task {
            actor: actor.clone(),
            action: "activateLicense",
            order: command.order,
            hosts: self.normal_hosts("host", &command.hosts)?,
            parameters: command.parameters,
            attributes: command.attributes,
            days: if command.override_reason.is_some() {
                Days::Lifted
            } else {
                Days::Checked
            },
            reason: command.override_reason,
            request,
            dry_run: command.options.dry_run,
        };
        Ok(self.run(task).await?.1)
    }

    async fn run(self: &Arc<Self>, mut task: Task) -> Result<(Arc<OrderView>, License)> {
        check_attributes("parameter", &task.parameters, Names::Repeated)?;
        for _ in 0..MAX_ATTEMPTS {
            let view = self.view(&task.order, &task.hosts).await?;
            task.actor = acting(&task.actor, view.order.id);
            task.order = view.order.id.into();
            // A repeated request must be answered from its record, which the unit looks up.
            if task.request.is_none() {
                policy::check_served(&view)?;
                if let Some(license) = policy::live(&view, &task.hosts) {
                    let license = license.clone();
                    return Ok((view, license));
                }
            }
            if let Some(license) = self.fly(&task, &view).await? {
                return Ok((view, license));
            }
        }
        Err(kept_changing())
    }

    /// Prepares, generates and commits, anew when the ground moved meanwhile.
    async fn issue(&self, task: &Task, mut view: Arc<OrderView>) -> Result<License> {
        for attempt in 0..MAX_ATTEMPTS {
            if attempt > 0 {
                view = self.view(&task.order, &task.hosts).await?;
            }
            if let Some(license) = self.attempt(task, &view).await? {
                return Ok(license);
            }
        }
        Err(kept_changing())
    }

    /// The order, and those of its licenses that are for this machine.
    pub(super) async fn view(&self, key: &OrderKey, hosts: &[Host]) -> Result<Arc<OrderView>> {
        let lookup = OrderLookup {
            key: key.clone(),
            claims: likely(hosts),
            only: hosts.is_empty(),
        };
        let view = self
            .store
            .order(lookup)
            .await?
            .ok_or_else(|| key.not_found().at("orderId"))?;
        let HostMatch::AtLeast(_) = view.order.data.terms.host_match else {
            return Ok(view);
        };
        let lookup = OrderLookup {
            key: view.order.id.into(),
            claims: machine_claims(&view, hosts),
            only: hosts.is_empty(),
        };
        self.store
            .order(lookup)
            .await?
            .ok_or_else(|| key.not_found().at("orderId"))
    }

    /// Hosts in normal form.
    pub(super) fn normal_hosts(&self, member: &str, hosts: &[Host]) -> Result<Vec<Host>> {
        host::normalize(member, hosts, |name| self.generators.host_type(name))
    }

    /// The generator of a product.
    pub(super) fn generator(&self, name: &str) -> Result<Arc<GeneratorInfo>> {
        self.generators.get(name).ok_or_else(|| {
            Error::new(
                crate::Code::GeneratorUnavailable,
                "The product's generator is not available now.",
            )
            .because(format!("generator {name} is not installed"))
        })
    }
}

fn kept_changing() -> Error {
    Error::unavailable("the order kept changing during an activation")
}

/// The claims by which a machine is recognised; more hosts than a license may have bring no more
/// claims than it may have.
pub(super) fn machine_claims(view: &OrderView, hosts: &[Host]) -> Vec<Claim> {
    claims(&view.order.data.terms, hosts)
}

/// A customer is named by the order he knows.
pub(super) fn acting(actor: &Actor, order: OrderRef) -> Actor {
    let who = match &actor.who {
        Who::Customer(_) => Who::Customer(Some(order)),
        other => other.clone(),
    };
    Actor {
        who,
        ..actor.clone()
    }
}

/// The customer's view of a license.
pub(super) fn issued(view: &OrderView, license: License) -> IssuedLicense {
    let fixed = matches!(view.order.data.terms.licensee, Licensee::Fixed(_));
    IssuedLicense {
        licensee: license.licensee.clone().filter(|_| fixed),
        license,
    }
}

/// Today, of a moment that everything about one license is dated by.
pub(super) fn whole_seconds(at: time::OffsetDateTime) -> time::OffsetDateTime {
    at.replace_nanosecond(0).unwrap_or(at)
}

#[derive(Clone, Copy, Debug)]
struct Moment {
    now: time::OffsetDateTime,
    today: Date,
}
