//! Allowances: what is left of what a customer may do by himself, counted in rolling windows.
//!
//! A use counts on days after `today − perDays` and after the last reset. A use of a day leaves
//! the window `perDays` later, and so comes back on that day.

use time::{Date, Duration};

use crate::command::Left;
use crate::terms::Allowance;

/// What is left today, and when the next use comes back. `uses` are the days of all uses ever, in
/// any order.
///
/// Where an allowance was lowered below what is used, the day is the first on which there is one
/// again, not the first on which a use leaves the window.
pub fn left(
    allowance: Allowance,
    uses: impl Iterator<Item = Date>,
    reset_on: Option<Date>,
    today: Date,
) -> Left {
    let since = window_start(allowance, today).max(reset_on);
    let mut counted: Vec<Date> = uses.filter(|day| Some(*day) > since).collect();
    counted.sort_unstable();
    let count = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    let excess = count.saturating_sub(allowance.count) as usize;
    Left {
        left: allowance.count.saturating_sub(count),
        refill_on: counted
            .get(excess)
            .and_then(|day| back_on(*day, allowance.per_days)),
    }
}

/// The last day that counts no more; `None`: every day counts.
fn window_start(allowance: Allowance, today: Date) -> Option<Date> {
    today.checked_sub(days(allowance.per_days?))
}

fn back_on(day: Date, per_days: Option<u32>) -> Option<Date> {
    day.checked_add(days(per_days?))
}

fn days(count: u32) -> Duration {
    Duration::days(i64::from(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 25);

    fn of(count: u32, per_days: Option<u32>) -> Allowance {
        Allowance { count, per_days }
    }

    fn answer(allowance: Allowance, uses: &[Date], reset_on: Option<Date>) -> (u32, Option<Date>) {
        let left = left(allowance, uses.iter().copied(), reset_on, TODAY);
        (left.left, left.refill_on)
    }

    #[test]
    fn a_use_comes_back_after_the_days() {
        let uses = [date!(2026 - 10 - 27), date!(2026 - 11 - 20)];
        assert_eq!(
            answer(of(2, Some(30)), &uses, None),
            (0, Some(date!(2026 - 11 - 26)))
        );
        assert_eq!(
            answer(of(2, Some(29)), &uses, None),
            (1, Some(date!(2026 - 12 - 19)))
        );
    }

    #[test]
    fn without_days_nothing_comes_back() {
        assert_eq!(
            answer(of(2, None), &[date!(2001 - 01 - 01)], None),
            (1, None)
        );
        assert_eq!(answer(of(2, None), &[], None), (2, None));
    }

    #[test]
    fn a_reset_forgets_its_own_day_and_those_before() {
        let uses = [
            date!(2026 - 11 - 10),
            date!(2026 - 11 - 20),
            date!(2026 - 11 - 21),
        ];
        assert_eq!(
            answer(of(3, Some(30)), &uses, Some(date!(2026 - 11 - 20))),
            (2, Some(date!(2026 - 12 - 21)))
        );
    }

    #[test]
    fn a_lowered_allowance_tells_when_there_is_one_again() {
        let uses = [
            date!(2026 - 11 - 20),
            date!(2026 - 11 - 10),
            date!(2026 - 11 - 15),
        ];
        assert_eq!(
            answer(of(1, Some(30)), &uses, None),
            (0, Some(date!(2026 - 12 - 20)))
        );
        assert_eq!(answer(of(0, Some(30)), &uses, None), (0, None));
    }

    proptest! {
        /// Told by simulation: walk on day by day, with no further use, until one more is left.
        #[test]
        fn the_day_told_is_the_first_with_one_more(
            count in 0_u32..4,
            per_days in 1_u32..40,
            ages in proptest::collection::vec(0_i64..60, 0..6),
            reset in proptest::option::of(0_i64..60),
        ) {
            let day = |age: i64| TODAY - Duration::days(age);
            let at = |today: Date| left(
                of(count, Some(per_days)), ages.iter().map(|age| day(*age)), reset.map(day), today,
            );
            let now = at(TODAY);
            let next = (1..=i64::from(per_days))
                .map(|ahead| TODAY + Duration::days(ahead))
                .find(|today| at(*today).left > now.left);
            prop_assert_eq!(now.refill_on, next);
        }
    }
}
