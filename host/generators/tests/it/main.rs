//! Generators from the outside: real modules, real worker processes, real
//! signing programs.

mod cache;
mod kit;
mod native;
mod wasm;
