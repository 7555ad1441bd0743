//! The services: each operation once, for every interface.
//!
//! A method takes the actor first and a command, checks access itself, and leaves what it decided
//! to the store as one unit of work.

mod activation;
mod batch;
mod customer_side;
mod customers;
mod desk;
mod entity;
mod external;
mod generators;
mod info;
mod items;
mod licenses;
mod orders;
mod preview;
mod products;
mod proofs;
mod record;
mod records;
mod removal;
mod tokens;
mod users;
mod validation;
mod verify;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::access::Actor;
use crate::command::WriteOptions;
use crate::error::{Code, Error, Result};
use crate::ports::{Clock, Generators, Random, Spawn, Store};
use crate::unit::{Committed, Decide, RequestKey, Stop, Unit, Wanted};

/// How often a unit is prepared anew when what it stands on changed meanwhile.
const MAX_ATTEMPTS: u32 = 3;

/// The services over their ports.
pub struct Services {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) generators: Arc<dyn Generators>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) spawn: Spawn,
    pub(crate) flights: activation::Flights,
    pub(crate) switches: generators::Switches,
    /// Whose turn it is to hash a password: each takes 19 MiB and a processor.
    pub(crate) hashing: Arc<futures_util::lock::Mutex<()>>,
}

impl Services {
    /// Services over these ports.
    pub fn new(
        store: Arc<dyn Store>,
        generators: Arc<dyn Generators>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        spawn: Spawn,
    ) -> Self {
        Self {
            store,
            generators,
            clock,
            random,
            spawn,
            flights: activation::Flights::default(),
            switches: generators::Switches::default(),
            hashing: Arc::default(),
        }
    }

    /// The clock, for interfaces.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The store, for authentication and health.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Hands a unit that needs no preparation to the store.
    async fn commit(
        &self,
        request: Option<RequestKey>,
        wanted: Wanted,
        dry_run: bool,
        decide: Decide,
    ) -> Result<Committed> {
        let unit = Unit {
            request,
            wanted,
            decide,
            dry_run,
        };
        self.store.commit(unit).await.map_err(refused)
    }
}

/// A unit that needs no preparation never asks for another one.
fn refused(stop: Stop) -> Error {
    match stop {
        Stop::Refused(error) => error,
        Stop::Again => Error::unavailable("the unit changed under the lock"),
    }
}

/// The key of a request that may be repeated. The command's `Debug` form is its content: it shows
/// every member but secrets, which no command holds.
fn request_key(
    actor: &Actor,
    options: &WriteOptions,
    operation: &str,
    command: &dyn std::fmt::Debug,
) -> Option<RequestKey> {
    let id = options.request_id.clone().filter(|_| !options.dry_run)?;
    let mut hash = Sha256::new();
    hash.update(operation.as_bytes());
    hash.update([0]);
    hash.update(format!("{command:?}").as_bytes());
    Some(RequestKey {
        caller: actor.caller(),
        id,
        digest: hash.finalize().into(),
    })
}

/// A reason is needed where something is taken away.
fn check_reason(reason: Option<&str>, needed: bool) -> Result<()> {
    crate::attribute::check_text("reason", reason)?;
    if needed && reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Error::invalid("reason", "A reason is needed."));
    }
    Ok(())
}

fn not_found(kind: &str) -> Error {
    Error::new(Code::NotFound, format!("There is no such {kind}.")).at("id")
}
