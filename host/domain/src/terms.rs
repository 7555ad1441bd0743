//! Terms: how a license is cut.

use serde::{Deserialize, Serialize};

use crate::attribute::{check_count, check_member};
use crate::date::{DateRule, Edge};
use crate::error::{Error, Result};

/// Days of an emergency license at most.
pub const MAX_EMERGENCY_DAYS: u32 = 366;
/// Hosts of one license.
pub const MAX_HOSTS: usize = 16;
/// Largest quantity; with the largest count of a feature the product stays below 2^53.
pub const MAX_QUANTITY: u32 = 1_000_000;
/// Subsets of n hosts that one license may claim (`AT_LEAST n`).
pub const MAX_SUBSETS: u64 = 70;

/// How a license is cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Bound to a machine, or served by license servers.
    pub license_type: LicenseType,
    /// From 1; a feature grants `count × quantity` per license.
    pub quantity: u32,
    /// Live licenses at most; 0 = unlimited.
    pub max_activations: u32,
    /// Whether hosts are needed.
    pub host_lock: HostLock,
    /// The allowed host types; a type without a rule is refused.
    #[serde(default)]
    pub host_rules: Vec<HostRule>,
    /// Hosts in all, at least.
    pub min_hosts: u32,
    /// When two sets of hosts are the same machine.
    pub host_match: HostMatch,
    /// First day; absent = at once.
    pub start: Option<DateRule>,
    /// Last good day.
    pub expiry: DateRule,
    /// Last day of maintenance; absent = none.
    pub maintenance: Option<DateRule>,
    /// Whose name is printed.
    pub licensee: Licensee,
    /// The customer's own removals and rehosts; absent = none.
    pub moves_allowed: Option<Allowance>,
    /// Emergency licenses by the customer; absent = none.
    pub emergency_allowed: Option<EmergencyAllowance>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            license_type: LicenseType::NodeLocked,
            quantity: 1,
            max_activations: 1,
            host_lock: HostLock::None,
            host_rules: Vec::new(),
            min_hosts: 1,
            host_match: HostMatch::All,
            start: None,
            expiry: DateRule::Never,
            maintenance: None,
            licensee: Licensee::Customer,
            moves_allowed: None,
            emergency_allowed: None,
        }
    }
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on the wire and in the store.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// Reads the name of a member.
            ///
            /// # Errors
            /// `InvalidRequest`, which lists the values.
            pub fn read(member: &str, name: &str) -> crate::Result<Self> {
                Self::from_name(name).ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|value| value.name()).collect();
                    crate::Error::invalid(member, format!("The value is one of {}.", all.join(", ")))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.name()) }
        }
    };
}
pub(crate) use names;

names! {
    /// What the hosts of a license are.
    LicenseType {
        /// The machines that may run the product.
        NodeLocked = "NODE_LOCKED",
        /// The license servers, one or three, order kept.
        Floating = "FLOATING",
    }
}

names! {
    /// Whether a license is bound to hosts.
    HostLock {
        /// No hosts, one license.
        None = "NONE",
        /// Hosts are needed.
        Required = "REQUIRED",
    }
}

/// When two sets of hosts are the same machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HostMatch {
    /// All hosts are equal.
    All,
    /// At least this many hosts of the license are among those given.
    AtLeast(u32),
}

/// How many hosts of a type a license may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRule {
    /// The host type's name.
    #[serde(rename = "type")]
    pub host_type: String,
    /// At least; default 0.
    pub min: u32,
    /// At most; default 1.
    pub max: u32,
}

/// Whose name is printed into the license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Licensee {
    /// The customer's name.
    Customer,
    /// This text.
    Fixed(String),
    /// Nobody's.
    None,
}

/// What a customer may do by himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// How often.
    pub count: u32,
    /// In so many days, rolling; absent = for ever.
    pub per_days: Option<u32>,
}

/// Emergency licenses that a customer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyAllowance {
    /// How often.
    #[serde(flatten)]
    pub allowance: Allowance,
    /// How long one lasts, in days.
    pub days: u32,
}

impl Terms {
    /// Checks the terms by themselves; `field` of an error is relative to the terms.
    pub fn check(&self) -> Result<()> {
        if self.quantity == 0 || self.quantity > MAX_QUANTITY {
            return Err(Error::invalid(
                "quantity",
                format!("The value is from 1 to {MAX_QUANTITY}."),
            ));
        }
        self.check_hosts()?;
        self.check_dates()?;
        if let Licensee::Fixed(text) = &self.licensee {
            check_member("licensee.text", text)?;
        }
        self.check_allowances()
    }

    fn check_hosts(&self) -> Result<()> {
        check_count("hostRule", self.host_rules.len(), MAX_HOSTS)?;
        for (i, rule) in self.host_rules.iter().enumerate() {
            rule.check(&self.host_rules[..i])
                .map_err(|error| error.within(&format!("hostRule[{i}]")))?;
        }
        if self.host_lock == HostLock::None {
            return self.check_no_hosts();
        }
        if self.host_rules.is_empty() {
            return Err(Error::invalid(
                "hostRule",
                "A host lock needs a rule for each allowed host type.",
            ));
        }
        let most = self.most_hosts();
        if self.min_hosts == 0 || u64::from(self.min_hosts) > most {
            return Err(Error::invalid(
                "minHosts",
                format!("The value is from 1 to {most}, the sum of the rules' max."),
            ));
        }
        self.check_servers(most)?;
        self.check_match(most)
    }

    /// A floating license must be possible: with one license server or three.
    fn check_servers(&self, most: u64) -> Result<()> {
        let is_possible = |n: u32| self.min_hosts <= n && u64::from(n) <= most;
        if self.license_type != LicenseType::Floating || is_possible(1) || is_possible(3) {
            return Ok(());
        }
        let message = "A floating license has one or three license servers; \
                       minHosts and the rules allow neither.";
        Err(Error::invalid("minHosts", message))
    }

    fn check_no_hosts(&self) -> Result<()> {
        if self.license_type == LicenseType::Floating {
            return Err(Error::invalid(
                "hostLock",
                "A floating license needs its license servers: REQUIRED.",
            ));
        }
        if self.host_match != HostMatch::All {
            return Err(Error::invalid(
                "hostMatch",
                "Without a host lock there is nothing to match.",
            ));
        }
        Ok(())
    }

    fn check_match(&self, most: u64) -> Result<()> {
        let HostMatch::AtLeast(n) = self.host_match else {
            return Ok(());
        };
        if n == 0 || n > self.min_hosts {
            return Err(Error::invalid(
                "hostMatchCount",
                "The value is from 1 to minHosts.",
            ));
        }
        if subsets(most, u64::from(n)) > MAX_SUBSETS {
            return Err(Error::invalid(
                "hostMatchCount",
                format!(
                    "At most {MAX_SUBSETS} subsets of so many hosts are allowed; lower the rules' max."
                ),
            ));
        }
        Ok(())
    }

    /// Hosts that one license may have at most.
    pub fn most_hosts(&self) -> u64 {
        self.host_rules
            .iter()
            .map(|rule| u64::from(rule.max))
            .sum::<u64>()
            .min(MAX_HOSTS as u64)
    }

    fn check_dates(&self) -> Result<()> {
        if let Some(start) = self.start {
            start
                .check(Edge::Start, false)
                .map_err(|error| error.within("start"))?;
        }
        self.expiry
            .check(Edge::End, true)
            .map_err(|error| error.within("expiry"))?;
        if let Some(maintenance) = self.maintenance {
            maintenance
                .check(Edge::End, false)
                .map_err(|error| error.within("maintenance"))?;
        }
        match (self.start, self.expiry) {
            (Some(DateRule::Fixed { date: start }), DateRule::Fixed { date: end })
                if end < start =>
            {
                Err(Error::invalid(
                    "expiry.date",
                    "The expiry lies before the start.",
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_allowances(&self) -> Result<()> {
        if let Some(moves) = self.moves_allowed {
            moves
                .check()
                .map_err(|error| error.within("movesAllowed"))?;
        }
        if let Some(emergency) = self.emergency_allowed {
            emergency
                .allowance
                .check()
                .map_err(|error| error.within("emergencyAllowed"))?;
            if emergency.days == 0 || emergency.days > MAX_EMERGENCY_DAYS {
                return Err(Error::invalid(
                    "emergencyAllowed.days",
                    format!("The value is from 1 to {MAX_EMERGENCY_DAYS}."),
                ));
            }
        }
        Ok(())
    }

    /// Whether the claims of existing licenses keep their meaning under these other terms.
    pub fn same_host_rules(&self, other: &Self) -> bool {
        self.host_lock == other.host_lock
            && self.host_rules == other.host_rules
            && self.host_match == other.host_match
    }
}

impl HostRule {
    fn check(&self, before: &[Self]) -> Result<()> {
        check_member("type", &self.host_type)?;
        if before.iter().any(|other| other.host_type == self.host_type) {
            return Err(Error::invalid("type", "The host type has a rule already."));
        }
        if self.max == 0 || self.max as usize > MAX_HOSTS {
            return Err(Error::invalid(
                "max",
                format!("The value is from 1 to {MAX_HOSTS}."),
            ));
        }
        if self.min > self.max {
            return Err(Error::invalid("min", "The least is more than the most."));
        }
        Ok(())
    }
}

impl Allowance {
    fn check(self) -> Result<()> {
        if self.count > 10_000 {
            return Err(Error::invalid("count", "The value is from 0 to 10000."));
        }
        if self.per_days.is_some_and(|days| days == 0 || days > 36_525) {
            return Err(Error::invalid("perDays", "The value is from 1 to 36525."));
        }
        Ok(())
    }
}

/// How many subsets of `n` a set of `of` has; saturates far above any limit.
pub fn subsets(of: u64, n: u64) -> u64 {
    if n > of {
        return 0;
    }
    (0..n.min(of - n)).fold(1_u64, |product, i| product.saturating_mul(of - i) / (i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(max: u32, min_hosts: u32, host_match: HostMatch) -> Terms {
        Terms {
            host_lock: HostLock::Required,
            host_rules: vec![HostRule {
                host_type: "ETHERNET".into(),
                min: 0,
                max,
            }],
            min_hosts,
            host_match,
            ..Terms::default()
        }
    }

    fn field(terms: &Terms) -> Option<String> {
        terms.check().err().and_then(|error| error.field)
    }

    #[test]
    fn subsets_are_binomial() {
        assert_eq!(subsets(8, 4), 70);
        assert_eq!(subsets(9, 4), 126);
        assert_eq!(subsets(3, 5), 0);
        assert_eq!(subsets(16, 1), 16);
    }

    #[test]
    fn at_least_stays_within_minimum_and_subsets() {
        assert_eq!(field(&locked(8, 4, HostMatch::AtLeast(4))), None);
        assert_eq!(
            field(&locked(9, 4, HostMatch::AtLeast(4))).as_deref(),
            Some("hostMatchCount")
        );
        assert_eq!(
            field(&locked(3, 1, HostMatch::AtLeast(2))).as_deref(),
            Some("hostMatchCount")
        );
        assert_eq!(
            field(&locked(3, 4, HostMatch::All)).as_deref(),
            Some("minHosts")
        );
    }

    #[test]
    fn a_floating_license_has_servers() {
        let terms = Terms {
            license_type: LicenseType::Floating,
            ..Terms::default()
        };
        assert_eq!(field(&terms).as_deref(), Some("hostLock"));
        let servers = |max, min| Terms {
            license_type: LicenseType::Floating,
            ..locked(max, min, HostMatch::All)
        };
        for (max, min) in [(1, 1), (2, 1), (3, 2), (3, 3), (5, 3)] {
            assert_eq!(field(&servers(max, min)), None, "{min} to {max}");
        }
        for (max, min) in [(2, 2), (5, 4)] {
            let found = field(&servers(max, min));
            assert_eq!(found.as_deref(), Some("minHosts"), "{min} to {max}");
        }
    }
}
