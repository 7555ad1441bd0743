//! Rehosting: a license for other hosts in place of one, in one step.

use std::sync::Arc;

use super::{Ending, Task, check_override, issued, lifted};
use crate::access::{Actor, Permission};
use crate::command::{IssuedLicense, Rehost, RehostLicense};
use crate::decision::Aim;
use crate::error::{Error, Result};
use crate::license::License;
use crate::order::OrderKey;
use crate::order_id::OrderId;
use crate::service::{Services, check_reason, not_found, request_key};

impl Services {
    /// `rehostLicense`, by staff: no allowance is touched.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InUse` where the other machine has a license, and the
    /// order, host, policy and generator codes of the contract.
    pub async fn rehost_license(
        self: &Arc<Self>,
        actor: &Actor,
        command: RehostLicense,
    ) -> Result<License> {
        actor.require(Permission::HandleLicenses)?;
        command.options.check()?;
        check_override(actor, command.override_reason.as_deref())?;
        check_reason(command.reason.as_deref(), false)?;
        let request = request_key(actor, &command.options, "rehostLicense", &command);
        let license = self.store.license(command.license).await?;
        let license = license.ok_or_else(|| not_found("license"))?;
        let order = license.order.ok_or_else(without_order)?;
        let reasons = [command.reason, command.override_reason.clone()];
        let reasons: Vec<String> = reasons.into_iter().flatten().collect();
        let hosts = self.normal_hosts("newHost", &command.new_hosts).await?;
        let task = Task {
            ending: Ending::License(license.id),
            days: lifted(command.override_reason.as_deref()),
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            request,
            options: command.options,
            ..Task::new(actor, "rehostLicense", Aim::Rehost, order, hosts)
        };
        self.run_for_staff(task).await.map_err(at_new_host)
    }

    /// `rehost`, by the customer, within the allowance. A repeated one is answered with the
    /// license at the new hosts.
    ///
    /// # Errors
    /// `NoLicense`, `InUse`, `AllowanceExhausted`, and the other codes of an activation.
    pub async fn rehost(self: &Arc<Self>, actor: &Actor, command: Rehost) -> Result<IssuedLicense> {
        let order = OrderKey::OrderId(OrderId::parse(&command.order_id)?);
        let old_hosts = self.normal_hosts("host", &command.hosts).await?;
        let hosts = self.normal_hosts("newHost", &command.new_hosts).await?;
        let task = Task {
            ending: Ending::Machine(old_hosts),
            ..Task::new(actor, "rehost", Aim::Rehost, order, hosts)
        };
        let (view, license) = self.run(task).await.map_err(at_new_host)?;
        Ok(issued(&view, license))
    }
}

fn without_order() -> Error {
    let message = "A license without an order has no rules for other hosts: generate another one.";
    Error::new(crate::Code::ActionNotAllowed, message).at("id")
}

/// The hosts that are checked are the new ones.
fn at_new_host(mut error: Error) -> Error {
    if let Some(rest) = error.field.as_deref().and_then(|f| f.strip_prefix("host")) {
        error.field = Some(format!("newHost{rest}"));
    }
    error
}
