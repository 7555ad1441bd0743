//! A value whose type the schema leaves open and the message tells.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::leaf::Bytes;

/// Text or bytes, as `xs:string` or `xs:base64Binary`; without a type it is text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyValue {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

/// By this name the deserializer knows that it has to look for the type.
pub(crate) const ANY: &str = "xs:anyType";

impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_newtype_struct("xs:string", text),
            Self::Bytes(bytes) => serializer.serialize_newtype_struct("xs:base64Binary", bytes),
        }
    }
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ANY, Value)
    }
}

struct Value;

impl<'de> Visitor<'de> for Value {
    type Value = AnyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or bytes")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<AnyValue, E> {
        Ok(AnyValue::Text(text.to_owned()))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, bytes: D) -> Result<AnyValue, D::Error> {
        Bytes::deserialize(bytes).map(AnyValue::Bytes)
    }
}
