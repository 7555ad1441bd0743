//! Calendar days and timestamps as seconds since 1970. Days of the request are days of the vendor's
//! time zone, which a generator does not know: it takes the widest reading, so that a license is
//! never dead on a day that it names.

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// The moment when the day ends everywhere on Earth (UTC-12).
pub(crate) fn end_of(date: &str) -> Option<i64> {
    Some((day_number(date)? + 1) * DAY + 12 * HOUR)
}

/// The moment when the day begins anywhere on Earth (UTC+14).
pub(crate) fn start_of(date: &str) -> Option<i64> {
    Some(day_number(date)? * DAY - 14 * HOUR)
}

/// A timestamp `YYYY-MM-DDThh:mm:ssZ`.
pub(crate) fn moment(timestamp: &str) -> Option<i64> {
    let (date, time) = timestamp.strip_suffix('Z')?.split_once('T')?;
    let [hours, minutes, seconds] = numbers(time, ':', [2, 2, 2])?;
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some(day_number(date)? * DAY + hours * HOUR + minutes * 60 + seconds)
}

/// Days since 1970-01-01, by counting in years that begin in March, so that the leap day is last.
fn day_number(date: &str) -> Option<i64> {
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month > 2 { year } else { year - 1 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
            - 719_468,
    )
}

/// Numbers of fixed width between separators.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        assert_eq!(moment("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(moment("2000-02-29T12:00:00Z"), Some(951_825_600));
        assert_eq!(moment("2038-01-19T03:14:07Z"), Some(2_147_483_647));
        assert_eq!(moment("1969-12-31T23:59:59Z"), Some(-1));
        for bad in [
            "2026-13-01T00:00:00Z",
            "2026-11-24",
            "2026-11-24T1:00:00Z",
            "2026-11-24T24:00:00Z",
            "+026-11-24T00:00:00Z",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_is_covered_in_every_time_zone() {
        let noon = moment("2027-11-24T12:00:00Z");
        assert_eq!(end_of("2027-11-24"), noon.map(|noon| noon + 86_400));
        assert_eq!(start_of("2027-11-24"), noon.map(|noon| noon - 26 * 3_600));
    }

    #[test]
    fn every_day_follows_the_day_before() {
        let month_ends = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut expected = day_number("1999-12-31").unwrap();
        for year in 2000..2401 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for (month, days) in (1..).zip(month_ends) {
                let days = if leap && month == 2 { 29 } else { days };
                for day in 1..=days {
                    expected += 1;
                    let date = format!("{year:04}-{month:02}-{day:02}");
                    assert_eq!(day_number(&date), Some(expected), "{date}");
                }
            }
        }
    }
}
