//! Terms and date rules.

use lds_domain::date::{Base, DateRule, Unit};
use lds_domain::terms::{
    Allowance, EmergencyAllowance, HostLock, HostMatch, HostRule, LicenseType, Licensee, Terms,
};
use lds_domain::{Error, Result};

use super::{list, required, text, within};
use crate::leaf::Day;
use crate::wire::terms as wire;

const DAYS: &str = "DAYS";
const MONTHS: &str = "MONTHS";
const YEARS: &str = "YEARS";
const ORDER: &str = "ORDER";
const FIRST_ACTIVATION: &str = "FIRST_ACTIVATION";
const EACH_ACTIVATION: &str = "EACH_ACTIVATION";

impl TryFrom<wire::Terms> for Terms {
    type Error = Error;

    fn try_from(terms: wire::Terms) -> Result<Self> {
        let default = Self::default();
        let license_type = terms.license_type.as_deref();
        let host_lock = terms.host_lock.as_deref();
        Ok(Self {
            license_type: license_type.map_or(Ok(default.license_type), |name| {
                LicenseType::read("licenseType", name)
            })?,
            quantity: terms.quantity.unwrap_or(default.quantity),
            max_activations: terms.max_activations.unwrap_or(default.max_activations),
            host_lock: host_lock.map_or(Ok(default.host_lock), |name| {
                HostLock::read("hostLock", name)
            })?,
            host_rules: list(terms.host_rule),
            min_hosts: terms.min_hosts.unwrap_or(default.min_hosts),
            host_match: host_match(terms.host_match.as_deref(), terms.host_match_count)?,
            start: within("start", terms.start, DateRule::try_from)?,
            expiry: within("expiry", terms.expiry, DateRule::try_from)?.unwrap_or(default.expiry),
            maintenance: within("maintenance", terms.maintenance, DateRule::try_from)?,
            licensee: within("licensee", terms.licensee, Licensee::try_from)?
                .unwrap_or(default.licensee),
            moves_allowed: terms.moves_allowed.map(Allowance::from),
            emergency_allowed: terms.emergency_allowed.map(EmergencyAllowance::from),
        })
    }
}

fn host_match(name: Option<&str>, count: Option<u32>) -> Result<HostMatch> {
    match (name, count) {
        (None | Some("ALL"), None) => Ok(HostMatch::All),
        (None | Some("ALL"), Some(_)) => Err(unfit("hostMatchCount")),
        (Some("AT_LEAST"), count) => required("hostMatchCount", count).map(HostMatch::AtLeast),
        (Some(_), _) => Err(one_of("hostMatch", &["ALL", "AT_LEAST"])),
    }
}

impl From<Terms> for wire::Terms {
    fn from(terms: Terms) -> Self {
        let (host_match, host_match_count) = match terms.host_match {
            HostMatch::All => ("ALL", None),
            HostMatch::AtLeast(count) => ("AT_LEAST", Some(count)),
        };
        Self {
            license_type: Some(text(terms.license_type)),
            quantity: Some(terms.quantity),
            max_activations: Some(terms.max_activations),
            host_lock: Some(text(terms.host_lock)),
            host_rule: list(terms.host_rules),
            min_hosts: Some(terms.min_hosts),
            host_match: Some(text(host_match)),
            host_match_count,
            start: terms.start.map(wire::DateRule::from),
            expiry: Some(terms.expiry.into()),
            maintenance: terms.maintenance.map(wire::DateRule::from),
            licensee: Some(terms.licensee.into()),
            moves_allowed: terms.moves_allowed.map(wire::MoveAllowance::from),
            emergency_allowed: terms.emergency_allowed.map(wire::EmergencyAllowance::from),
            extra: Vec::new(),
        }
    }
}

impl TryFrom<wire::DateRule> for DateRule {
    type Error = Error;

    fn try_from(rule: wire::DateRule) -> Result<Self> {
        let kind = match rule.kind.as_str() {
            "NEVER" => Self::Never,
            "FIXED" => Self::Fixed {
                date: required("date", rule.date)?.0,
            },
            "AFTER" => Self::After {
                amount: required("amount", rule.amount)?,
                unit: read_unit(required("unit", rule.unit.as_deref())?)?,
                from: read_base(required("anchor", rule.anchor.as_deref())?)?,
            },
            _ => return Err(one_of("kind", &["NEVER", "FIXED", "AFTER"])),
        };
        let is_fixed = matches!(kind, Self::Fixed { .. });
        let is_after = matches!(kind, Self::After { .. });
        let unfitting = [
            ("date", rule.date.is_some() && !is_fixed),
            ("amount", rule.amount.is_some() && !is_after),
            ("unit", rule.unit.is_some() && !is_after),
            ("anchor", rule.anchor.is_some() && !is_after),
        ];
        match unfitting.iter().find(|(_, unfitting)| *unfitting) {
            Some((member, _)) => Err(unfit(member)),
            None => Ok(kind),
        }
    }
}

fn read_unit(name: &str) -> Result<Unit> {
    match name {
        DAYS => Ok(Unit::Days),
        MONTHS => Ok(Unit::Months),
        YEARS => Ok(Unit::Years),
        _ => Err(one_of("unit", &[DAYS, MONTHS, YEARS])),
    }
}

fn read_base(name: &str) -> Result<Base> {
    match name {
        ORDER => Ok(Base::Order),
        FIRST_ACTIVATION => Ok(Base::FirstActivation),
        EACH_ACTIVATION => Ok(Base::EachActivation),
        _ => Err(one_of(
            "anchor",
            &[ORDER, FIRST_ACTIVATION, EACH_ACTIVATION],
        )),
    }
}

fn one_of(member: &str, names: &[&str]) -> Error {
    Error::invalid(member, format!("The value is one of {}.", names.join(", ")))
}

fn unfit(member: &str) -> Error {
    Error::invalid(member, "The value has no place here.")
}

impl From<DateRule> for wire::DateRule {
    fn from(rule: DateRule) -> Self {
        match rule {
            DateRule::Never => Self {
                kind: text("NEVER"),
                ..Self::default()
            },
            DateRule::Fixed { date } => Self {
                kind: text("FIXED"),
                date: Some(Day(date)),
                ..Self::default()
            },
            DateRule::After { amount, unit, from } => Self {
                kind: text("AFTER"),
                amount: Some(amount),
                unit: Some(text(unit_name(unit))),
                anchor: Some(text(base_name(from))),
                ..Self::default()
            },
        }
    }
}

const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => DAYS,
        Unit::Months => MONTHS,
        Unit::Years => YEARS,
    }
}

const fn base_name(base: Base) -> &'static str {
    match base {
        Base::Order => ORDER,
        Base::FirstActivation => FIRST_ACTIVATION,
        Base::EachActivation => EACH_ACTIVATION,
    }
}

impl TryFrom<wire::Licensee> for Licensee {
    type Error = Error;

    fn try_from(licensee: wire::Licensee) -> Result<Self> {
        match (licensee.kind.as_str(), licensee.text) {
            ("FIXED", text) => required("text", text).map(Self::Fixed),
            ("CUSTOMER", None) => Ok(Self::Customer),
            ("NONE", None) => Ok(Self::None),
            ("CUSTOMER" | "NONE", Some(_)) => Err(unfit("text")),
            _ => Err(one_of("kind", &["CUSTOMER", "FIXED", "NONE"])),
        }
    }
}

impl From<Licensee> for wire::Licensee {
    fn from(licensee: Licensee) -> Self {
        let (kind, text) = match licensee {
            Licensee::Customer => ("CUSTOMER", None),
            Licensee::Fixed(text) => ("FIXED", Some(text)),
            Licensee::None => ("NONE", None),
        };
        Self {
            kind: kind.to_owned(),
            text,
            extra: Vec::new(),
        }
    }
}

impl From<wire::HostRule> for HostRule {
    fn from(rule: wire::HostRule) -> Self {
        Self {
            host_type: rule.host_type,
            min: rule.min.unwrap_or(0),
            max: rule.max.unwrap_or(1),
        }
    }
}

impl From<HostRule> for wire::HostRule {
    fn from(rule: HostRule) -> Self {
        Self {
            host_type: rule.host_type,
            min: Some(rule.min),
            max: Some(rule.max),
            extra: Vec::new(),
        }
    }
}

impl From<wire::MoveAllowance> for Allowance {
    fn from(allowance: wire::MoveAllowance) -> Self {
        Self {
            count: allowance.count,
            per_days: allowance.per_days,
        }
    }
}

impl From<Allowance> for wire::MoveAllowance {
    fn from(allowance: Allowance) -> Self {
        Self {
            count: allowance.count,
            per_days: allowance.per_days,
            extra: Vec::new(),
        }
    }
}

impl From<wire::EmergencyAllowance> for EmergencyAllowance {
    fn from(emergency: wire::EmergencyAllowance) -> Self {
        Self {
            allowance: Allowance {
                count: emergency.count,
                per_days: emergency.per_days,
            },
            days: emergency.days,
        }
    }
}

impl From<EmergencyAllowance> for wire::EmergencyAllowance {
    fn from(emergency: EmergencyAllowance) -> Self {
        Self {
            count: emergency.allowance.count,
            per_days: emergency.allowance.per_days,
            days: emergency.days,
            extra: Vec::new(),
        }
    }
}
