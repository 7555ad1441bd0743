//! The tests from outside: one binary whose tree mirrors the interfaces.

mod architecture;
mod crash;
mod hostile;
mod http;
mod portal;
mod promises;
mod races;
mod support;
