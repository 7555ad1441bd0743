//! Between wire types and the domain: the first and last place of format checks. Values that can't
//! be read are refused with the member's path; what values mean together is the domain's business.

mod batch;
mod customer;
mod find;
mod generator;
mod issued;
mod license;
mod order;
mod product;
mod records;
mod service;
mod terms;
mod user;
mod verify;

use std::fmt::Display;

pub use find::State;
use lds_domain::attribute::Attribute;
use lds_domain::command::WriteOptions;
use lds_domain::id::{Id, Key, TokenId};
use lds_domain::order::OrderKey;
use lds_domain::user::Stamps;
use lds_domain::{Error, Result};
use time::Date;

use crate::leaf::{Day, Timestamp};
use crate::wire::NameValue;

/// How an entity is named in a request.
pub trait Reference: Sized {
    /// Reads `ext:…`, an id, or whatever else names it.
    fn read(text: &str) -> Result<Self>;

    /// Names nothing.
    fn nothing() -> Self;
}

impl<I: Id> Reference for Key<I> {
    fn read(text: &str) -> Result<Self> {
        Self::parse(text)
    }

    fn nothing() -> Self {
        Self::Id(I::nothing())
    }
}

impl Reference for String {
    fn read(text: &str) -> Result<Self> {
        Ok(text.to_owned())
    }

    fn nothing() -> Self {
        Self::new()
    }
}

impl Reference for TokenId {
    fn read(text: &str) -> Result<Self> {
        text.parse()
    }

    fn nothing() -> Self {
        Id::nothing()
    }
}

impl Reference for OrderKey {
    fn read(text: &str) -> Result<Self> {
        // The member at fault is the one that holds the key.
        Self::parse(text).map_err(|error| Error {
            field: None,
            ..error
        })
    }

    fn nothing() -> Self {
        Self::Key(Key::Id(Id::nothing()))
    }
}

fn reference<K: Reference>(member: &str, text: &str) -> Result<K> {
    K::read(text).map_err(|error| error.within(member))
}

fn optional_reference<K: Reference>(member: &str, text: Option<String>) -> Result<Option<K>> {
    text.map(|text| reference(member, &text)).transpose()
}

/// A reference of one item of a batch. What can't be read names nothing: that is the failure of its
/// item, as that of an id which nothing has, and not of the whole batch.
fn item_reference<K: Reference>(text: &str) -> K {
    K::read(text).unwrap_or_else(|_| K::nothing())
}

/// Converts the items of a list; an error gets the item's place.
fn each<T, U>(member: &str, list: Vec<T>, convert: impl Fn(T) -> Result<U>) -> Result<Vec<U>> {
    list.into_iter()
        .enumerate()
        .map(|(i, item)| convert(item).map_err(|error| error.within(&format!("{member}[{i}]"))))
        .collect()
}

/// Converts an optional member; an error gets its name.
fn within<T, U>(
    member: &str,
    value: Option<T>,
    convert: impl FnOnce(T) -> Result<U>,
) -> Result<Option<U>> {
    value
        .map(|value| convert(value).map_err(|error| error.within(member)))
        .transpose()
}

fn options(request_id: Option<String>, dry_run: Option<bool>) -> WriteOptions {
    WriteOptions {
        request_id,
        dry_run: dry_run.unwrap_or_default(),
    }
}

fn required<T>(member: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::invalid(member, "A value is needed."))
}

fn day(day: Option<Day>) -> Option<Date> {
    day.map(|day| day.0)
}

fn text(value: impl Display + Copy) -> String {
    value.to_string()
}

impl From<NameValue> for Attribute {
    fn from(pair: NameValue) -> Self {
        Self {
            name: pair.name,
            value: pair.value,
        }
    }
}

impl From<Attribute> for NameValue {
    fn from(pair: Attribute) -> Self {
        Self {
            name: pair.name,
            value: pair.value,
        }
    }
}

/// Converts a list item by item.
fn list<T, U: From<T>>(list: impl IntoIterator<Item = T>) -> Vec<U> {
    list.into_iter().map(U::from).collect()
}

/// When and by whom, as the last members of every entity have it.
struct WireStamps {
    created_at: Option<Timestamp>,
    created_by: Option<String>,
    updated_at: Option<Timestamp>,
    updated_by: Option<String>,
}

impl From<Stamps> for WireStamps {
    fn from(stamps: Stamps) -> Self {
        Self {
            created_at: Some(Timestamp(stamps.created_at)),
            created_by: Some(stamps.created_by),
            updated_at: Some(Timestamp(stamps.updated_at)),
            updated_by: Some(stamps.updated_by),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}
