//! Commands of the customer side, where the Order ID is the credential, and its answers.

use std::sync::Arc;

use super::Left;
use crate::attribute::Attribute;
use crate::generator::Definition;
use crate::host::{Host, HostTypeRef};
use crate::license::{License, LicenseKind, LicenseState};
use crate::terms::LicenseType;

/// `activate`, by the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activate {
    /// The Order ID as typed.
    pub order_id: String,
    /// The machine.
    pub hosts: Vec<Host>,
    /// Values for the generator.
    pub parameters: Vec<Attribute>,
}

/// `rehost`, by the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehost {
    /// The Order ID as typed.
    pub order_id: String,
    /// The machine that has the license.
    pub hosts: Vec<Host>,
    /// The machine that gets it.
    pub new_hosts: Vec<Host>,
}

/// `getLicense`, `deactivate` and `emergency`, by the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForMachine {
    /// The Order ID as typed.
    pub order_id: String,
    /// The machine.
    pub hosts: Vec<Host>,
}

/// The customer's view of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedLicense {
    /// The license, with files unless it was removed.
    pub license: Arc<License>,
    /// The name printed, only where the terms fix it.
    pub licensee: Option<String>,
}

impl IssuedLicense {
    /// Kind of the license.
    pub fn kind(&self) -> LicenseKind {
        self.license.kind
    }

    /// State of the license.
    pub fn state(&self) -> LicenseState {
        self.license.state
    }
}

/// `getOrderInfo`: what an activation needs; nothing personal.
#[derive(Clone, Debug)]
pub struct OrderInfo {
    /// The product's code.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// Only where the terms fix it.
    pub licensee: Option<String>,
    /// What the hosts are.
    pub license_type: LicenseType,
    /// The hosts that are needed.
    pub host_types: Vec<NeededHost>,
    /// Hosts in all, at least; 0 = none.
    pub min_hosts: u32,
    /// Values that the generator takes at activation.
    pub parameters: Vec<Definition>,
    /// `None` = unlimited.
    pub activations_left: Option<u32>,
    /// Absent: none are allowed.
    pub moves: Option<Left>,
    /// Absent: none are allowed.
    pub emergencies: Option<Left>,
    /// Whether the vendor asked for a removal.
    pub removal_requested: bool,
}

/// A host type with how many of it a license takes.
#[derive(Clone, Debug)]
pub struct NeededHost {
    /// The declaration; name and label where the generator is not available are the rule's.
    pub host_type: HostTypeRef,
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}
