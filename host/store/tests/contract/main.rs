//! What a store promises, on both databases.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a failed step is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod activations;
mod audit;
mod counts;
mod entities;
mod events;
mod faults;
mod lists;
mod memory;
mod opening;
mod proofs;
mod records;
mod requests;
mod switches;
mod units;
