//! What a store promises, on both databases.

#[path = "../support/mod.rs"]
mod support;

mod activations;
mod entities;
mod lists;
mod units;
