//! Connections to `PostgreSQL`.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row as _};
use tokio::time::timeout;

use crate::connection::{Connection, Connector, Fetch, Purpose};
use crate::dialect::{Dialect, Sql};
use crate::failure::Failure;

/// Prepared statements of one connection; there are fewer statements than this.
const STATEMENTS: usize = 200;
/// For a connection to a server that may have vanished.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// For the answer to a statement.
const ANSWER_TIME: Duration = Duration::from_secs(30);
/// For BEGIN and for COMMIT, which waits for synchronous standbys.
const COMMIT_TIME: Duration = Duration::from_secs(10);
/// For a lock that another transaction holds.
const LOCK_TIME: &str = "5s";

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
        let connection = timeout(CONNECT_TIME, begin_session(&self.options)).await;
        Ok(Box::new(
            connection.map_err(|_| Failure::Late(CONNECT_TIME))??,
        ))
    }
}

#[async_trait]
impl Fetch for PgConnection {
    async fn fetch(&mut self, sql: &Sql, parameter: String) -> Result<String, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter);
        let row = answered(ANSWER_TIME, query.fetch_one(self)).await?;
        Ok(row.try_get(0)?)
    }
}

#[async_trait]
impl Connection for PgConnection {
    async fn execute(&mut self, sql: &Sql, parameter: String) -> Result<u64, Failure> {
        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter);
        let done = answered(ANSWER_TIME, query.execute(self)).await?;
        Ok(done.rows_affected())
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
    answered(COMMIT_TIME, sqlx::query(sql).execute(connection)).await?;
    Ok(())
}

/// A standby's answers may be old: who is led to one is told to come again, until it is promoted.
async fn begin_session(options: &PgConnectOptions) -> Result<PgConnection, Failure> {
    let mut connection = options.connect().await?;
    let begin = "SELECT pg_is_in_recovery(), set_config('lock_timeout', $1, false)";
    let begin = sqlx::query(begin).bind(LOCK_TIME);
    if begin.fetch_one(&mut connection).await?.try_get(0)? {
        return Err(Failure::Lost("the server is a standby".to_owned()));
    }
    Ok(connection)
}

/// What comes in time. A connection whose answer did not come is good for nothing more.
async fn answered<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Failure> {
    let answer = timeout(limit, answer).await;
    Ok(answer.map_err(|_| Failure::Late(limit))??)
}
