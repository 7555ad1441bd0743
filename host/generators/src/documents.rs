//! Documents as bytes: compact on the way to a plugin, strict on the way back.

use lds_plugin_api::{document as doc, strict};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A document that tells its schema.
pub(crate) trait Document {
    /// The number in the document.
    fn schema(&self) -> u32;
}

macro_rules! documents {
    ($($name:ident),+ $(,)?) => {$(
        impl Document for doc::$name {
            fn schema(&self) -> u32 {
                self.schema
            }
        }
    )+};
}

documents!(
    Description,
    GenerateResult,
    HostAnswer,
    ReadResult,
    Rejection,
    SelfTest,
    ValidateResult,
    VerifyResult,
);

/// Reads a plugin's document; the error is for the log.
pub(crate) fn decode<T: DeserializeOwned + Document>(bytes: &[u8]) -> Result<T, String> {
    let document: T = strict::from_slice(bytes).map_err(|error| error.to_string())?;
    match document.schema() {
        doc::SCHEMA => Ok(document),
        other => Err(format!("schema is {other}, expected {}", doc::SCHEMA)),
    }
}

/// Writes a document for a plugin.
pub(crate) fn encode<T: Serialize>(document: &T) -> Result<Vec<u8>, String> {
    serde_json::to_vec(document).map_err(|error| error.to_string())
}
