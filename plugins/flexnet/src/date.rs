//! Calendar days in two spellings: `2027-11-24` in documents, `24-nov-2027` in license files.

use core::fmt;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// A real day of a year from 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day that exists.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `2027-11-24`.
    pub fn from_iso(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Self::new(
            digits(year, 4..=4)?,
            u8::try_from(digits(month, 2..=2)?).ok()?,
            u8::try_from(digits(day, 2..=2)?).ok()?,
        )
    }

    /// Writes `2027-11-24`.
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// Reads `24-nov-2027`, in any letter case, the day with or without a leading zero. Years of
    /// two digits are ambiguous and no dates.
    pub fn from_license(text: &str) -> Option<Self> {
        let (day, month, year) = parts(text)?;
        Self::new(digits(year, 4..=4)?, month, day)
    }
}

/// The last good day as a license file says it: `permanent` or a day of the year 0 never comes.
pub fn expiry(text: &str) -> Option<Option<Date>> {
    let never = text.eq_ignore_ascii_case("permanent")
        || parts(text).is_some_and(|(_, _, year)| {
            !year.is_empty() && year.len() != 2 && year.bytes().all(|byte| byte == b'0')
        });
    if never {
        return Some(None);
    }
    Date::from_license(text).map(Some)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = MONTHS[usize::from(self.month) - 1];
        write!(f, "{:02}-{month}-{:04}", self.day, self.year)
    }
}

/// Day, month and the year as written.
fn parts(text: &str) -> Option<(u8, u8, &str)> {
    let (day, rest) = text.split_once('-')?;
    let (month, year) = rest.split_once('-')?;
    let named = |name: &str| name.eq_ignore_ascii_case(month);
    let month = MONTHS.iter().position(|name| named(name))? + 1;
    let day = u8::try_from(digits(day, 1..=2)?).ok()?;
    Some((day, u8::try_from(month).ok()?, year))
}

fn digits(text: &str, width: core::ops::RangeInclusive<usize>) -> Option<u16> {
    let fits = width.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

const fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, expiry};

    #[test]
    fn both_spellings_are_one_day() {
        let day = Date::new(2027, 12, 1);
        assert_eq!(Date::from_iso("2027-12-01"), day);
        for text in ["01-dec-2027", "1-dec-2027", "1-DEC-2027"] {
            assert_eq!(Date::from_license(text), day, "{text}");
        }
        assert_eq!(day.unwrap().to_string(), "01-dec-2027");
    }

    #[test]
    fn days_that_do_not_exist_are_none() {
        for text in [
            "31-feb-2027",
            "29-feb-2100",
            "0-jan-2027",
            "1-jan-27",
            "1-jn-2027",
            "2027-12-31",
        ] {
            assert_eq!(expiry(text), None, "{text}");
        }
        assert!(Date::from_license("29-feb-2028").is_some());
        assert_eq!(Date::from_iso("2027-2-01"), None);
    }

    #[test]
    fn permanent_has_two_spellings() {
        assert_eq!(expiry("Permanent"), Some(None));
        assert_eq!(expiry("1-jan-0"), Some(None));
        assert_eq!(expiry("1-jan-0000"), Some(None));
        assert_eq!(expiry("1-jan-00"), None);
    }
}
