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

/// A time zone.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Zone(pub(crate) &'static Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(timezones::db::UTC)
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        timezones::get_by_name(&name).map(Self).ok_or_else(|| {
            let known = timezones::iter().map(TimeZone::name);
            match nearest(&name, known) {
                Some(near) => format!("no time zone {name}; did you mean {near}?"),
                None => format!("no time zone {name}; expected a name such as Europe/Berlin"),
            }
        })
    }
}

impl From<Zone> for String {
    fn from(Zone(zone): Zone) -> Self {
        zone.name().to_owned()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.0.name() == other.0.name()
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}
