//! The wiring: a data directory, a database and generators become the services, for the server
//! and for commands beside it.

use std::sync::Arc;

use anyhow::{Context, Result};
use lds_domain::ports::{Clock, Random};
use lds_domain::service::Services;
use lds_generators::{CacheKey, Generators, Options, WorkerProgram};
use lds_store::{Environment, MasterKey, Store};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::random::SystemRandom;

/// Everything that runs, without its interfaces.
pub(crate) struct App {
    pub(crate) services: Arc<Services>,
    pub(crate) random: Arc<dyn Random>,
    store: Arc<Store>,
}

impl App {
    /// Starts what the configuration tells; database and generators side by side.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let dir = DataDir::open(&config.data_dir)?;
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock(config.time.zone.clone()));
        let environment = Environment {
            clock: clock.clone(),
            random: random.clone(),
            master_key: master_key(config, &dir, &*random)?,
        };
        let (store, generators) = tokio::try_join!(
            open_store(config, &dir, environment),
            start_generators(config, &dir)
        )?;
        let store = Arc::new(store);
        let services = Services::new(
            store.clone(),
            Arc::new(generators),
            clock,
            random.clone(),
            Arc::new(|future| drop(tokio::spawn(future))),
        );
        Ok(Self {
            services: Arc::new(services),
            random,
            store,
        })
    }

    /// Waits until everything that was accepted is written.
    pub(crate) async fn close(self) {
        self.store.close().await;
    }
}

/// The key that the configuration tells, else the one in the data directory.
fn master_key(config: &Config, dir: &DataDir, random: &dyn Random) -> Result<MasterKey> {
    let key = match config.keys.master_key()? {
        Some(key) => key,
        None => dir.master_key(random)?,
    };
    Ok(MasterKey::new(*key))
}

async fn open_store(config: &Config, dir: &DataDir, environment: Environment) -> Result<Store> {
    let settings = &config.store;
    let opened = match settings.postgres_url()? {
        None => Store::open_sqlite(&dir.database(), &settings.sqlite(), environment).await,
        Some(url) => Store::open_postgres(url.expose(), &settings.postgres(), environment).await,
    };
    opened.context("cannot open the database")
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
