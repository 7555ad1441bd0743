//! What an activation, rehost, replacement or emergency stands on: the order as it is now with the
//! licenses of the machine, and the license that ends.

use std::sync::Arc;

use super::{Task, machine_claims};
use crate::claim::likely;
use crate::decision::{Case, Verdict};
use crate::error::{Code, Error, Result};
use crate::host::{Host, same};
use crate::id::LicenseId;
use crate::license::License;
use crate::order::{OrderKey, OrderLookup, OrderView};
use crate::policy;
use crate::service::{Services, not_found};
use crate::terms::HostMatch;

/// A snapshot.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) view: Arc<OrderView>,
    /// With its files.
    pub(super) ending: Option<Arc<License>>,
}

/// Which license ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// None.
    Nothing,
    /// This one.
    License(LicenseId),
    /// That of this machine; of a repeated command the one that ended then.
    Machine(Vec<Host>),
}

impl Ground {
    /// What is to be done, by what is known now.
    pub(super) fn decide(&self, case: &Case) -> Result<Verdict<'_>> {
        case.decide(&self.view, self.ending.as_ref())
    }
}

impl Services {
    pub(super) async fn ground(&self, task: &Task) -> Result<Ground> {
        // One look at both machines: they may exchange the license between two.
        let machines: &[&[Host]] = match &task.ending {
            Ending::Machine(hosts) => &[&task.hosts, hosts],
            Ending::Nothing | Ending::License(_) => &[&task.hosts],
        };
        let view = self.view_of(&task.order, machines).await?;
        let ending = match &task.ending {
            Ending::Nothing => None,
            Ending::License(id) => Some(self.stored(*id).await?),
            Ending::Machine(hosts) => Some(self.of_machine(task, &view, hosts).await?),
        };
        Ok(Ground { view, ending })
    }

    async fn stored(&self, id: LicenseId) -> Result<Arc<License>> {
        let license = self.store.license(id.into()).await?;
        license.map(Arc::new).ok_or_else(|| not_found("license"))
    }

    async fn of_machine(
        &self,
        task: &Task,
        view: &OrderView,
        hosts: &[Host],
    ) -> Result<Arc<License>> {
        if let Some(license) = policy::live(view, hosts) {
            return Ok(Arc::clone(license));
        }
        let successor = policy::live(view, &task.hosts);
        let Some(id) = successor.and_then(|license| license.replaces) else {
            return Err(no_license());
        };
        let ended = self.stored(id).await?;
        if equal(&ended.hosts, hosts) {
            Ok(ended)
        } else {
            Err(no_license())
        }
    }

    /// The order, and those of its licenses that are for this machine.
    pub(in crate::service) async fn view(
        &self,
        key: &OrderKey,
        hosts: &[Host],
    ) -> Result<Arc<OrderView>> {
        self.view_of(key, &[hosts]).await
    }

    async fn view_of(&self, key: &OrderKey, machines: &[&[Host]]) -> Result<Arc<OrderView>> {
        let only = machines.iter().all(|hosts| hosts.is_empty());
        let lookup = OrderLookup {
            key: key.clone(),
            claims: machines.iter().flat_map(|hosts| likely(hosts)).collect(),
            only,
        };
        let view = self.look_up(key, lookup).await?;
        let HostMatch::AtLeast(_) = view.order.data.terms.host_match else {
            return Ok(view);
        };
        let claims = machines
            .iter()
            .flat_map(|hosts| machine_claims(&view, hosts));
        let lookup = OrderLookup {
            key: view.order.id.into(),
            claims: claims.collect(),
            only,
        };
        self.look_up(key, lookup).await
    }

    async fn look_up(&self, key: &OrderKey, lookup: OrderLookup) -> Result<Arc<OrderView>> {
        let view = self.store.order(lookup).await?;
        view.ok_or_else(|| key.not_found().at("orderId"))
    }
}

/// What to say where a machine has no license.
pub(in crate::service) fn no_license() -> Error {
    Error::new(
        Code::NoLicense,
        "There is no license of this order for this machine. Activate it first.",
    )
}

/// Whether two lists name the same hosts.
pub(in crate::service) fn equal(a: &[Host], b: &[Host]) -> bool {
    a.len() == b.len() && a.iter().all(|host| b.iter().any(|other| same(host, other)))
}
