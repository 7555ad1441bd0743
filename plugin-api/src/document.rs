//! The documents of the contract: one JSON object in, one out, as types.
//!
//! Field names on the wire are lowerCamelCase; absent members are left out on the way to a plugin,
//! while empty arrays and objects are sent. What comes back is read leniently: unknown members are
//! ignored, `null` is absent, an absent list is empty. Dates are `YYYY-MM-DD`, inclusive, in the
//! vendor's time zone; timestamps `YYYY-MM-DDThh:mm:ssZ`; hex lower case; base64 padded.

mod describe;
mod generate;
mod small;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use describe::{
    Capability, Definition, Description, ExpectedFile, Form, HostType, Limits, ValueType,
};
pub use generate::{
    Customer, Encoding, Feature, File, GenerateRequest, GenerateResult, Grant, Host, Kind,
    LicenseType, Message, Order, Previous, Product, Seal, SignatureSlot,
};
pub use small::{
    HostAnswer, HostRequest, ReadFeature, ReadRequest, ReadResult, Rejection, SelfTest,
    ValidateFeature, ValidateRequest, ValidateResult, VerifyRequest, VerifyResult,
};

/// The only schema so far.
pub const SCHEMA: u32 = 1;

/// The caller's own data: name → text.
pub type Attributes = BTreeMap<String, String>;

/// Typed values: name → text, whole number, boolean, date as text, or list of texts.
pub type Values = BTreeMap<String, Value>;

/// A finding for people, or one that a program may branch on by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `[A-Z][A-Z0-9_]{0,39}`.
    pub code: String,
    /// English, one line, at most 500 characters, no internals.
    pub message: String,
    /// JSON Pointer into the input, as in `/features/0/version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Line of the file, from 1 (READ only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl Problem {
    /// A finding without a place.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: None,
            line: None,
        }
    }

    /// Names the place in the input.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// `null` is as good as absent.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
