//! Entities, rules, commands and ports of the License Distribution Service.
//!
//! This crate decides; it does not transport, store or generate. It must not know HTTP, SQL, XML,
//! WASM, files, the environment or the system clock: time, randomness, storage and generators come
//! in through [`ports`].

pub mod access;
pub mod allowance;
pub mod attribute;
pub mod audit;
pub mod claim;
pub mod command;
pub mod customer;
pub mod date;
pub mod decision;
pub mod error;
pub mod generator;
pub mod host;
pub mod id;
pub mod issue;
pub mod license;
pub mod order;
pub mod order_id;
pub mod password;
pub mod policy;
pub mod ports;
pub mod product;
pub mod query;
pub mod records;
pub mod service;
pub mod terms;
#[cfg(test)]
mod testing;
pub mod token;
pub mod unit;
pub mod user;
pub mod verification;

pub use error::{Code, Error, Result};
