//! How rows travel: as JSON arrays, one place a column, in both directions.
//!
//! A row is declared once, by [`row!`]: the struct, how it is written to a statement's parameter
//! and read from an answer, and the columns from which its statements are made. Ids and bytes
//! travel as hexadecimal digits. It must not know which database is behind.

use std::borrow::Cow;
use std::fmt;

use lds_domain::date;
use lds_domain::id::Id;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What a column holds, and so how it goes in and out of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A UUID.
    Id,
    /// A UUID or nothing.
    MaybeId,
    /// A whole number, or nothing.
    Int,
    /// Text or nothing.
    Text,
    /// A JSON value.
    Json,
    /// Bytes.
    Bytes,
    /// Bytes or nothing.
    MaybeBytes,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
}

/// A declared row. Its first column is the key by which it is changed.
pub(crate) trait Row: Serialize {
    /// The table.
    const TABLE: &'static str;
    /// All columns, in the order in which they are written.
    const COLUMNS: &'static [Column];
    /// How many of them are read; those after are there to be searched.
    const READ: usize;
    /// Columns that an overwriting leaves as they are.
    const KEPT: &'static [&'static str] = &[];
}

/// Declares a row: columns that are written and read, then columns that are only written.
macro_rules! row {
    (
        $(#[$doc:meta])*
        $name:ident $(<$life:lifetime>)? in $table:literal $(keeps [$($kept:literal),+])? {
            $($field:ident: $type:ty as $kind:ident,)+
        } $(searched by {
            $($index:ident: $index_type:ty as $index_kind:ident,)+
        })?
    ) => {
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize)]
        pub(crate) struct $name $(<$life>)? {
            $(pub(crate) $field: $type,)+
            $($(#[serde(skip_deserializing)] pub(crate) $index: $index_type,)+)?
        }

        impl $(<$life>)? serde::Serialize for $name $(<$life>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeTuple;
                let mut row = serializer.serialize_tuple(<Self as $crate::row::Row>::COLUMNS.len())?;
                $(row.serialize_element(&self.$field)?;)+
                $($(row.serialize_element(&self.$index)?;)+)?
                row.end()
            }
        }

        impl $(<$life>)? $crate::row::Row for $name $(<$life>)? {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [$crate::row::Column] = &[
                $($crate::row::Column { name: stringify!($field), kind: $crate::row::Kind::$kind },)+
                $($($crate::row::Column { name: stringify!($index), kind: $crate::row::Kind::$index_kind },)+)?
            ];
            const READ: usize = [$(stringify!($field)),+].len();
            $(const KEPT: &'static [&'static str] = &[$($kept),+];)?
        }
    };
}
pub(crate) use row;

/// A UUID as 32 digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RowId(pub(crate) Uuid);

impl RowId {
    /// Of a typed id.
    pub(crate) fn of<I: Id>(id: I) -> Self {
        Self(id.uuid())
    }

    /// The typed id.
    pub(crate) fn id<I: Id>(self) -> I {
        I::from_uuid(self.0)
    }
}

impl Serialize for RowId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = Uuid::encode_buffer();
        serializer.serialize_str(self.0.simple().encode_lower(&mut buffer))
    }
}

impl<'de> Deserialize<'de> for RowId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = RowId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RowId, E> {
                Uuid::try_parse(text).map(RowId).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Bytes as hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hex<'a>(pub(crate) Cow<'a, [u8]>);

impl Hex<'_> {
    /// A digest.
    pub(crate) fn digest(&self) -> Option<[u8; 32]> {
        self.bytes()
    }

    /// So many bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> Option<[u8; N]> {
        (*self.0).try_into().ok()
    }
}

impl<'a> From<&'a [u8]> for Hex<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Hex<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self(Cow::Borrowed(bytes))
    }
}

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hexadecimal digits")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
                unhex(text).ok_or_else(|| E::custom("not hexadecimal digits"))
            }
        }
        let bytes = deserializer.deserialize_str(Text)?;
        Ok(Self(Cow::Owned(bytes)))
    }
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes of hexadecimal digits of either case.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |sign: u8| {
        char::from(sign)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

/// A calendar date as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&date::format(self.0))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
                date::parse(text)
                    .map(Day)
                    .ok_or_else(|| E::custom("not a date"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A moment as milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Millis(pub(crate) OffsetDateTime);

impl Millis {
    /// The number.
    pub(crate) fn number(at: OffsetDateTime) -> i64 {
        let millis = at.unix_timestamp_nanos().div_euclid(1_000_000);
        // The years that a moment can have lie far inside.
        i64::try_from(millis).unwrap_or_default()
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(Self::number(self.0))
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

/// The rows of one statement's parameter, as a JSON array under construction.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    json: Vec<u8>,
    count: u64,
}

impl Rows {
    /// Adds a row.
    ///
    /// # Errors
    /// Where a value can not be written as JSON.
    pub(crate) fn push<T: Serialize>(&mut self, row: &T) -> serde_json::Result<()> {
        self.json.push(if self.count == 0 { b'[' } else { b',' });
        self.count += 1;
        serde_json::to_writer(&mut self.json, row)
    }

    /// How many rows there are.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// How many bytes they take.
    pub(crate) const fn bytes(&self) -> usize {
        self.json.len()
    }

    /// The parameter; `None` without rows.
    pub(crate) fn parameter(mut self) -> Option<String> {
        if self.count == 0 {
            return None;
        }
        self.json.push(b']');
        // serde_json writes UTF-8 only.
        String::from_utf8(self.json).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(unhex(&hex(&bytes).to_uppercase()), Some(bytes));
        }
    }

    #[test]
    fn what_is_no_hex_is_refused() {
        for wrong in ["0", "0g", "ä"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
