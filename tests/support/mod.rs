//! What tests from outside stand on: the real program on a free port, and a plain SOAP client.

pub(crate) mod acknowledged;
mod both;
mod client;
mod counters;
mod disk;
mod elements;
mod finished;
pub(crate) mod http;
pub(crate) mod message;
mod server;
pub(crate) mod validity;

pub(crate) use both::on_both;
pub(crate) use client::{
    ACTIVATION, Answer, Client, ETHERNET, Fault, GENERATOR, Shop, machine, mistyped,
};
pub(crate) use counters::assert_counters;
pub(crate) use elements::{inner, leaves};
pub(crate) use finished::Finished;
pub(crate) use server::{PASSWORD, Place, Server, on_postgres};
