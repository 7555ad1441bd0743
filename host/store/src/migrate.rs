//! Migrations at start, and the sentence that refuses a database of a newer version.

use std::io;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{ConnectOptions, PgConnection, SqliteConnection};

use crate::connection::Purpose;
use crate::failure::Failure;
use crate::postgres::PostgresConnector;
use crate::sqlite::SqliteConnector;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database can not be reached or written.
    #[error("the database can not be opened: {0}")]
    Database(String),
    /// The database was made by a newer version.
    #[error(
        "the database is of schema version {found}, made by a newer version of this program; this \
         one knows versions up to {known}: use the newer program, or restore a backup"
    )]
    Newer {
        /// What was found.
        found: i64,
        /// What is known.
        known: i64,
    },
    /// The database has a schema that is none of this program's.
    #[error("the database's schema is not the one that this program makes: {0}")]
    Foreign(String),
    /// The database belongs to another master key.
    #[error(
        "the database was made with another master key (fingerprint {stored}, this one has {given}): \
         use the key file that belongs to it"
    )]
    MasterKey {
        /// Of the key that made the database.
        stored: String,
        /// Of the key that was given.
        given: String,
    },
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Database(failure.to_string())
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

/// Brings a `SQLite` file to the newest schema; the caller holds [`SqliteConnector::opening`].
pub(crate) async fn sqlite(connector: &SqliteConnector) -> Result<(), OpenError> {
    let mut connection: SqliteConnection = connector.options(Purpose::Writing).connect().await?;
    told(SQLITE.run(&mut connection).await, &SQLITE)
}

/// Brings a `PostgreSQL` database to the newest schema, under a lock.
pub(crate) async fn postgres(connector: &PostgresConnector) -> Result<(), OpenError> {
    let mut connection: PgConnection = connector.options().connect().await?;
    told(POSTGRES.run(&mut connection).await, &POSTGRES)
}

fn told(result: Result<(), MigrateError>, migrator: &Migrator) -> Result<(), OpenError> {
    let known = migrator
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default();
    match result {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) if found > known => {
            Err(OpenError::Newer { found, known })
        }
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            Err(error.into())
        }
        Err(error) => Err(OpenError::Foreign(error.to_string())),
    }
}
