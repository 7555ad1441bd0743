//! Connections to `PostgreSQL`.

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row as _};

use crate::connection::{Connection, Connector, Fetch, Purpose};
use crate::dialect::{Dialect, Sql};
use crate::failure::Failure;

/// Prepared statements of one connection; there are fewer statements than this.
const STATEMENTS: usize = 200;

/// Opens connections to one database.
#[derive(Debug)]
pub(crate) struct PostgresConnector {
    options: PgConnectOptions,
}

impl PostgresConnector {
    /// Of the database that a URL names.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let options: PgConnectOptions = url.parse()?;
        let options = options
            .application_name("lds")
            .statement_cache_capacity(STATEMENTS)
            // What was acknowledged lasts, whatever the server's default is.
            .options([("synchronous_commit", "on"), ("jit", "off")]);
        Ok(Self { options })
    }

    /// How to connect.
    pub(crate) const fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

#[async_trait]
impl Connector for PostgresConnector {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn connect(&self, _purpose: Purpose) -> Result<Box<dyn Connection>, Failure> {
        Ok(Box::new(self.options.connect().await?))
    }
}

#[async_trait]
impl Fetch for PgConnection {
    async fn fetch(&mut self, sql: &Sql, parameter: String) -> Result<String, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter);
        let row = query.fetch_one(self).await?;
        Ok(row.try_get(0)?)
    }
}

#[async_trait]
impl Connection for PgConnection {
    async fn execute(&mut self, sql: &Sql, parameter: String) -> Result<u64, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter);
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn begin(&mut self) -> Result<(), Failure> {
        plain(self, "BEGIN ISOLATION LEVEL READ COMMITTED").await
    }

    async fn commit(&mut self) -> Result<(), Failure> {
        plain(self, "COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), Failure> {
        plain(self, "ROLLBACK").await
    }
}

async fn plain(connection: &mut PgConnection, sql: &'static str) -> Result<(), Failure> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
