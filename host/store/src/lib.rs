//! Repositories on `SQLite` and `PostgreSQL`, with group commit.
//!
//! One body for both databases: the same statements, made once from the declarations of the rows
//! ([`row`]) with what differs from a [`dialect`]; every statement takes one JSON parameter and
//! answers with one JSON value, so that a whole group of units or lookups is one round trip. It
//! must not know HTTP, XML, plugins, nor any rule: units of work decide by themselves.

mod audit;
mod connection;
mod dialect;
mod failure;
mod find;
mod keyed;
mod keys;
mod load;
mod lookups;
mod memory;
mod migrate;
mod notes;
mod postgres;
mod row;
mod rows;
mod seal;
mod sqlite;
mod statements;
mod store;
mod view;
mod write;

use std::sync::Arc;
use std::time::Duration;

use lds_domain::ports::{Clock, Random};

pub use keys::{KeyError, MasterKey};
pub use migrate::OpenError;
pub use store::{Environment, PostgresOptions, SqliteOptions, Store};

/// How long a caller waits for a database that does not answer; then he is told to come again.
const PATIENCE: Duration = Duration::from_secs(30);

/// What all parts of an open store share.
struct Shared {
    connector: Arc<dyn connection::Connector>,
    statements: Arc<statements::Statements>,
    keys: keys::Keys,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    queue: write::Queue,
    memory: Option<memory::Memory>,
    group_size: usize,
    beside_server: bool,
}
