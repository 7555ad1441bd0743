//! Emergency licenses: short ones that exclude each other and nothing else.

use std::sync::Arc;

use super::{Task, issued};
use crate::access::{Actor, Permission};
use crate::command::{EmergencyLicense, ForMachine, IssuedLicense};
use crate::decision::Aim;
use crate::error::{Error, Result};
use crate::license::License;
use crate::order::OrderKey;
use crate::order_id::OrderId;
use crate::service::{Services, check_reason, request_key};
use crate::terms::MAX_EMERGENCY_DAYS;

impl Services {
    /// `emergencyLicense`, by staff: no allowance is touched.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, and the codes of an activation.
    pub async fn emergency_license(
        self: &Arc<Self>,
        actor: &Actor,
        command: EmergencyLicense,
    ) -> Result<License> {
        actor.require(Permission::HandleLicenses)?;
        command.options.check()?;
        check_reason(Some(&command.reason), true)?;
        check_days(command.days)?;
        let request = request_key(actor, &command.options, "emergencyLicense", &command);
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let task = Task {
            lasting: command.days,
            reason: Some(command.reason),
            request,
            options: command.options,
            ..Task::new(
                actor,
                "emergencyLicense",
                Aim::Emergency,
                command.order,
                hosts,
            )
        };
        self.run_for_staff(task).await
    }

    /// `emergency`, by the customer, within the allowance. While a license of this machine is
    /// still good, it is that one.
    ///
    /// # Errors
    /// `AllowanceExhausted`, `ActionNotAllowed`, and the codes of an activation.
    pub async fn emergency(
        self: &Arc<Self>,
        actor: &Actor,
        command: ForMachine,
    ) -> Result<IssuedLicense> {
        let order = OrderKey::OrderId(OrderId::parse(&command.order_id)?);
        let hosts = self.normal_hosts("host", &command.hosts).await?;
        let task = Task::new(actor, "emergency", Aim::Emergency, order, hosts);
        let (view, license) = self.run(task).await?;
        Ok(issued(&view, license))
    }
}

fn check_days(days: Option<u32>) -> Result<()> {
    match days {
        Some(days) if days == 0 || days > MAX_EMERGENCY_DAYS => Err(Error::invalid(
            "days",
            format!("The value is from 1 to {MAX_EMERGENCY_DAYS}."),
        )),
        _ => Ok(()),
    }
}
