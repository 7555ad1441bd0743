//! Loads and calls generators: plugins as WebAssembly modules and as native
//! libraries in worker processes, their limits, and the signers that complete
//! what they write.
//!
//! This crate must not know SQL or HTTP. The rules of the interface between
//! host and plugin are those of `lds-plugin-api`.

mod abi;
mod artefact;
mod bundled;
mod carrier;
mod config;
mod documents;
mod error;
mod gate;
mod grants;
mod hex;
pub mod inspect;
pub mod limits;
mod load;
mod names;
mod native;
mod plugin;
mod port;
mod process;
mod quarantine;
mod registry;
mod request;
mod result;
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
pub use registry::{Generators, Options};
pub use runtime::{LoadedFile, Runtime};
pub use status::CallStatus;
pub use wasm::{CacheKey, PoolMode};
