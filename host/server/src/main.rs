//! The binary `lds`.
fn main() {}
