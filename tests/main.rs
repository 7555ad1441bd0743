//! The tests from outside: one binary whose tree mirrors the interfaces.
#![expect(
    clippy::expect_used,
    reason = "a test may panic, and its helpers with it"
)]

mod architecture;
mod authors;
mod cli;
mod clients;
mod config;
mod crash;
mod disk;
mod docs;
mod examples;
mod failover;
mod fno;
mod http;
mod imports;
mod licenses;
mod manuals;
mod messages;
mod operations;
mod orders;
mod people;
mod plugins;
mod portal;
mod process;
mod promises;
mod races;
mod records;
mod removals;
mod round_trips;
mod signers;
mod start;
mod support;
mod texts;
