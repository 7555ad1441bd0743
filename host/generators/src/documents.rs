//! Documents as bytes: compact on the way to a plugin, strict on the way back.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a plugin's document; the error is for the log.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    lds_plugin_api::strict::from_slice(bytes).map_err(|error| error.to_string())
}

/// Writes a document for a plugin.
pub(crate) fn encode<T: Serialize>(document: &T) -> Result<Vec<u8>, String> {
    serde_json::to_vec(document).map_err(|error| error.to_string())
}
