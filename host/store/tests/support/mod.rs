//! What the tests of the store stand on: a store on either database, and samples of entities.

pub(crate) mod samples;

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use lds_domain::audit::AuditEntry;
use lds_domain::ports::Store as _;
use lds_domain::ports::fixed::{FixedClock, SeededRandom};
use lds_domain::unit::{Changes, Committed, Loaded, Stop, Unit, Wanted};
use lds_store::{Environment, MasterKey, OpenError, PostgresOptions, SqliteOptions, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, SqliteConnection};
use time::OffsetDateTime;
use time::macros::datetime;

/// When tests happen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-25 10:00 UTC);

/// Where a database lies.
#[derive(Clone)]
pub(crate) enum Place {
    /// A file in a directory that lasts as long as the bench.
    Sqlite(PathBuf),
    /// A URL.
    Postgres(String),
}

/// A store and where it lies.
pub(crate) struct Bench {
    pub(crate) store: Arc<Store>,
    pub(crate) place: Place,
    pub(crate) clock: Arc<FixedClock>,
    /// A directory or a server that lasts as long as the bench.
    _keeps: Box<dyn Any + Send + Sync>,
}

impl Bench {
    /// On a new file.
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::Sqlite(directory.path().join("lds.db"));
        Self::at(place, Box::new(directory)).await
    }

    /// On a new database of the tests' server.
    pub(crate) async fn postgres() -> Self {
        let place = Place::Postgres(lds_postgres::new_database());
        Self::at(place, Box::new(())).await
    }

    /// On a `PostgreSQL` server of its own.
    pub(crate) async fn alone() -> Self {
        let server = lds_postgres::Alone::start();
        let place = Place::Postgres(server.url.clone());
        Self::at(place, Box::new(server)).await
    }

    async fn at(place: Place, keeps: Box<dyn Any + Send + Sync>) -> Self {
        let clock = Arc::new(FixedClock::new(NOW));
        let store = open(&place, environment(&clock, 1)).await.unwrap();
        Self {
            store: Arc::new(store),
            place,
            clock,
            _keeps: keeps,
        }
    }

    /// A second store on the same database.
    pub(crate) async fn another(&self) -> Arc<Store> {
        Arc::new(
            open(&self.place, environment(&self.clock, 1))
                .await
                .unwrap(),
        )
    }

    /// Closed, so that its heads are signed, and opened again.
    pub(crate) async fn reopened(mut self) -> Self {
        self.store.close().await;
        self.store = self.another().await;
        self
    }

    /// Commits what a unit without conditions writes.
    pub(crate) async fn write(&self, changes: Changes) -> Committed {
        let unit = unit(Wanted::default(), move |_| Ok(changes.clone()));
        self.store.commit(unit).await.unwrap()
    }

    /// Loads.
    pub(crate) async fn load(&self, wanted: Wanted) -> Loaded {
        self.store.load(wanted).await.unwrap()
    }
}

/// A fixed clock, seeded randomness, a master key of this byte.
pub(crate) fn environment(clock: &Arc<FixedClock>, master: u8) -> Environment {
    static SEED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let seed = SEED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    Environment {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(seed)),
        master_key: MasterKey::new([master; 32]),
    }
}

/// Opens a store.
pub(crate) async fn open(place: &Place, environment: Environment) -> Result<Store, OpenError> {
    match place {
        Place::Sqlite(file) => {
            Store::open_sqlite(file, &SqliteOptions::default(), environment).await
        }
        Place::Postgres(url) => {
            Store::open_postgres(url, &PostgresOptions::default(), environment).await
        }
    }
}

/// A unit.
pub(crate) fn unit(
    wanted: Wanted,
    decide: impl Fn(&Loaded) -> Result<Changes, Stop> + Send + Sync + 'static,
) -> Unit {
    Unit {
        request: None,
        wanted,
        decide: Arc::new(decide),
        dry_run: false,
    }
}

/// An audit entry of this action.
pub(crate) fn entry(action: &'static str) -> AuditEntry {
    let actor = lds_domain::access::Actor {
        who: lds_domain::access::Who::User(samples::id(1), None),
        access: lds_domain::access::Access::NONE,
        address: None,
        source: lds_domain::access::Source::Soap,
    };
    AuditEntry::new(&actor, NOW, action, &"subject")
}

/// Makes each of the test functions a test on both databases.
macro_rules! both {
    ($($name:ident),+ $(,)?) => { $crate::support::on!(postgres: $($name),+); };
}
pub(crate) use both;

/// The same, on a `PostgreSQL` server of its own each.
macro_rules! both_alone {
    ($($name:ident),+ $(,)?) => { $crate::support::on!(alone: $($name),+); };
}
pub(crate) use both_alone;

/// Tests on `SQLite` and on this `PostgreSQL`.
macro_rules! on {
    ($postgres:ident: $($name:ident),+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Bench::sqlite().await).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Bench::$postgres().await).await; })+
        }
    };
}
pub(crate) use on;

impl Bench {
    /// Columns of rows as they lie in the database, as JSON arrays; `#` before a column of bytes.
    pub(crate) async fn raw(&self, columns: &str, from: &str) -> Vec<serde_json::Value> {
        let given: Vec<String> = columns
            .split(' ')
            .map(|column| match (column.strip_prefix('#'), &self.place) {
                (Some(bytes), Place::Sqlite(_)) => format!("lower(hex({bytes}))"),
                (Some(bytes), Place::Postgres(_)) => {
                    format!("replace(encode({bytes}, 'hex'), '-', '')")
                }
                (None, _) => column.to_owned(),
            })
            .collect();
        let given = given.join(", ");
        let rows = match &self.place {
            Place::Sqlite(file) => {
                let mut connection = sqlite(file).await;
                let sql = AssertSqlSafe(format!("SELECT json_array({given}) FROM {from}"));
                sqlx::query_scalar(sql).fetch_all(&mut connection).await
            }
            Place::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let sql = AssertSqlSafe(format!(
                    "SELECT json_build_array({given})::text FROM {from}"
                ));
                sqlx::query_scalar(sql).fetch_all(&mut connection).await
            }
        };
        let rows: Vec<String> = rows.unwrap();
        rows.iter()
            .map(|row| serde_json::from_str(row).unwrap())
            .collect()
    }

    /// Runs a statement as an operator could, beside the store.
    pub(crate) async fn meddle(&self, statement: &str) {
        let sql = AssertSqlSafe(statement.to_owned());
        match &self.place {
            Place::Sqlite(file) => drop(sqlite(file).await.execute(sql).await.unwrap()),
            Place::Postgres(url) => drop(
                PgConnection::connect(url)
                    .await
                    .unwrap()
                    .execute(sql)
                    .await
                    .unwrap(),
            ),
        }
    }
}

/// A connection of its own to a database in a file.
pub(crate) async fn sqlite(file: &std::path::Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap()
}
