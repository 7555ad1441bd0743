//! Terms and date rules on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use crate::leaf::Day;

/// When something starts or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRule {
    /// `NEVER` (for an expiry only), `FIXED` or `AFTER`.
    pub kind: String,
    /// The day, of `FIXED`.
    pub date: Option<Day>,
    /// How many units, of `AFTER`; from 1.
    pub amount: Option<u32>,
    /// `DAYS`, `MONTHS` or `YEARS`, of `AFTER`.
    pub unit: Option<String>,
    /// The base day, of `AFTER`: `ORDER`, `FIRST_ACTIVATION` or `EACH_ACTIVATION`.
    pub anchor: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// How many hosts of a type a license may have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRule {
    /// The host type's name, as in `ETHERNET`.
    #[serde(rename = "type")]
    pub host_type: String,
    /// At least; 0 if absent.
    pub min: Option<u32>,
    /// At most; 1 if absent.
    pub max: Option<u32>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Whose name is printed into the license.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licensee {
    /// `CUSTOMER` (the customer's name), `FIXED` or `NONE`.
    pub kind: String,
    /// The name, of `FIXED`.
    pub text: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Removals and moves that the customer may do himself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveAllowance {
    /// How often.
    pub count: u32,
    /// In so many days, rolling; absent: for ever.
    pub per_days: Option<u32>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Emergency licenses that the customer may take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmergencyAllowance {
    /// How often.
    pub count: u32,
    /// In so many days, rolling; absent: for ever.
    pub per_days: Option<u32>,
    /// How long one lasts, in days.
    pub days: u32,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// How a license is cut. Replies show every default filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// `NODE_LOCKED` (default), or `FLOATING`: the hosts are the license servers, one or three.
    pub license_type: Option<String>,
    /// From 1 (default); a feature grants its count times this.
    pub quantity: Option<u32>,
    /// Live licenses at most; default 1; 0: unlimited.
    pub max_activations: Option<u32>,
    /// `NONE` (default): no hosts, one license; or `REQUIRED`.
    pub host_lock: Option<String>,
    /// The allowed host types; a type without a rule is refused.
    #[serde(default)]
    pub host_rule: Vec<HostRule>,
    /// Hosts in all, at least; default 1.
    pub min_hosts: Option<u32>,
    /// `ALL` (default), or `AT_LEAST`: so many of the license's hosts make it the same machine.
    pub host_match: Option<String>,
    /// How many, of `AT_LEAST`.
    pub host_match_count: Option<u32>,
    /// First day; absent: at once.
    pub start: Option<DateRule>,
    /// Last good day; absent: `NEVER`.
    pub expiry: Option<DateRule>,
    /// Last day of maintenance; absent: none.
    pub maintenance: Option<DateRule>,
    /// Whose name is printed; absent: the customer's.
    pub licensee: Option<Licensee>,
    /// What the customer may move himself; absent: nothing.
    pub moves_allowed: Option<MoveAllowance>,
    /// Emergency licenses by the customer; absent: none.
    pub emergency_allowed: Option<EmergencyAllowance>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
