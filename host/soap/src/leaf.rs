//! The simple types beyond text and numbers: moments, days, bytes. Each knows its lexical form
//! and nothing else.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A moment, as `xs:dateTime`: written in UTC with `Z` and milliseconds where there are some;
/// read with any offset, and as UTC without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp(pub OffsetDateTime);

/// A calendar day in the vendor's time zone: `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Date);

/// A calendar day in a contract of others, which writes it as `xs:dateTime`: the day counts as it
/// is written, whatever time and offset follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LooseDay(pub Date);

/// Bytes, as `xs:base64Binary`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Timestamp {
    /// Reads the lexical form, without blanks around it.
    pub fn parse(text: &str) -> Option<Self> {
        read_timestamp(text).map(Self)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let moment = self.0.to_offset(UtcOffset::UTC);
        let mut text = [0; 24];
        write_day(moment.date(), &mut text);
        text[10] = b'T';
        write_digits(moment.hour().into(), &mut text[11..13]);
        text[13] = b':';
        write_digits(moment.minute().into(), &mut text[14..16]);
        text[16] = b':';
        write_digits(moment.second().into(), &mut text[17..19]);
        let length = match moment.millisecond() {
            0 => 20,
            millis => {
                text[19] = b'.';
                write_digits(millis.into(), &mut text[20..23]);
                24
            }
        };
        text[length - 1] = b'Z';
        serializer.serialize_str(ascii(&text[..length]))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 10];
        write_day(self.0, &mut text);
        serializer.serialize_str(ascii(&text))
    }
}

impl Serialize for LooseDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = *b"0000-00-00T00:00:00";
        write_day(self.0, &mut text[..10]);
        serializer.serialize_str(ascii(&text))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

fn write_day(day: Date, text: &mut [u8]) {
    write_digits(day.year().unsigned_abs(), &mut text[..4]);
    text[4] = b'-';
    write_digits(u8::from(day.month()).into(), &mut text[5..7]);
    text[7] = b'-';
    write_digits(day.day().into(), &mut text[8..10]);
}

fn write_digits(mut value: u32, place: &mut [u8]) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Reads the text of an element, blanks around it dropped.
struct Lexical<T> {
    read: fn(&str) -> Option<T>,
    wanted: &'static str,
}

impl<T> Visitor<'_> for Lexical<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wanted)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text.trim_ascii())
            .ok_or_else(|| E::custom(format_args!("The value is {}.", self.wanted)))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Lexical {
            read: Self::parse,
            wanted: "a date and time like 2027-12-31T23:59:59Z",
        })
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Lexical {
            read: |text| lds_domain::date::parse(text).map(Self),
            wanted: "a date like 2027-12-31",
        })
    }
}

impl<'de> Deserialize<'de> for LooseDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Lexical {
            read: |text| read_loose_day(text).map(Self),
            wanted: "a date or a date and time",
        })
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Lexical {
            read: |text| {
                let signs: Vec<u8> = text
                    .bytes()
                    .filter(|sign| !sign.is_ascii_whitespace())
                    .collect();
                BASE64.decode(signs).ok().map(Self)
            },
            wanted: "base64",
        })
    }
}

fn read_timestamp(text: &str) -> Option<OffsetDateTime> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = lds_domain::date::parse(day)?;
    let (time, rest) = rest.strip_prefix('T')?.split_at_checked(8)?;
    let time = read_time(time)?;
    let (millis, zone) = read_fraction(rest)?;
    let moment = PrimitiveDateTime::new(day, time) + Duration::milliseconds(millis);
    let moment = moment.assume_offset(read_zone(zone)?);
    // Near the ends of the calendar another offset can lead out of it.
    moment.checked_to_offset(UtcOffset::UTC)
}

fn read_loose_day(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let is_whole = if rest.starts_with('T') {
        read_timestamp(text).is_some()
    } else {
        read_zone(rest).is_some()
    };
    lds_domain::date::parse(day).filter(|_| is_whole)
}

fn read_time(text: &str) -> Option<Time> {
    match text.as_bytes() {
        [h, hh, b':', m, mm, b':', s, ss] => {
            Time::from_hms(two([*h, *hh])?, two([*m, *mm])?, two([*s, *ss])?).ok()
        }
        _ => None,
    }
}

/// Milliseconds, finer digits dropped, and what follows.
fn read_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let end = fraction
        .find(|sign: char| !sign.is_ascii_digit())
        .unwrap_or(fraction.len());
    let (digits, rest) = fraction.split_at(end);
    let padded = digits.bytes().chain(*b"000").take(3);
    let millis = padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    (!digits.is_empty()).then_some((millis, rest))
}

fn read_zone(text: &str) -> Option<UtcOffset> {
    match text.as_bytes() {
        [] | [b'Z'] => Some(UtcOffset::UTC),
        [sign @ (b'+' | b'-'), h, hh, b':', m, mm] => {
            let (hours, minutes) = (two([*h, *hh])?, two([*m, *mm])?);
            let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
            let is_zone = minutes < 60 && seconds <= 14 * 3600;
            let seconds = if *sign == b'-' { -seconds } else { seconds };
            UtcOffset::from_whole_seconds(seconds)
                .ok()
                .filter(|_| is_zone)
        }
        _ => None,
    }
}

fn two(digits: [u8; 2]) -> Option<u8> {
    digits
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| (digits[0] - b'0') * 10 + (digits[1] - b'0'))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_are_read_with_every_offset() {
        let noon = datetime!(2027-12-31 12:00 UTC);
        for text in [
            "2027-12-31T12:00:00Z",
            "2027-12-31T12:00:00",
            "2027-12-31T12:00:00.000000000Z",
            "2027-12-31T13:30:00+01:30",
            "2027-12-31T07:00:00.0-05:00",
            "2028-01-01T02:00:00+14:00",
        ] {
            assert_eq!(read_timestamp(text), Some(noon), "{text}");
        }
        let fraction = read_timestamp("2027-12-31T12:00:00.0129999Z");
        assert_eq!(fraction, Some(noon + Duration::milliseconds(12)));
    }

    #[test]
    fn a_loose_day_is_the_one_that_is_written() {
        let day = time::macros::date!(2027 - 12 - 31);
        for text in [
            "2027-12-31",
            "2027-12-31Z",
            "2027-12-31-08:00",
            "2027-12-31T00:00:00",
            "2027-12-31T23:30:00.000-08:00",
        ] {
            assert_eq!(read_loose_day(text), Some(day), "{text}");
        }
        for text in [
            "",
            "2027-12-32",
            "2027-12-31T",
            "2027-12-31 00:00:00",
            "2027-12-31x",
        ] {
            assert_eq!(read_loose_day(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2027-12-31",
            "2027-12-31T12:00Z",
            "2027-12-31 12:00:00Z",
            "2027-12-31T24:00:00Z",
            "2027-12-31T12:00:60Z",
            "2027-12-31T12:00:00.Z",
            "2027-12-31T12:00:00z",
            "2027-12-31T12:00:00+1:00",
            "2027-12-31T12:00:00+14:01",
            "2027-12-31T12:00:00+01:60",
            "2027-02-29T12:00:00Z",
            "9999-12-31T23:00:00-14:00",
            "2027-12-31Täääää",
            "2027-12-3äT12:00:00Z",
        ] {
            assert_eq!(read_timestamp(text), None, "{text}");
        }
    }
}
