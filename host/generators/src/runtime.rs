//! Turns plugin files into carriers: one runtime for modules, one spawner for
//! processes, one cache of compiled code.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;

use crate::apart::{Pool, Repeated, Spawner};
use crate::artefact::{Artefact, Content, PluginKind};
use crate::bundled;
use crate::carrier::{CallOutcome, Carrier};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::native::Library;
use crate::package::PackageStamp;
use crate::process::WorkerProgram;
use crate::stdio::{Lines, Mode, OneShot, Starter};
use crate::walls;
use crate::wasm::{
    CacheKey, Code, CodeCache, ComponentPlugin, PoolMode, WasmEngine, WasmPlugin, obtain,
};

/// A plugin file that can be called, without a description or grants.
pub struct LoadedFile {
    /// Calls it.
    pub carrier: Box<dyn Carrier>,
    /// How it runs.
    pub kind: PluginKind,
    /// SHA-256 of the file, in hex.
    pub digest: String,
    /// What its package says of it.
    pub package: Option<PackageStamp>,
    /// The limits that it was loaded with.
    pub limits: Limits,
}

impl LoadedFile {
    /// Calls it within its limits; `op` is the ABI's number.
    pub async fn call(&self, op: u32, input: &[u8]) -> CallOutcome {
        self.carrier.call(op, input, &self.limits).await
    }
}

/// What carriers share.
pub struct Runtime {
    engine: WasmEngine,
    cache: Option<CodeCache>,
    spawner: Spawner,
    program: WorkerProgram,
}

impl Runtime {
    /// A runtime that keeps no compiled code.
    pub fn start(program: WorkerProgram) -> Result<Self, LoadError> {
        Ok(Self {
            engine: WasmEngine::start()?,
            cache: None,
            spawner: Spawner::start()?,
            program,
        })
    }

    /// Keeps compiled code in a directory, under a key that lies elsewhere.
    #[must_use]
    pub fn with_cache(mut self, dir: PathBuf, key: CacheKey) -> Self {
        self.cache = Some(CodeCache::new(dir, key));
        self
    }

    /// Keeps compiled code where a server of this data directory looks for it.
    #[must_use]
    pub fn in_data_dir(self, data_dir: &Path, key: CacheKey) -> Self {
        self.with_cache(data_dir.join(crate::registry::CACHE), key)
    }

    /// How the instances of modules get their memory.
    pub fn pool_mode(&self) -> PoolMode {
        self.engine.mode
    }

    /// Loads one plugin file of a kind told by its content, with these limits
    /// or the defaults of its kind. Whoever calls it bounds the calls at once.
    pub async fn open_file(
        &self,
        path: &Path,
        limits: Option<Limits>,
    ) -> Result<LoadedFile, LoadError> {
        self.load(Artefact::read(path)?, limits).await
    }

    /// Loads the bundled plugin of this name, else the file at this path.
    pub async fn open_named(&self, name: &Path) -> Result<LoadedFile, LoadError> {
        let bundled = bundled::all().find(|plugin| Path::new(plugin.name) == name);
        let artefact = match bundled {
            Some(plugin) => Artefact::wasm(plugin.module),
            None if name.exists() => Artefact::read(name)?,
            None => return Err(neither(name)),
        };
        self.load(artefact, None).await
    }

    async fn load(
        &self,
        artefact: Artefact,
        limits: Option<Limits>,
    ) -> Result<LoadedFile, LoadError> {
        let limits = limits.unwrap_or_else(|| artefact.kind().limits());
        Ok(LoadedFile {
            carrier: self.open(&artefact, &limits).await?,
            kind: artefact.kind(),
            digest: artefact.digest,
            package: artefact.package,
            limits,
        })
    }

    /// Loads a plugin and checks that it speaks a known version.
    pub(crate) async fn open(
        &self,
        artefact: &Artefact,
        limits: &Limits,
    ) -> Result<Box<dyn Carrier>, LoadError> {
        let carrier = self.carrier(artefact, limits).await?;
        Ok(match &artefact.unpacked {
            Some(folder) => Box::new(Unpacked {
                carrier,
                _folder: folder.clone(),
            }),
            None => carrier,
        })
    }

    async fn carrier(
        &self,
        artefact: &Artefact,
        limits: &Limits,
    ) -> Result<Box<dyn Carrier>, LoadError> {
        match &artefact.content {
            Content::Wasm(bytes) | Content::Component(bytes) => self.open_wasm(bytes, limits).await,
            Content::Native(path) => {
                walls::tell();
                let (spawner, program) = (self.spawner.clone(), self.program.clone());
                let pool = Pool::new(Library::new(spawner, program, path.clone()));
                crate::abi::check(pool.abi(limits).await?)?;
                Ok(Box::new(Repeated(pool)))
            }
            Content::Process(program) => {
                walls::tell();
                let (spawner, worker) = (self.spawner.clone(), self.program.clone());
                let starter = Starter::new(spawner, worker, program.clone());
                Ok(match program.mode {
                    Mode::Lines => Box::new(Repeated(Pool::new(Lines(starter)))),
                    Mode::OneShot => Box::new(Repeated(OneShot(starter))),
                })
            }
        }
    }

    async fn open_wasm(&self, wasm: &[u8], limits: &Limits) -> Result<Box<dyn Carrier>, LoadError> {
        let cache = self.cache.as_ref();
        match obtain(&self.engine, cache, &self.program, wasm).await? {
            Code::Module(module) => {
                let plugin = WasmPlugin::new(&module, limits)?;
                crate::abi::check(plugin.abi(limits).await?)?;
                Ok(Box::new(plugin))
            }
            Code::Component(component) => {
                let plugin = ComponentPlugin::new(&component, limits)?;
                crate::abi::check(plugin.abi(limits).await?)?;
                Ok(Box::new(plugin))
            }
        }
    }
}

/// A plugin of an archive: the folder that it was unpacked to goes with it.
struct Unpacked {
    carrier: Box<dyn Carrier>,
    _folder: Arc<TempDir>,
}

#[async_trait]
impl Carrier for Unpacked {
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome {
        self.carrier.call(op, input, limits).await
    }
}

fn neither(name: &Path) -> LoadError {
    let bundled: Vec<_> = bundled::all().map(|plugin| plugin.name).collect();
    LoadError::new(format!(
        "{} is no file and no bundled plugin; bundled are {}",
        name.display(),
        bundled.join(", ")
    ))
}
