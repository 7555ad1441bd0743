//! The real time, in the vendor's time zone. The only place that asks the system for it.

use lds_domain::ports::Clock;
use time::{Date, OffsetDateTime};
use time_tz::OffsetDateTimeExt;

use crate::config::time::Zone;

/// The system's clock.
pub(crate) struct SystemClock(pub(crate) Zone);

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else asks"
    )]
    fn now(&self) -> OffsetDateTime {
        truncated(OffsetDateTime::now_utc())
    }

    fn day(&self, at: OffsetDateTime) -> Date {
        at.to_timezone(self.0.rules).date()
    }

    fn timezone(&self) -> &str {
        &self.0.name
    }
}

/// To milliseconds: what every database and interface keeps.
fn truncated(at: OffsetDateTime) -> OffsetDateTime {
    at - time::Duration::nanoseconds(i64::from(at.nanosecond() % 1_000_000))
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn clock(zone: &str) -> SystemClock {
        SystemClock(Zone::try_from(zone.to_owned()).unwrap())
    }

    #[test]
    fn the_day_is_the_vendors() {
        let at = datetime!(2026-11-24 23:31:13 UTC);
        assert_eq!(clock("UTC").day(at), date!(2026 - 11 - 24));
        assert_eq!(clock("Europe/Berlin").day(at), date!(2026 - 11 - 25));
        assert_eq!(clock("America/New_York").day(at), date!(2026 - 11 - 24));
        // Berlin is two hours ahead in summer, one in winter.
        let summer = datetime!(2026-07-01 22:30 UTC);
        assert_eq!(clock("Europe/Berlin").day(summer), date!(2026 - 07 - 02));
        let winter = datetime!(2026-12-01 22:30 UTC);
        assert_eq!(clock("Europe/Berlin").day(winter), date!(2026 - 12 - 01));
    }

    #[test]
    fn moments_have_whole_milliseconds() {
        assert_eq!(
            truncated(datetime!(2026-11-24 23:31:13.123_456_789 UTC)),
            datetime!(2026-11-24 23:31:13.123 UTC)
        );
        assert_eq!(clock("UTC").now().nanosecond() % 1_000_000, 0);
    }
}
