//! Core WebAssembly modules: one fresh instance per call.
//!
//! `engine` configures the runtime, `check` refuses modules that break the
//! ABI, `cache` and `compile` turn bytes into code once, `host` serves the
//! three imports, `wasi` those of system libraries, and `call` runs one operation.

mod cache;
mod call;
mod check;
mod compile;
mod engine;
mod host;
mod wasi;

pub use cache::CacheKey;
pub(crate) use cache::CodeCache;
pub(crate) use call::WasmPlugin;
pub(crate) use compile::{compile_here, obtain, sha256};
pub use engine::PoolMode;
pub(crate) use engine::WasmEngine;
