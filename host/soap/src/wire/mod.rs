//! The wire types: what the WSDLs in `wsdl/` say, as structs whose members are the schema's
//! elements in the schema's order. They check nothing; [`crate::convert`] does.
//!
//! One type per entity serves both directions. A test holds them to the schemas.

pub mod activation;
pub(crate) mod any;
pub mod batch;
pub mod common;
pub mod customer;
pub mod find;
pub mod generator;
pub mod import;
pub mod issue;
pub mod license;
pub mod order;
pub mod product;
pub mod records;
pub mod service;
pub mod store;
pub mod terms;
pub mod user;
pub mod verify;

pub use common::NameValue;
