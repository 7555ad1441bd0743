//! Generators from the outside: real modules, real worker processes, real
//! signing programs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test needs and does not get is its failure"
)]

mod cache;
mod component;
mod flexnet;
mod hello;
mod inspect;
mod installed;
mod keyfile;
mod kit;
mod native;
mod packages;
mod paper;
mod parts;
mod pkcs11;
mod program;
mod program_walls;
mod registry;
mod results;
mod server;
mod texts;
mod token;
mod trials;
mod walls;
mod wasi;
mod wasm;
