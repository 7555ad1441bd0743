//! What SQLite alone does with the rows of a stopped server's database: it writes customers again,
//! with everything that belongs to them, and makes one license into many. It knows the tables.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

/// Rows of the last batch of customers, kept aside, and what writes them under other ids: those
/// of customers, audit chains and events begin with a byte of their own, so that they come last and
/// in the same order, as new ids do.
const KEEP: &[&str] = &[
    "CREATE TEMP TABLE kept AS SELECT * FROM customers ORDER BY id DESC LIMIT 1000",
    "CREATE TEMP TABLE kept_texts AS SELECT * FROM texts WHERE owner IN (SELECT id FROM kept)",
    "CREATE TEMP TABLE kept_attributes AS \
     SELECT * FROM attributes WHERE owner IN (SELECT id FROM kept)",
    "CREATE TEMP TABLE kept_audit AS SELECT * FROM audit ORDER BY time DESC, seq DESC LIMIT 1000",
    "CREATE TEMP TABLE kept_events AS SELECT * FROM events ORDER BY place DESC LIMIT 1000",
];
const WRITE: &[&str] = &[
    "INSERT INTO customers SELECT CAST(unhex(?1) || substr(id, 2) AS BLOB), revision, state, \
     ?1 || external_ref, body, name, created_at, updated_at FROM kept ORDER BY id",
    "INSERT INTO texts (owner, kind, value) \
     SELECT CAST(unhex(?1) || substr(owner, 2) AS BLOB), kind, value FROM kept_texts ORDER BY owner",
    "INSERT INTO attributes SELECT digest, CAST(unhex(?1) || substr(owner, 2) AS BLOB) FROM kept_attributes",
    "INSERT INTO audit SELECT CAST(unhex(?1) || substr(chain, 2) AS BLOB), seq, time, actor, address, source, \
     action, subject, request_id, changes, reason, heads, previous, hash \
     FROM kept_audit ORDER BY chain, seq",
    "INSERT INTO events (id, time, kind, subject, order_ref) \
     SELECT CAST(unhex(?1) || substr(id, 2) AS BLOB), time, kind, subject, order_ref \
     FROM kept_events ORDER BY place",
];

/// Licenses with their files and hosts, for each of the copies.
const MULTIPLY: &[&str] = &[
    "INSERT INTO licenses SELECT CAST(unhex(n) || substr(id, 2) AS BLOB), revision, NULL, NULL, customer, \
     product, 'MANUAL', state, issued_at, expires_on, NULL, \
     replace(body, value, n || substr(value, 3)), generator, updated_at \
     FROM copies, licenses JOIN named ON license = id",
    "INSERT INTO license_files SELECT CAST(unhex(n) || substr(f.license, 2) AS BLOB), place, NULL, name, \
     media_type, text, data, sha256 FROM copies, license_files f",
    "INSERT INTO license_hosts SELECT n || substr(value, 3), host_type, \
     CAST(unhex(n) || substr(license, 2) AS BLOB), NULL FROM copies, license_hosts",
];

/// A stopped server's database.
pub(crate) struct Database(SqliteConnection);

impl Database {
    /// Opens it as the server does.
    pub(crate) async fn open(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-16384")
            .pragma("mmap_size", "268435456")
            .pragma("temp_store", "memory");
        Ok(Self(options.connect().await?))
    }

    /// Writes the last thousand customers so many times, each in a transaction of its own.
    pub(crate) async fn write_again(&mut self, times: u8) -> Result<Duration> {
        for statement in KEEP {
            self.run(statement).await?;
        }
        let start = Instant::now();
        for n in 0..times {
            let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
            let first = format!("{:02x}", 0x80 + n);
            for statement in WRITE {
                let query = sqlx::query(*statement).bind(&first);
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        }
        Ok(start.elapsed())
    }

    /// Makes each license into so many, each for a machine of its own and of no order.
    pub(crate) async fn multiply_licenses(&mut self, by: u8) -> Result<()> {
        for statement in [
            "CREATE TEMP TABLE copies (n TEXT)",
            "CREATE TEMP TABLE named AS SELECT license, value FROM license_hosts",
            "CREATE UNIQUE INDEX temp.named_license ON named (license)",
        ] {
            self.run(statement).await?;
        }
        for n in 1..by {
            let query = sqlx::query("INSERT INTO copies VALUES (?)");
            let first = format!("{:02x}", 0x10 + n);
            query.bind(first).execute(&mut self.0).await?;
        }
        for statement in MULTIPLY {
            self.run(statement).await?;
        }
        Ok(())
    }

    async fn run(&mut self, statement: &'static str) -> Result<()> {
        sqlx::query(statement).execute(&mut self.0).await?;
        Ok(())
    }
}
