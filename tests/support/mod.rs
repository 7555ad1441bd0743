//! What tests from outside stand on: the real program on a free port, and a plain SOAP client.

mod client;
pub(crate) mod http;
pub(crate) mod message;
mod postgres;
mod server;

pub use client::{ACTIVATION, Answer, Client, Fault, Shop, machine};
pub use postgres::Postgres;
pub use server::{PASSWORD, Server};
