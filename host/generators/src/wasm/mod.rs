//! WebAssembly, core modules and components: one fresh instance per call.
//!
//! `engine` configures the runtime, `cache` and `compile` turn bytes into code once, `bounds` holds
//! every call to its limits. Of modules, `check` refuses those that break the ABI, `host` serves
//! the three imports, `wasi` those of system libraries, and `call` runs one operation; of
//! components, `world` refuses and `component` runs.

mod bounds;
mod cache;
mod call;
mod check;
mod compile;
mod component;
mod engine;
mod host;
mod wasi;
mod world;

pub use cache::CacheKey;
pub(crate) use cache::{Code, CodeCache};
pub(crate) use call::WasmPlugin;
pub(crate) use compile::{compile_here, is_component, obtain, sha256, starts_as_text};
pub(crate) use component::ComponentPlugin;
pub use engine::PoolMode;
pub(crate) use engine::WasmEngine;
