//! The wiring: a data directory, a database and generators become the services, for the server
//! and for commands beside it.

use std::sync::Arc;

use anyhow::{Context, Result};
use lds_domain::ports::{self, Random};
use lds_domain::service::Services;
use lds_generators::{CacheKey, Generators, Options, Pins, WorkerProgram};
use lds_store::{Environment, MasterKey, Store};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::no_generators::NoGenerators;
use crate::pins;
use crate::random::SystemRandom;

/// Everything that runs, without its interfaces.
pub(crate) struct App {
    pub(crate) services: Arc<Services>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) store: Arc<Store>,
}

impl App {
    /// Starts what the configuration tells: first the database, which knows whose files may serve.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let dir = DataDir::open(&config.data_dir)?;
        let opened = Opened::store(config, &dir, false).await?;
        let known = pins::known(&opened.store).await?;
        let generators = start_generators(config, &dir, &known).await?;
        pins::keep(&opened.store, &known, generators.pins()).await?;
        keep_memory_to_itself()?;
        Ok(opened.with(Arc::new(generators)))
    }

    /// Starts for a command that adds users, tokens or orders, perhaps beside a server. Without
    /// generators, which would take longer than all that it does.
    pub(crate) async fn start_for_command(config: &Config) -> Result<Self> {
        let dir = DataDir::open(&config.data_dir)?;
        let store = Opened::store(config, &dir, true).await?;
        keep_memory_to_itself()?;
        Ok(store.with(Arc::new(NoGenerators)))
    }

    /// Starts for a command that looks at the plugins, perhaps beside a server: all of them as a
    /// server would have them, and the database that knows their digests.
    pub(crate) async fn start_for_plugins(config: &Config) -> Result<(Self, Generators)> {
        let dir = DataDir::open(&config.data_dir)?;
        let opened = Opened::store(config, &dir, true).await?;
        let known = pins::known(&opened.store).await?;
        let generators = start_generators(config, &dir, &known).await?;
        keep_memory_to_itself()?;
        Ok((opened.with(Arc::new(NoGenerators)), generators))
    }

    /// Waits until everything that was accepted is written.
    pub(crate) async fn close(self) {
        self.store.close().await;
    }
}

/// No core of this process is written from now on, and none of its user's other processes reads its
/// memory or its environment: they hold keys. The engine of modules opens a file of `/proc/self`,
/// which is root's alone from now on; therefore after the start.
pub(crate) fn keep_memory_to_itself() -> Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).context("cannot keep its memory to itself")
}

/// The key that the configuration tells, else the one in the data directory.
fn master_key(config: &Config, dir: &DataDir, random: &dyn Random) -> Result<MasterKey> {
    let key = match config.keys.master_key()? {
        Some(key) => key,
        None => dir.master_key(random)?,
    };
    Ok(MasterKey::new(*key))
}

/// An open database with its surroundings.
struct Opened {
    store: Arc<Store>,
    environment: Environment,
}

impl Opened {
    async fn store(config: &Config, dir: &DataDir, beside_server: bool) -> Result<Self> {
        let random = Arc::new(SystemRandom);
        let environment = Environment {
            clock: Arc::new(SystemClock(config.time.zone.clone())),
            master_key: master_key(config, dir, &*random)?,
            random,
        };
        let settings = &config.store;
        let given = environment.clone();
        let opened = match settings.postgres_url()? {
            None => {
                Store::open_sqlite(&dir.database(), &settings.sqlite(beside_server), given).await
            }
            Some(url) => Store::open_postgres(url.expose(), &settings.postgres(), given).await,
        };
        let store = Arc::new(opened.context("cannot open the database")?);
        Ok(Self { store, environment })
    }

    /// The services on these generators.
    fn with(self, generators: Arc<dyn ports::Generators>) -> App {
        let Self { store, environment } = self;
        let random = environment.random;
        let services = Services::new(
            store.clone(),
            generators,
            environment.clock,
            random.clone(),
            Arc::new(|future| drop(tokio::spawn(future))),
        );
        App {
            services: Arc::new(services),
            random,
            store,
        }
    }
}

/// All plugins, each in service or listed with the reason why not.
async fn start_generators(config: &Config, dir: &DataDir, pins: &Pins) -> Result<Generators> {
    let options = Options {
        config: &config.generators(),
        data_dir: dir.path(),
        cache_key: CacheKey::load_or_make(&dir.cache_key())?,
        pins,
        worker: WorkerProgram::this_binary(),
    };
    Generators::start(options)
        .await
        .context("cannot start the generators")
}
