//! Loads and calls generators: plugins as WebAssembly modules, as native libraries in
//! worker processes and as programs, remote services, their limits, and the signers
//! that complete what they write.
//!
//! This crate must not know SQL, nor who calls it. The rules of the interface between
//! host and plugin are those of `lds-plugin-api`.
//!
//! A server calls [`Generators::start`] once and uses the result as the domain's
//! port. Its binary must call [`worker::main`] first thing when its first
//! argument is [`WorkerProgram::ARGUMENT`]: plugins and compilations that run
//! apart are that same binary, started again.
//!
//! ```no_run
//! # async fn start() -> Result<(), lds_generators::LoadError> {
//! use std::path::Path;
//! use lds_generators::{CacheKey, Generators, GeneratorsConfig, Options, Pins, WorkerProgram};
//!
//! let data_dir = Path::new("/var/lib/lds");
//! let generators = Generators::start(Options {
//!     config: &GeneratorsConfig::default(),
//!     data_dir,
//!     cache_key: CacheKey::load_or_make(&data_dir.join("secrets/cache.key"))?,
//!     pins: &Pins::new(),
//!     worker: WorkerProgram::this_binary(),
//! })
//! .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Tools for plugin authors use [`Runtime::open_named`] and [`inspect`].

mod abi;
mod apart;
mod artefact;
mod bundled;
mod carrier;
mod config;
mod documents;
mod error;
mod examine;
mod gate;
mod grants;
mod hex;
pub mod inspect;
pub mod limits;
mod load;
mod names;
mod native;
pub mod package;
mod pins;
mod plugin;
mod port;
mod private_file;
mod process;
mod quarantine;
mod registry;
mod remote;
mod request;
mod result;
mod runtime;
mod signer;
mod status;
mod stdio;
mod trial;
mod walls;
mod wasm;
pub mod worker;

pub use artefact::PluginKind;
pub use carrier::{CallOutcome, Carrier, LogLevel, LogLine};
pub use config::{
    CommandConfig, CommandMode, GeneratorsConfig, Grant, Pkcs11Config, PluginConfig, Policy,
    PolicyConfig, RemoteConfig, SettingValue, SignerConfig, TrustConfig,
};
pub use error::LoadError;
pub use pins::{FoundPin, Pin, Pins};
pub use process::WorkerProgram;
pub use registry::{Generators, Options, Provenance};
pub use runtime::{LoadedFile, Runtime};
pub use signer::{Algorithm, SignerInfo, SignerSource, Signers};
pub use status::CallStatus;
pub use walls::missing_walls;
pub use wasm::{CacheKey, PoolMode};
