//! What the repositories need of a database connection: so little that they are written once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::dialect::{Dialect, Sql};
use crate::failure::Failure;
use crate::row::Rows;

/// Something that answers queries: one connection, or the next free one of a pool.
#[async_trait]
pub(crate) trait Fetch: Send {
    /// Runs a query that answers with one JSON text.
    async fn fetch(&mut self, sql: &Sql, parameter: String) -> Result<String, Failure>;
}

/// A connection of one of the databases.
#[async_trait]
pub(crate) trait Connection: Fetch {
    /// Runs a statement and tells how many rows it touched.
    async fn execute(&mut self, sql: &Sql, parameter: String) -> Result<u64, Failure>;

    /// Begins a transaction that writes.
    async fn begin(&mut self) -> Result<(), Failure>;

    /// Makes a transaction last.
    async fn commit(&mut self) -> Result<(), Failure>;

    /// Undoes a transaction, if one is open.
    async fn rollback(&mut self) -> Result<(), Failure>;
}

#[async_trait]
impl Fetch for &Pool {
    async fn fetch(&mut self, sql: &Sql, parameter: String) -> Result<String, Failure> {
        (*self).fetch(sql, parameter).await
    }
}

/// Asks with rows; none are answered with nothing.
pub(crate) async fn ask<T: DeserializeOwned>(
    fetch: &mut (impl Fetch + ?Sized),
    sql: &Sql,
    rows: Rows,
) -> Result<Vec<T>, Failure> {
    let Some(parameter) = rows.parameter() else {
        return Ok(Vec::new());
    };
    let answer = fetch.fetch(sql, parameter).await?;
    Ok(serde_json::from_str(&answer)?)
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Queries.
    Reading,
    /// Transactions.
    Writing,
}

/// Opens connections.
#[async_trait]
pub(crate) trait Connector: Send + Sync {
    /// The kind of database.
    fn dialect(&self) -> Dialect;

    /// One more connection.
    async fn connect(&self, purpose: Purpose) -> Result<Box<dyn Connection>, Failure>;
}

/// A few connections for reading, opened as they are needed.
pub(crate) struct Pool {
    connector: Arc<dyn Connector>,
    idle: Mutex<Vec<Box<dyn Connection>>>,
    places: Semaphore,
}

impl Pool {
    /// At most so many.
    pub(crate) fn new(connector: Arc<dyn Connector>, size: usize) -> Self {
        Self {
            connector,
            idle: Mutex::new(Vec::new()),
            places: Semaphore::new(size.max(1)),
        }
    }

    /// Runs a query on a free connection. One that was idle may have been cut off, as when another
    /// server takes over the address: then the query runs again on a new one.
    pub(crate) async fn fetch(&self, sql: &Sql, parameter: String) -> Result<String, Failure> {
        let _place = self.place().await?;
        let idle = self.idle().pop();
        if let Some(idle) = idle {
            let answer = self.fetch_on(idle, sql, parameter.clone()).await;
            // Those that were idle beside it hardly fared better.
            if let Err(Failure::Lost(_) | Failure::Late(_)) = answer {
                self.idle().clear();
            }
            if !matches!(answer, Err(Failure::Lost(_))) {
                return answer;
            }
        }
        let connection = self.connector.connect(Purpose::Reading).await?;
        self.fetch_on(connection, sql, parameter).await
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let place = timeout(PATIENCE, self.places.acquire()).await;
        place
            .map_err(|_| Failure::Late(PATIENCE))?
            .map_err(Failure::internal)
    }

    /// A connection that failed is not used again.
    async fn fetch_on(
        &self,
        mut connection: Box<dyn Connection>,
        sql: &Sql,
        parameter: String,
    ) -> Result<String, Failure> {
        let answer = connection.fetch(sql, parameter).await;
        if !matches!(
            answer,
            Err(Failure::Unavailable(_) | Failure::Lost(_) | Failure::Late(_))
        ) {
            self.idle().push(connection);
        }
        answer
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Box<dyn Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
