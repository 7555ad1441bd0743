//! The generator ABI: contract types and SDK for plugin authors.
//!
//! One contract for every generator: an operation code and a JSON document in, a status and a JSON
//! document out, three host functions. The C header is `include/lds_generator.h`, the JSON Schemas
//! are in `schema/`. This crate knows nothing of the server.
//!
//! A plugin is a type that implements [`Generator`], marked with [`macro@generator`]:
//!
//! ```
//! use lds_plugin_api::document::{Description, File, GenerateRequest, GenerateResult};
//! use lds_plugin_api::{Generator, Outcome, generator};
//!
//! struct Keyfile;
//!
//! #[generator]
//! impl Generator for Keyfile {
//!     fn describe() -> Description {
//!         Description::new("keyfile", "1.0.0", "Example")
//!     }
//!
//!     fn generate(request: GenerateRequest) -> Outcome<GenerateResult> {
//!         let text = format!("LICENSE {}\n", request.license_id);
//!         Ok(GenerateResult::new([File::text("license.txt", "text/plain", text)]))
//!     }
//! }
//! ```

pub mod abi;
#[cfg(all(target_family = "wasm", feature = "bump-allocator"))]
mod allocator;
mod call;
pub mod document;
mod generator;
pub mod hosts;
#[cfg(feature = "schema")]
pub mod schema;
pub mod strict;

pub use abi::log;
pub use call::{Level, Op, Status};
pub use generator::{Generator, Outcome, Refusal, call};
pub use lds_plugin_api_macros::generator;

/// `(major << 16) | minor` of the ABI that this crate speaks.
pub const ABI: u32 = 0x1_0000;
