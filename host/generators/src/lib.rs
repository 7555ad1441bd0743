//! Loads and calls generators: plugins as WebAssembly modules and as native
//! libraries in worker processes, their limits, and the signers that complete
//! what they write.
//!
//! This crate must not know SQL or HTTP. The rules of the interface between
//! host and plugin are those of `lds-plugin-api`.

mod abi;
mod artefact;
mod carrier;
mod config;
mod error;
mod gate;
mod hex;
pub mod limits;
mod native;
mod process;
mod quarantine;
mod runtime;
mod signer;
mod status;
mod wasm;
pub mod worker;

pub use artefact::PluginKind;
pub use carrier::{CallOutcome, Carrier, LogLevel, LogLine};
pub use config::{
    CommandConfig, CommandMode, GeneratorsConfig, Grant, PluginConfig, SettingValue, SignerConfig,
};
pub use error::LoadError;
pub use process::WorkerProgram;
pub use runtime::{LoadedFile, Runtime};
pub use status::CallStatus;
pub use wasm::{CacheKey, PoolMode};
