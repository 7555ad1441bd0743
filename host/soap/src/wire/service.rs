//! The service itself and its generators on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use super::license::File;

/// Asks what the service is. Needs no credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetServiceInfoRequest {}

/// A generator, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorSummary {
    /// Name, as products use it.
    pub name: String,
    /// Its version; absent where it could not be loaded.
    pub version: Option<String>,
    /// How it runs: `WASM`, `NATIVE`, …
    pub kind: String,
    /// `READY`, `FAILED` or `DISABLED`.
    pub state: String,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What the service is and takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceInfo {
    /// The product's name.
    pub product: String,
    /// Its version.
    pub version: String,
    /// Versions of this interface.
    #[serde(default)]
    pub api_version: Vec<String>,
    /// The vendor's time zone, which calendar dates are in.
    pub timezone: String,
    /// Limits of requests, by name.
    #[serde(default)]
    pub limit: Vec<NameValue>,
    /// Installed generators; only for authenticated callers.
    #[serde(default)]
    pub generator: Vec<GeneratorSummary>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A generator: a plugin that writes license texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generator {
    /// Name, as products use it.
    pub name: String,
    /// Its version; absent where it could not be loaded.
    pub version: Option<String>,
    /// How it runs: `WASM`, `NATIVE`, …
    pub kind: String,
    /// `READY`, `FAILED` or `DISABLED`.
    pub state: String,
    /// Why it is not `READY`.
    pub message: Option<String>,
    /// SHA-256 of its artefact, in hex.
    pub digest: String,
    /// What it declares (settings, parameters, host types), as JSON text; absent where it could not be loaded.
    pub description: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Asks for generators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindGeneratorsRequest {
    /// Their names; none: all.
    #[serde(default)]
    pub id: Vec<String>,
}

/// Asks for a test of a generator: a dry run of which nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestGeneratorRequest {
    /// Its name.
    pub name: String,
    /// The request document of the generators' interface, as JSON text; absent: a sample is made.
    pub request: Option<String>,
}

/// How a generator did in a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestGeneratorResult {
    /// How the call ended: `OK`, `REJECTED`, `INPUT`, `INTERNAL`, `UNSUPPORTED`, `TIMEOUT`, `UNAVAILABLE`, `MEMORY`, `STACK`, `TRAP`, `CRASHED`, `OUTPUT_LIMIT`, `NOT_GRANTED` or `BAD_OUTPUT`.
    pub status: String,
    /// The document that it wrote, as it is.
    pub output: Option<String>,
    /// The files in it, unsigned.
    #[serde(default)]
    pub file: Vec<File>,
    /// How long the call took, in microseconds.
    pub micros: u64,
    /// Memory that it had at the end, in bytes; 0: not known.
    pub memory_bytes: u64,
    /// What the service has to say of a failure.
    pub message: Option<String>,
    /// What was asked: to be changed and sent again.
    pub request: String,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Generators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindGeneratorsResult {
    /// The generators.
    #[serde(default)]
    pub generator: Vec<Generator>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
