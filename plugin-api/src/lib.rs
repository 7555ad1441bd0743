//! The generator ABI: contract types and SDK for plugin authors.
//!
//! One contract for every generator: an operation code and a JSON document in, a status and a JSON
//! document out, three host functions. The C header is `include/lds_generator.h`, the JSON Schemas
//! are in `schema/`. This crate knows nothing of the server.

mod call;
pub mod document;

pub use call::{Level, Op, Status};

/// `(major << 16) | minor` of the ABI that this crate speaks.
pub const ABI: u32 = 0x1_0000;
