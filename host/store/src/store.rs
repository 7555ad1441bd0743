//! An open store: its tasks, and the port that the domain asks for.

mod ports_beside;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use lds_domain::customer::Customer;
use lds_domain::id::{Key, LicenseId, OrderRef};
use lds_domain::license::License;
use lds_domain::order::{Order, OrderLookup, OrderView};
use lds_domain::ports::{self, Clock, Random};
use lds_domain::product::Product;
use lds_domain::query::{
    CustomerFilter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, TokenFilter,
    UserFilter,
};
use lds_domain::token::{Token, TokenKey};
use lds_domain::unit::{Committed, Loaded, Stop, Unit, UserKey, Wanted};
use lds_domain::user::User;
use lds_domain::{Error, Result};
use time::OffsetDateTime;
use tokio::task::JoinHandle;

use crate::Shared;
use crate::connection::{Connector, Pool, Purpose, ask};
use crate::failure::Failure;
use crate::find::Finder;
use crate::keys::{Keys, MasterKey};
use crate::load::{disabled_generators, load};
use crate::lookups::Line;
use crate::memory::Memory;
use crate::migrate::{self, OpenError};
use crate::postgres::PostgresConnector;
use crate::row::{Hex, Millis, RowId, Rows};
use crate::sqlite::SqliteConnector;
use crate::statements::Statements;
use crate::write::{Queue, Touch, Writer, decide};

/// The setting that tells to which master key a database belongs.
const FINGERPRINT: &str = "master_key_fingerprint";
/// A use is remembered once in so many milliseconds.
const TOUCH_AGAIN: i64 = 60_000;

/// What a store needs from outside.
#[derive(Clone)]
pub struct Environment {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// From which the store's keys are derived.
    pub master_key: MasterKey,
}

/// How a store on `SQLite` works.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Units of one transaction at most; 1 commits each by itself.
    pub group_size: usize,
    /// Connections for reading.
    pub readers: usize,
    /// Pages of 4096 bytes that the file may have; absent: as many as the disk has room for.
    pub max_pages: Option<u32>,
    /// Bytes, about, of orders with licenses that are kept in memory, so that they are not read
    /// again as long as they do not change.
    pub memory: usize,
    /// Whether a server may have the file open, which must not miss a change of what it keeps in
    /// memory: then users, tokens and orders can be added and nothing can be changed.
    pub beside_server: bool,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            group_size: 64,
            readers: 4,
            max_pages: None,
            memory: 32 << 20,
            beside_server: false,
        }
    }
}

/// How a store on `PostgreSQL` works.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Units of one transaction at most; 1 commits each by itself.
    pub group_size: usize,
    /// Writers, each with a connection.
    pub writers: usize,
    /// Connections for reading.
    pub readers: usize,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            group_size: 64,
            writers: 3,
            readers: 6,
        }
    }
}

/// A database, open.
pub struct Store {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pool: Arc<Pool>,
    finder: Finder,
    orders: Arc<Line<OrderLookup>>,
    licenses: Arc<Line<Key<LicenseId>>>,
    users: Arc<Line<UserKey>>,
    tokens: Arc<Line<TokenKey>>,
    writers: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens the `SQLite` file, makes it if there is none, and brings it to the newest schema. The
    /// directory must be there.
    ///
    /// # Errors
    /// Where the file can't be opened, is of a newer version or belongs to another master key.
    pub async fn open_sqlite(
        file: &Path,
        options: &SqliteOptions,
        environment: Environment,
    ) -> Result<Self, OpenError> {
        let connector = SqliteConnector::new(file, options.max_pages);
        let _opening = connector.opening().await?;
        migrate::sqlite(&connector).await?;
        let memory = if options.beside_server {
            0
        } else {
            options.memory
        };
        let sizes = Sizes {
            group: options.group_size,
            writers: 1,
            readers: options.readers,
            memory,
            beside_server: options.beside_server,
        };
        Self::start(Arc::new(connector), sizes, environment).await
    }

    /// Connects to a `PostgreSQL` database and brings it to the newest schema.
    ///
    /// # Errors
    /// As [`Self::open_sqlite`].
    pub async fn open_postgres(
        url: &str,
        options: &PostgresOptions,
        environment: Environment,
    ) -> Result<Self, OpenError> {
        let connector = PostgresConnector::new(url)?;
        migrate::postgres(&connector).await?;
        let sizes = Sizes {
            group: options.group_size,
            writers: options.writers,
            readers: options.readers,
            // Other nodes write as well.
            memory: 0,
            beside_server: false,
        };
        Self::start(Arc::new(connector), sizes, environment).await
    }

    /// Takes no more, finishes what waits and signs the heads of the audit log.
    pub async fn close(&self) {
        self.shared.queue.close();
        let writers =
            std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        for writer in writers {
            if let Err(error) = writer.await {
                tracing::error!(%error, "a writer ended badly");
            }
        }
        self.end_reading();
    }

    async fn start(
        connector: Arc<dyn Connector>,
        sizes: Sizes,
        environment: Environment,
    ) -> Result<Self, OpenError> {
        let dialect = connector.dialect();
        let keys = Keys::derive(&environment.master_key)?;
        let finder = Finder::new(dialect, keys.cursors.clone());
        let shared = Arc::new(Shared {
            connector: Arc::clone(&connector),
            statements: Arc::new(Statements::new(dialect)),
            keys,
            clock: environment.clock,
            random: environment.random,
            queue: Queue::default(),
            memory: (sizes.memory > 0).then(|| Memory::new(sizes.memory)),
            group_size: sizes.group.max(1),
            beside_server: sizes.beside_server,
        });
        let pool = Arc::new(Pool::new(connector, sizes.readers));
        let mut writers = Vec::new();
        for _ in 0..sizes.writers.max(1) {
            writers.push(shared.connector.connect(Purpose::Writing).await?);
        }
        check_master_key(&shared, &pool, writers.first_mut()).await?;
        let spawn = |connection| tokio::spawn(Writer::run(Arc::clone(&shared), connection));
        let writers = writers.into_iter().map(spawn).collect();
        let store = Self {
            shared,
            pool,
            finder,
            orders: Arc::default(),
            licenses: Arc::default(),
            users: Arc::default(),
            tokens: Arc::default(),
            writers: Mutex::new(writers),
        };
        store.start_reading(sizes.readers);
        Ok(store)
    }

    fn start_reading(&self, readers: usize) {
        for _ in 0..readers.max(1) {
            let (pool, sql) = (
                || Arc::clone(&self.pool),
                || Arc::clone(&self.shared.statements),
            );
            tokio::spawn(Arc::clone(&self.orders).serve(pool(), sql()));
            tokio::spawn(Arc::clone(&self.licenses).serve(pool(), sql()));
            tokio::spawn(Arc::clone(&self.users).serve(pool(), sql()));
            tokio::spawn(Arc::clone(&self.tokens).serve(pool(), sql()));
        }
    }

    fn end_reading(&self) {
        self.orders.close();
        self.licenses.close();
        self.users.close();
        self.tokens.close();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.queue.close();
        self.end_reading();
    }
}

struct Sizes {
    group: usize,
    writers: usize,
    readers: usize,
    memory: usize,
    beside_server: bool,
}

/// The first that opens a database leaves the fingerprint of its master key.
async fn check_master_key(
    shared: &Shared,
    pool: &Pool,
    writer: Option<&mut Box<dyn crate::connection::Connection>>,
) -> Result<(), OpenError> {
    let given = &shared.keys.fingerprint;
    let mut setting = Rows::default();
    setting.push(&(FINGERPRINT, given)).map_err(Failure::from)?;
    if let (Some(writer), Some(parameter)) = (writer, setting.parameter()) {
        writer
            .execute(&shared.statements.writes.setting, parameter)
            .await?;
    }
    let mut question = Rows::default();
    question.push(&(FINGERPRINT,)).map_err(Failure::from)?;
    let found: Vec<(String, String)> =
        ask(&mut &*pool, &shared.statements.reads.settings, question).await?;
    match found.into_iter().next() {
        Some((_, stored)) if stored == *given => Ok(()),
        Some((_, stored)) => Err(OpenError::MasterKey {
            stored,
            given: given.clone(),
        }),
        None => Err(OpenError::Foreign(
            "it has no master key fingerprint".to_owned(),
        )),
    }
}

#[async_trait]
impl ports::Store for Store {
    async fn order(&self, lookup: OrderLookup) -> Result<Option<Arc<OrderView>>> {
        let Some(memory) = &self.shared.memory else {
            return Ok(self.orders.ask(lookup).await?.map(Arc::new));
        };
        if let Some(view) = memory.get(&lookup) {
            return Ok(Some(view));
        }
        let moment = memory.now();
        let found = self.orders.ask(lookup.clone()).await?.map(Arc::new);
        if let Some(view) = &found {
            memory.keep(lookup, moment, view);
        }
        Ok(found)
    }

    async fn license(&self, key: Key<LicenseId>) -> Result<Option<License>> {
        self.licenses.ask(key).await
    }

    async fn document(&self, license: LicenseId) -> Result<Option<Vec<u8>>> {
        let mut question = Rows::default();
        question
            .push(&(RowId::of(license),))
            .map_err(Failure::from)?;
        let sql = &self.shared.statements.reads.documents;
        let found: Vec<Hex<'_>> = ask(&mut &*self.pool, sql, question).await?;
        let found = found.first();
        let unpacked = found.map(|packed| lz4_flex::decompress_size_prepended(&packed.0));
        unpacked.transpose().map_err(Error::internal)
    }

    async fn load(&self, wanted: Wanted) -> Result<Loaded> {
        let mut loaded = load(&mut &*self.pool, &self.shared.statements.reads, &[&wanted]).await?;
        loaded
            .pop()
            .ok_or_else(|| Error::internal("nothing was loaded"))
    }

    async fn user(&self, key: UserKey) -> Result<Option<Arc<User>>> {
        self.users.ask(key).await
    }

    async fn token(&self, key: TokenKey) -> Result<Option<(Token, Arc<User>)>> {
        self.tokens.ask(key).await
    }

    async fn token_used(&self, token: &Token, at: OffsetDateTime) -> Result<()> {
        if is_due(token.last_used_at, at) {
            self.shared
                .queue
                .touch(Touch::Token(RowId::of(token.id), Millis::number(at)));
        }
        Ok(())
    }

    async fn user_signed_in(&self, user: &User, at: OffsetDateTime) -> Result<()> {
        if is_due(user.last_signed_in_at, at) {
            self.shared
                .queue
                .touch(Touch::User(RowId::of(user.id), Millis::number(at)));
        }
        Ok(())
    }

    async fn find_users(&self, filter: UserFilter, paging: Paging) -> Result<Page<User>> {
        self.finder.users(&self.pool, &filter, &paging).await
    }

    async fn find_tokens(&self, filter: TokenFilter, paging: Paging) -> Result<Page<Token>> {
        self.finder.tokens(&self.pool, &filter, &paging).await
    }

    async fn find_customers(
        &self,
        filter: CustomerFilter,
        paging: Paging,
    ) -> Result<Page<Customer>> {
        self.finder.customers(&self.pool, &filter, &paging).await
    }

    async fn find_products(&self, filter: ProductFilter, paging: Paging) -> Result<Page<Product>> {
        self.finder.products(&self.pool, &filter, &paging).await
    }

    async fn find_orders(&self, filter: OrderFilter, paging: Paging) -> Result<Page<OrderView>> {
        self.finder.orders(&self.pool, &filter, &paging).await
    }

    async fn find_licenses(&self, filter: LicenseFilter, paging: Paging) -> Result<Page<License>> {
        self.finder.licenses(&self.pool, &filter, &paging).await
    }

    async fn commit(&self, unit: Unit) -> Result<Committed, Stop> {
        if unit.dry_run {
            // What a reader sees is enough where nothing comes of it.
            let loaded = self.load(unit.wanted.clone()).await?;
            return decide(&unit, &loaded, self.shared.beside_server);
        }
        self.shared.queue.commit(unit).await
    }

    async fn disabled_generators(&self) -> Result<Vec<String>> {
        let sql = &self.shared.statements.reads;
        Ok(disabled_generators(&mut &*self.pool, sql).await?)
    }

    async fn orders(&self, ids: &[OrderRef]) -> Result<Vec<Order>> {
        let wanted = Wanted {
            orders: ids
                .iter()
                .map(|id| OrderLookup::plain((*id).into()))
                .collect(),
            ..Wanted::default()
        };
        let mut orders: Vec<Order> = self
            .load(wanted)
            .await?
            .orders
            .into_iter()
            .map(|view| view.order)
            .collect();
        let place: std::collections::HashMap<_, _> =
            ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
        orders.sort_by_key(|order| place.get(&order.id).copied());
        Ok(orders)
    }

    async fn ready(&self) -> Result<()> {
        let mut question = Rows::default();
        question.push(&(FINGERPRINT,)).map_err(Failure::from)?;
        let found: Vec<(String, String)> = ask(
            &mut &*self.pool,
            &self.shared.statements.reads.settings,
            question,
        )
        .await?;
        match found.first() {
            Some((_, stored)) if *stored == self.shared.keys.fingerprint => Ok(()),
            _ => Err(Error::unavailable(
                "the database is not the one that was opened",
            )),
        }
    }
}

fn is_due(last: Option<OffsetDateTime>, at: OffsetDateTime) -> bool {
    last.is_none_or(|last| Millis::number(at) - Millis::number(last) >= TOUCH_AGAIN)
}
