//! Issuing: activations, rehosts, replacements, emergencies, licenses without an order, and
//! those that were issued elsewhere.
//!
//! What exists is returned as it is; no generator is on the way to it. Else the license is cut
//! from a snapshot, written by the generator with no transaction open, and decided on once more
//! under the order's lock. Equal commands in flight share one generator run.

mod emergency;
mod flight;
mod frame;
mod ground;
mod import;
mod manual;
mod recheck;
mod rehost;
mod replace;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use time::Date;

use crate::access::{Actor, Permission, Who};
use crate::attribute::{Attribute, Names, check_attributes};
use crate::claim::{Claim, claims};
use crate::command::{Activate, ActivateLicense, IssuedLicense, WriteOptions};
use crate::decision::{Aim, Case, Side, Verdict};
use crate::error::{Code, Error, Result};
use crate::generator::GeneratorInfo;
use crate::host::{self, Host};
use crate::id::OrderRef;
use crate::license::License;
use crate::order::{OrderKey, OrderView};
use crate::order_id::OrderId;
use crate::policy::Days;
use crate::service::{MAX_ATTEMPTS, Services, check_reason, request_key};
use crate::terms::Licensee;
use crate::unit::RequestKey;

use flight::Committing;
pub(crate) use flight::Flights;
use ground::{Ending, Ground};
pub(super) use ground::{equal, no_license};

/// How often a command looks where it came too late for an equal one.
const MAX_LOOKS: u32 = 20;

/// A command that issues a license, with everything that does not come from the store.
#[derive(Clone, Debug)]
struct Task {
    actor: Actor,
    action: &'static str,
    aim: Aim,
    order: OrderKey,
    ending: Ending,
    hosts: Vec<Host>,
    /// Those of the license that ends are used again.
    parameters: Vec<Attribute>,
    /// Likewise.
    attributes: Vec<Attribute>,
    days: Days,
    /// Days of an emergency license; absent: as the terms say.
    lasting: Option<u32>,
    reason: Option<String>,
    request: Option<RequestKey>,
    options: WriteOptions,
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
        let order = OrderKey::OrderId(OrderId::parse(&command.order_id)?);
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let task = Task {
            parameters: command.parameters,
            ..Task::new(actor, "activate", Aim::Activation, order, hosts)
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
        check_override(actor, command.override_reason.as_deref())?;
        check_attributes("attribute", &command.attributes, Names::Unique)?;
        let request = request_key(actor, &command.options, "activateLicense", &command);
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let task = Task {
            parameters: command.parameters,
            attributes: command.attributes,
            days: lifted(command.override_reason.as_deref()),
            reason: command.override_reason,
            request,
            options: command.options,
            ..Task::new(
                actor,
                "activateLicense",
                Aim::Activation,
                command.order,
                hosts,
            )
        };
        self.run_for_staff(task).await
    }

    /// A repeated request is answered before anything else is looked at.
    async fn run_for_staff(self: &Arc<Self>, task: Task) -> Result<License> {
        if let Some(license) = self.repeated(task.request.as_ref()).await? {
            return Ok(license);
        }
        let (_, license) = self.run(task).await?;
        Ok(Arc::unwrap_or_clone(license))
    }

    async fn run(self: &Arc<Self>, mut task: Task) -> Result<(Arc<OrderView>, Arc<License>)> {
        check_attributes("parameter", &task.parameters, Names::Repeated)?;
        let asked = task.order.clone();
        let told = |error| told_by(&asked, error);
        for _ in 0..MAX_LOOKS {
            let ground = self.ground(&task).await.map_err(told)?;
            task.actor = acting(&task.actor, ground.view.order.id);
            task.order = ground.view.order.id.into();
            // A repeated request must be answered from its record, which the unit looks up.
            if task.request.is_none()
                && let Verdict::Met(license) = ground.decide(&task.case(self.clock.today()))?
            {
                let license = Arc::clone(license);
                return Ok((ground.view, license));
            }
            if let Some(license) = self.fly(&task, &ground).await.map_err(told)? {
                return Ok((ground.view, license));
            }
        }
        Err(kept_changing())
    }

    /// Prepares, generates and commits, anew when the ground moved meanwhile.
    async fn issue(
        &self,
        task: &Task,
        mut ground: Ground,
        committing: &Committing,
    ) -> Result<Arc<License>> {
        for attempt in 0..MAX_ATTEMPTS {
            if attempt > 0 {
                ground = self.ground(task).await?;
            }
            if let Some(license) = self.attempt(task, &ground, committing).await? {
                return Ok(license);
            }
        }
        Err(kept_changing())
    }

    /// Hosts in normal form.
    pub(super) async fn normal_hosts(&self, member: &str, hosts: &[Host]) -> Result<Vec<Host>> {
        let declared = |name: &str| self.generators.host_type(name);
        let all_known = hosts.iter().all(|host| declared(&host.host_type).is_some());
        let in_service = if all_known {
            Vec::new()
        } else {
            self.listed().await?
        };
        host::normalize(member, hosts, |name| {
            declared(name).ok_or_else(|| unknown_host_type(name, &in_service))
        })
    }
}

/// Names the host types that the generators in service declare.
fn unknown_host_type(name: &str, generators: &[Arc<GeneratorInfo>]) -> Error {
    let ready = generators.iter().filter_map(|info| info.ready().ok());
    let types = ready.flat_map(|description| description.host_type_names());
    host::unsupported(name, types.collect::<BTreeSet<_>>())
}

/// An order that was deleted meanwhile is told of by the name that the caller gave.
fn told_by(asked: &OrderKey, error: Error) -> Error {
    if error.code == Code::NotFound && error.field.as_deref() == Some("orderId") {
        return asked.not_found().at("orderId");
    }
    error
}

fn kept_changing() -> Error {
    Error::unavailable("what a license stands on kept changing while it was issued")
}

impl Task {
    /// A command that ends no license, keeps to the order's days and brings nothing of its own.
    fn new(
        actor: &Actor,
        action: &'static str,
        aim: Aim,
        order: impl Into<OrderKey>,
        hosts: Vec<Host>,
    ) -> Self {
        Self {
            actor: actor.clone(),
            action,
            aim,
            order: order.into(),
            ending: Ending::Nothing,
            hosts,
            parameters: Vec::new(),
            attributes: Vec::new(),
            days: Days::Checked,
            lasting: None,
            reason: None,
            request: None,
            options: WriteOptions::default(),
        }
    }

    fn case(&self, today: Date) -> Case {
        Case {
            aim: self.aim,
            hosts: self.hosts.clone(),
            days: self.days,
            side: self.side(),
            today,
        }
    }

    const fn side(&self) -> Side {
        match self.actor.who {
            Who::Customer(_) => Side::Customer,
            Who::User(..) | Who::Operator | Who::Anonymous => Side::Staff,
        }
    }
}

/// An override is for those who may issue licenses, and needs a reason.
fn check_override(actor: &Actor, reason: Option<&str>) -> Result<()> {
    if reason.is_none() {
        return Ok(());
    }
    actor.require(Permission::IssueLicenses)?;
    check_reason(reason, true).map_err(|error| error.within("override"))
}

const fn lifted(override_reason: Option<&str>) -> Days {
    match override_reason {
        Some(_) => Days::Lifted,
        None => Days::Checked,
    }
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
pub(super) fn issued(view: &OrderView, license: Arc<License>) -> IssuedLicense {
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
