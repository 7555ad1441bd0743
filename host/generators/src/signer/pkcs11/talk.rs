//! What server and worker say to each other over the worker's socket: lines of JSON. The server
//! begins with [`Opening`]; every line of the server has one line as its answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::signer::Algorithm;
use crate::signer::public_key::KeyKind;

/// Which key, and how to get at it. The PIN stays in its file: the worker alone reads it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) module: std::path::PathBuf,
    pub(crate) token: String,
    pub(crate) key_label: Option<String>,
    pub(crate) key_id: Option<Bytes>,
    pub(crate) pin_file: std::path::PathBuf,
}

/// A message to be signed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Signing {
    pub(crate) algorithm: Algorithm,
    pub(crate) message: Bytes,
}

/// The worker's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The key is there.
    Opened { kind: KeyKind, spki: Bytes },
    /// The message is signed.
    Signed(Bytes),
    /// It failed, and the worker ends.
    Failed(String),
    /// The PIN was refused: another try could lock the token.
    PinRefused(String),
}

/// Bytes, in base64 on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// A line.
pub(crate) fn line(words: &impl Serialize) -> std::io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(words)?;
    line.push(b'\n');
    Ok(line)
}
