//! The wiring: a data directory, a database and generators become the services, for the server
//! and for commands beside it.

use std::sync::Arc;

use anyhow::{Context, Result};
use lds_domain::ports::{Clock, Random};
use lds_domain::service::Services;
use lds_generators::{CacheKey, Generators, Options, WorkerProgram};
use lds_store::{Database, MasterKey};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::random::SystemRandom;

/// Everything that runs, without its interfaces.
pub(crate) struct App {
    pub(crate) services: Arc<Services>,
    pub(crate) random: Arc<dyn Random>,
    database: Arc<Database>,
}

impl App {
    /// Starts what the configuration tells; database and generators side by side.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let dir = DataDir::open(&config.data_dir)?;
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock(config.time.zone.0));
        let (database, generators) = tokio::try_join!(
            open_database(config, &dir, clock.clone(), random.clone()),
            start_generators(config, &dir)
        )?;
        let database = Arc::new(database);
        let services = Services::new(
            database.clone(),
            Arc::new(generators),
            clock,
            random.clone(),
            Arc::new(|future| drop(tokio::spawn(future))),
        );
        Ok(Self {
            services: Arc::new(services),
            random,
            database,
        })
    }

    /// Waits until everything that was accepted is written.
    pub(crate) async fn close(self) {
        self.database.close().await;
    }
}

async fn open_database(
    config: &Config,
    dir: &DataDir,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Database> {
    let key = match config.keys.master_key()? {
        Some(key) => key,
        None => dir.master_key(&*random)?,
    };
    let options = config.store.options(dir.path())?;
    Database::open(options, MasterKey::new(*key), clock, random)
        .await
        .context("cannot open the database")
}

/// All plugins, each in service or listed with the reason why not.
pub(crate) async fn start_generators(config: &Config, dir: &DataDir) -> Result<Generators> {
    let options = Options {
        config: &config.generators(),
        data_dir: dir.path(),
        cache_key: CacheKey::load_or_make(&dir.cache_key())?,
        worker: WorkerProgram::this_binary(),
    };
    Generators::start(options)
        .await
        .context("cannot start the generators")
}
