//! The entities as rows: a declaration and the way there and back, one file each.
//!
//! What statements look at is a column; everything else lies in a JSON body.

use std::borrow::Cow;

pub(crate) mod customer;
pub(crate) mod license;
pub(crate) mod order;
pub(crate) mod product;
pub(crate) mod request;
pub(crate) mod token;
pub(crate) mod user;

use crate::row::{Hex, RowId, row};

/// Text of a row, borrowed where it is written.
pub(crate) type Text<'a> = Cow<'a, str>;

/// Borrows an optional text.
pub(crate) fn text(text: Option<&String>) -> Option<Text<'_>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

/// Whether a list is left out of a body.
#[expect(clippy::ptr_arg, reason = "the signature that serde asks for")]
pub(crate) fn none<T: Clone>(list: &Cow<'_, [T]>) -> bool {
    list.is_empty()
}

row! {
    /// A pair of the caller's own data, by its digest.
    AttributeRow<'a> in "attributes" {
        digest: Hex<'a> as Bytes,
        owner: RowId as Id,
    }
}

row! {
    /// A text that filters look at.
    TextRow<'a> in "texts" {
        owner: RowId as Id,
        kind: Text<'a> as Text,
        value: Text<'a> as Text,
    }
}

row! {
    /// A generator's switch.
    SwitchRow<'a> in "generator_switches" {
        generator: Text<'a> as Text,
        disabled: u8 as Int,
    }
}

row! {
    /// An event.
    EventRow<'a> in "events" {
        id: RowId as Id,
        time: i64 as Int,
        kind: Text<'a> as Text,
        subject: Text<'a> as Text,
        order_ref: Option<RowId> as MaybeId,
    }
}
