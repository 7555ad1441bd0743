//! A strict reader of documents: one pass over the bytes, straight into the contract types.
//!
//! It refuses what the contract refuses: a byte-order mark, anything but one object, doubled
//! members (unknown ones too), fractions and exponents, numbers from 2^53 on, lone surrogates,
//! nesting beyond [`MAX_DEPTH`], and an array in place of an object. It knows no document.

mod reader;
mod scan;
mod seen;

use core::fmt;

use serde::de::{DeserializeOwned, Error};

/// Objects and arrays within each other, the document itself included.
pub const MAX_DEPTH: u32 = 16;

/// The first number that is too large.
const TOO_LARGE: u64 = 1 << 53;

/// Reads one document.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let text = core::str::from_utf8(bytes)
        .map_err(|error| Fault::new("not UTF-8").at(error.valid_up_to()))?;
    let mut reader = reader::Reader::new(text);
    reader
        .document()
        .map_err(|fault| fault.or_at(reader.position()))
}

/// Why a document was refused; for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    message: String,
    position: Option<usize>,
}

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            position: None,
        }
    }

    fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    fn or_at(self, position: usize) -> Self {
        match self.position {
            Some(_) => self,
            None => self.at(position),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{} at byte {position}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

#[cfg(test)]
mod tests;
