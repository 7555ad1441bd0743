//! `[time]`: the vendor's time zone, in which days begin and end.

use std::fmt;

use serde::{Deserialize, Serialize};
use time_tz::{TimeZone, Tz, timezones};

use super::error::nearest;

/// `[time]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Time {
    /// By its name in the time zone database.
    pub(crate) zone: Zone,
}

/// A time zone. Several names have the same rules, so the name is kept as it was written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) rules: &'static Tz,
}

impl Default for Zone {
    fn default() -> Self {
        Self {
            name: "UTC".to_owned(),
            rules: timezones::db::UTC,
        }
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if let Some(rules) = timezones::get_by_name(&name) {
            return Ok(Self { name, rules });
        }
        Err(
            match nearest(&name, timezones::iter().map(TimeZone::name)) {
                Some(near) => format!("no time zone {name}; did you mean {near}?"),
                None => format!("no time zone {name}; expected a name such as Europe/Berlin"),
            },
        )
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
