//! Calendar dates and date rules.
//!
//! Dates are days in the vendor's time zone, inclusive: an expiry is the last good day.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month};

use crate::error::{Error, Result};

/// Largest amount of an `AFTER` rule; with years it stays inside the calendar.
pub const MAX_AMOUNT: u32 = 9999;

/// When something starts or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DateRule {
    /// It does not end; for an expiry only.
    Never,
    /// On this day.
    Fixed {
        /// The day.
        date: Date,
    },
    /// A time span after a base day.
    After {
        /// How many units, from 1.
        amount: u32,
        /// The unit.
        unit: Unit,
        /// The base day.
        from: Base,
    },
}

/// Unit of a time span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Unit {
    /// Days.
    Days,
    /// Calendar months; clamped to the month's end.
    Months,
    /// Calendar years; 29 February clamps to the 28th.
    Years,
}

/// The day a rule counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Base {
    /// The order's `validFrom`, else the day of its creation.
    Order,
    /// The day of the order's first activation.
    FirstActivation,
    /// The day of the license's activation.
    EachActivation,
}

/// Whether a rule gives a first day or a last good day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The first day.
    Start,
    /// The last good day, inclusive.
    End,
}

/// The base days of one license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseDays {
    /// See [`Base::Order`].
    pub order: Date,
    /// See [`Base::FirstActivation`].
    pub first_activation: Date,
    /// See [`Base::EachActivation`].
    pub activation: Date,
}

impl BaseDays {
    /// Without an order all are the day of issue.
    pub const fn all(day: Date) -> Self {
        Self {
            order: day,
            first_activation: day,
            activation: day,
        }
    }

    const fn day(self, base: Base) -> Date {
        match base {
            Base::Order => self.order,
            Base::FirstActivation => self.first_activation,
            Base::EachActivation => self.activation,
        }
    }
}

impl DateRule {
    /// The day that the rule gives; `None` for never. `member` is the rule's path on the wire.
    ///
    /// # Errors
    /// `InvalidRequest` where the day lies outside the calendar.
    pub fn resolve(self, edge: Edge, days: BaseDays, member: &str) -> Result<Option<Date>> {
        match self {
            Self::Never => Ok(None),
            Self::Fixed { date } => Ok(Some(date)),
            Self::After { amount, unit, from } => {
                let start = add(days.day(from), amount, unit);
                let day = match edge {
                    Edge::Start => start,
                    Edge::End => start.and_then(Date::previous_day),
                };
                let day = day.filter(|day| in_calendar(*day));
                day.map(Some).ok_or_else(|| {
                    let message = format!("The rule {member} gives a day after the year 9999.");
                    Error::invalid(format!("{member}.amount"), message)
                })
            }
        }
    }

    /// Checks the rule by itself.
    pub fn check(self, edge: Edge, may_be_never: bool) -> Result<()> {
        match self {
            Self::Never if !may_be_never || edge == Edge::Start => {
                Err(Error::invalid("kind", "NEVER is for an expiry only."))
            }
            Self::After { amount, .. } if amount == 0 || amount > MAX_AMOUNT => Err(
                Error::invalid("amount", format!("The amount is from 1 to {MAX_AMOUNT}.")),
            ),
            Self::Fixed { date } if !in_calendar(date) => {
                Err(Error::invalid("date", "The year is from 1970 to 9999."))
            }
            _ => Ok(()),
        }
    }
}

fn in_calendar(date: Date) -> bool {
    (1970..=9999).contains(&date.year())
}

/// `base` and a time span; months and years clamp to the month's end.
pub fn add(base: Date, amount: u32, unit: Unit) -> Option<Date> {
    match unit {
        Unit::Days => base.checked_add(Duration::days(i64::from(amount))),
        Unit::Months => add_months(base, i32::try_from(amount).ok()?),
        Unit::Years => add_months(base, i32::try_from(amount).ok()?.checked_mul(12)?),
    }
}

fn add_months(base: Date, months: i32) -> Option<Date> {
    let index = base
        .year()
        .checked_mul(12)?
        .checked_add(i32::from(u8::from(base.month())) - 1)?
        .checked_add(months)?;
    let year = index.div_euclid(12);
    let month = Month::try_from(u8::try_from(index.rem_euclid(12)).ok()? + 1).ok()?;
    let day = base.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).ok()
}

/// Writes `YYYY-MM-DD`.
pub fn format(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// Reads `YYYY-MM-DD`, a real day from 1970 to 9999.
pub fn parse(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    if !shaped {
        return None;
    }
    let month = Month::try_from(text[5..7].parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(text[..4].parse().ok()?, month, text[8..].parse().ok()?)
        .ok()
        .filter(|day| in_calendar(*day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn after(amount: u32, unit: Unit) -> DateRule {
        DateRule::After {
            amount,
            unit,
            from: Base::EachActivation,
        }
    }

    fn end(rule: DateRule, day: Date) -> Date {
        rule.resolve(Edge::End, BaseDays::all(day), "terms.expiry")
            .unwrap()
            .unwrap()
    }

    #[test]
    fn the_examples_of_the_contract() {
        assert_eq!(
            end(after(1, Unit::Years), date!(2026 - 11 - 25)),
            date!(2027 - 11 - 24)
        );
        assert_eq!(
            end(after(1, Unit::Months), date!(2026 - 01 - 31)),
            date!(2026 - 02 - 27)
        );
        assert_eq!(
            end(after(1, Unit::Days), date!(2026 - 11 - 25)),
            date!(2026 - 11 - 25)
        );
        let start = after(1, Unit::Years)
            .resolve(
                Edge::Start,
                BaseDays::all(date!(2024 - 02 - 29)),
                "terms.start",
            )
            .unwrap();
        assert_eq!(start, Some(date!(2025 - 02 - 28)));
    }

    #[test]
    fn a_start_is_never_never() {
        assert!(DateRule::Never.check(Edge::Start, true).is_err());
        assert!(DateRule::Never.check(Edge::End, false).is_err());
        assert!(DateRule::Never.check(Edge::End, true).is_ok());
    }

    #[test]
    fn only_real_days_are_read() {
        assert_eq!(parse("2024-02-29"), Some(date!(2024 - 02 - 29)));
        for wrong in [
            "2023-02-29",
            "2023-2-3",
            "2023-13-01",
            "0000-01-01",
            "2023-01-01T",
            "２０23-1-01",
            "",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn text_and_day_are_one(days in 0_i32..2_932_000) {
            let day = date!(1970 - 01 - 01) + Duration::days(i64::from(days));
            prop_assert_eq!(parse(&format(day)), Some(day));
        }

        #[test]
        fn an_end_lies_one_day_before_the_start_of_the_same_rule(days in 0_i32..40_000, amount in 1_u32..=120, unit in 0..3) {
            let day = date!(1970 - 01 - 01) + Duration::days(i64::from(days));
            let rule = after(amount, [Unit::Days, Unit::Months, Unit::Years][usize::try_from(unit).unwrap()]);
            let start = rule.resolve(Edge::Start, BaseDays::all(day), "terms.start").unwrap().unwrap();
            prop_assert_eq!(end(rule, day).next_day(), Some(start));
            prop_assert!(start > day);
        }

        #[test]
        fn months_never_leave_the_wanted_month(days in 0_i32..40_000, months in 1_u32..=500) {
            let day = date!(1970 - 01 - 01) + Duration::days(i64::from(days));
            let sum = add(day, months, Unit::Months).unwrap();
            let index = |d: Date| d.year() * 12 + i32::from(u8::from(d.month()));
            prop_assert_eq!(index(sum) - index(day), i32::try_from(months).unwrap());
            prop_assert!(sum.day() == day.day() || sum.next_day().unwrap().day() == 1);
        }
    }
}
