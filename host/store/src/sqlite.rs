//! Connections to `SQLite`: one directory, no configuration.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Row as _};
use tokio::time::Instant;

use crate::connection::{Connection, Connector, Fetch, Purpose};
use crate::dialect::{Dialect, Sql};
use crate::failure::Failure;

/// How long a transaction waits for that of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How soon a process that waits for another looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Prepared statements of one connection; there are fewer statements than this.
const STATEMENTS: usize = 200;

/// Opens connections to one file.
#[derive(Debug)]
pub(crate) struct SqliteConnector {
    file: PathBuf,
    max_pages: Option<u32>,
}

impl SqliteConnector {
    /// Of this file; it is made by [`Self::options`] for writing.
    pub(crate) fn new(file: &Path, max_pages: Option<u32>) -> Self {
        Self {
            file: file.to_owned(),
            max_pages,
        }
    }

    /// Lets one process at a time open the file, as long as what it returns is kept: two that
    /// make a database together, or turn it to a write-ahead log, are told that it is locked at
    /// once, without any waiting.
    pub(crate) async fn opening(&self) -> io::Result<File> {
        let mut name = self.file.clone().into_os_string();
        name.push("-opening");
        let lock = File::create(name)?;
        let deadline = Instant::now() + BUSY_TIMEOUT;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::other("another process does not end opening it"));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// How to connect.
    pub(crate) fn options(&self, purpose: Purpose) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new()
            .filename(&self.file)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS)
            .pragma("cache_size", "-16384")
            .pragma("mmap_size", "268435456")
            .pragma("temp_store", "memory");
        let options = match self.max_pages {
            Some(pages) => options.pragma("max_page_count", pages.to_string()),
            None => options,
        };
        match purpose {
            Purpose::Reading => options.read_only(true),
            Purpose::Writing => options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full),
        }
    }
}

#[async_trait]
impl Connector for SqliteConnector {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn connect(&self, purpose: Purpose) -> Result<Box<dyn Connection>, Failure> {
        Ok(Box::new(self.options(purpose).connect().await?))
    }
}

#[async_trait]
impl Fetch for SqliteConnection {
    async fn fetch(&mut self, sql: &Sql, parameter: String) -> Result<String, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter);
        let row = query.fetch_one(self).await?;
        Ok(row.try_get(0)?)
    }
}

#[async_trait]
impl Connection for SqliteConnection {
    async fn execute(&mut self, sql: &Sql, parameter: String) -> Result<u64, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter);
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn begin(&mut self) -> Result<(), Failure> {
        plain(self, "BEGIN IMMEDIATE").await
    }

    async fn commit(&mut self) -> Result<(), Failure> {
        plain(self, "COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), Failure> {
        // After some failures, as that of a full disk, the transaction is undone already.
        let _ = plain(self, "ROLLBACK").await;
        Ok(())
    }
}

async fn plain(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), Failure> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
