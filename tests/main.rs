//! The tests from outside: one binary whose tree mirrors the interfaces.
#![expect(
    clippy::expect_used,
    reason = "a test may panic, and its helpers with it"
)]

mod architecture;
mod cli;
mod config;
mod crash;
mod hostile;
mod http;
mod portal;
mod promises;
mod races;
mod support;
