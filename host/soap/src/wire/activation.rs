//! What customers and their installers see.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use super::license::{File, Host};
use crate::leaf::{Day, Timestamp};

/// Names an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderInfoRequest {
    /// The Order ID, in any spelling.
    pub order_id: String,
}

/// Asks for the license of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivateRequest {
    /// The Order ID, in any spelling.
    pub order_id: String,
    /// The machine's identifiers; an order tells by its terms which are needed.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Values for the generator; a list is the name repeated.
    #[serde(default)]
    pub parameter: Vec<NameValue>,
}

/// Names an order and a machine of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineRequest {
    /// The Order ID, in any spelling.
    pub order_id: String,
    /// The machine's identifiers; may be left out where the order has one license only.
    #[serde(default)]
    pub host: Vec<Host>,
}

/// Names an order, a machine of it and the one that gets its license.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RehostRequest {
    /// The Order ID, in any spelling.
    pub order_id: String,
    /// The machine that has the license.
    #[serde(default)]
    pub host: Vec<Host>,
    /// The machine that gets it.
    #[serde(default)]
    pub new_host: Vec<Host>,
}

/// Names an order and a machine of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmergencyRequest {
    /// The Order ID, in any spelling.
    pub order_id: String,
    /// The machine's identifiers; an order tells by its terms which are needed.
    #[serde(default)]
    pub host: Vec<Host>,
}

/// A license as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedLicense {
    /// Identifier `lic_…`.
    pub id: String,
    /// The product's code.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// The name printed, where the vendor fixed it.
    pub licensee: Option<String>,
    /// Its machines.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Its files; none once it is removed.
    #[serde(default)]
    pub file: Vec<File>,
    /// `ACTIVATION`, `MANUAL` or `EMERGENCY`.
    pub kind: String,
    /// `ACTIVE`, `REMOVAL_REQUESTED` (the vendor asks for its removal), `REMOVED` or `REPLACED`.
    pub state: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// First day; absent: at once.
    pub starts_on: Option<Day>,
    /// Last good day; absent: it does not end.
    pub expires_on: Option<Day>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Day>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A host type that an activation takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededHost {
    /// The name to give as a host's type.
    #[serde(rename = "type")]
    pub host_type: String,
    /// For people.
    pub label: String,
    /// Where to find the value.
    pub help: Option<String>,
    /// An example value.
    pub example: Option<String>,
    /// How many are needed.
    pub min: u32,
    /// How many are taken.
    pub max: u32,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A value that an activation takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededParameter {
    /// The name.
    pub name: String,
    /// text, int, bool, date or list.
    #[serde(rename = "type")]
    pub value_type: String,
    /// For people.
    pub label: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// The allowed values; none: any.
    #[serde(default)]
    pub choice: Vec<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What an activation needs; nothing personal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderInfo {
    /// The product's code.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// The name printed, where the vendor fixed it.
    pub licensee: Option<String>,
    /// `NODE_LOCKED`, or `FLOATING`: the hosts are the license servers.
    pub license_type: String,
    /// The hosts that are taken.
    #[serde(default)]
    pub host_type: Vec<NeededHost>,
    /// Hosts in all, at least; 0: none is needed.
    pub min_hosts: u32,
    /// Values that are taken.
    #[serde(default)]
    pub parameter: Vec<NeededParameter>,
    /// Absent: unlimited.
    pub activations_left: Option<u32>,
    /// Absent: none are allowed.
    pub moves_left: Option<u32>,
    /// Absent: none are allowed.
    pub emergencies_left: Option<u32>,
    /// Whether the vendor asks for the removal of a license.
    pub removal_requested: bool,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
