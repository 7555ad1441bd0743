//! What a store promises, on both databases.
#![expect(
    clippy::expect_used,
    clippy::cloned_ref_to_slice_refs,
    clippy::similar_names,
    clippy::single_match_else,
    clippy::too_many_lines,
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    reason = "a failed step is a failed test"
)]

#[path = "../support/mod.rs"]
mod support;

mod activations;
mod audit;
mod entities;
mod faults;
mod lists;
mod opening;
mod units;
