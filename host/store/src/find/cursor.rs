//! Cursors: where a page ended, sealed so that nobody makes one up, and good for the same list
//! only: the same entities, filter and sorting.

use std::fmt::Debug;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lds_domain::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::row::RowId;

/// Bytes of a seal.
const SEAL: usize = 16;
/// Longest cursor that is looked at: a sort value of 255 characters and its seal stay below.
const MOST: usize = 4096;

/// The last row of a page: the value by which it is sorted, and its id.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor(pub(super) Value, pub(super) RowId);

/// A list, as far as its cursors are concerned.
pub(super) struct List {
    context: hmac::Context,
}

impl List {
    /// Of these entities, sorted and filtered so.
    pub(super) fn new(
        key: &hmac::Key,
        table: &str,
        sort: Option<&str>,
        filter: &impl Debug,
    ) -> Self {
        let mut context = hmac::Context::with_key(key);
        context.update(format!("{table}\n{sort:?}\n{filter:?}\n").as_bytes());
        Self { context }
    }

    /// Makes the text.
    pub(super) fn seal(&self, cursor: &Cursor) -> Result<String> {
        let mut bytes = serde_json::to_vec(cursor).map_err(Failure::from)?;
        let seal = self.sign(&bytes);
        bytes.extend_from_slice(&seal);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads the text.
    ///
    /// # Errors
    /// `InvalidRequest` for one that was not made for this list.
    pub(super) fn open(&self, text: &str) -> Result<Cursor> {
        let foreign = || Error::invalid("cursor", "This is no cursor of this list.");
        if text.len() > MOST {
            return Err(foreign());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign())?;
        let place = bytes.len().checked_sub(SEAL).ok_or_else(foreign)?;
        let (body, seal) = bytes.split_at(place);
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.sign(body), seal)
            .map_err(|_| foreign())?;
        serde_json::from_slice(body).map_err(|_| foreign())
    }

    fn sign(&self, bytes: &[u8]) -> [u8; SEAL] {
        let mut context = self.context.clone();
        context.update(bytes);
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&context.sign().as_ref()[..SEAL]);
        seal
    }
}

#[cfg(test)]
mod tests {
    use lds_domain::Code;

    use super::*;

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[7; 32])
    }

    fn cursor() -> Cursor {
        Cursor(Value::from("müller"), RowId(uuid::Uuid::from_u128(3)))
    }

    #[test]
    fn a_cursor_is_good_for_its_own_list_only() {
        let list = List::new(&key(), "customers", Some("name"), &"filter");
        let text = list.seal(&cursor()).unwrap();
        assert_eq!(list.open(&text).unwrap(), cursor());
        let others = [
            List::new(&key(), "products", Some("name"), &"filter"),
            List::new(&key(), "customers", Some("-name"), &"filter"),
            List::new(&key(), "customers", Some("name"), &"other"),
            List::new(
                &hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]),
                "customers",
                Some("name"),
                &"filter",
            ),
        ];
        for other in others {
            let error = other.open(&text).unwrap_err();
            assert_eq!(
                (error.code, error.field.as_deref()),
                (Code::InvalidRequest, Some("cursor"))
            );
        }
    }

    #[test]
    fn a_cursor_that_was_changed_is_refused() {
        let list = List::new(&key(), "customers", None, &"");
        let text = list.seal(&cursor()).unwrap();
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert!(
                list.open(std::str::from_utf8(&changed).unwrap()).is_err(),
                "{place}"
            );
        }
        for wrong in ["", "x", "!!!", "AAAA", &"A".repeat(5000)] {
            assert!(list.open(wrong).is_err(), "{wrong}");
        }
    }
}
