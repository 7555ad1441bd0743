//! A native library, as the pool of its processes needs it.

use std::io;
use std::path::PathBuf;

use crate::apart::{Kind, Pool, Spawner};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::process::WorkerProgram;

use super::worker::NativeWorker;

/// A library that is loaded by each of its processes.
pub(crate) struct Library {
    spawner: Spawner,
    program: WorkerProgram,
    path: PathBuf,
    label: String,
}

impl Library {
    /// The library at this path.
    pub(crate) fn new(spawner: Spawner, program: WorkerProgram, path: PathBuf) -> Self {
        Self {
            spawner,
            program,
            label: path.display().to_string(),
            path,
        }
    }
}

impl Kind for Library {
    type Worker = NativeWorker;

    async fn start(&self, limits: &Limits) -> io::Result<NativeWorker> {
        NativeWorker::start(&self.spawner, &self.program, &self.path, limits).await
    }

    fn label(&self) -> &str {
        &self.label
    }
}

impl Pool<Library> {
    /// What `lds_abi` answers in a process.
    pub(crate) async fn abi(&self, limits: &Limits) -> Result<u32, LoadError> {
        let worker = self
            .take(limits)
            .await
            .map_err(|error| LoadError::new(format!("the library cannot be loaded: {error}")))?;
        let abi = worker.abi;
        self.give_back(worker);
        Ok(abi)
    }
}
