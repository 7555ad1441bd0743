//! `lds plugin list`, `check` and `run`.

mod check;
mod list;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use lds_generators::{Runtime, WorkerProgram};

use crate::config::Config;

/// License generators
#[derive(Subcommand)]
pub(super) enum Plugin {
    /// List all plugins with their state
    List,
    /// Examine a plugin
    Check {
        /// A bundled plugin, a file (WebAssembly module or component, native library, script), or a
        /// folder with plugin.toml
        #[arg(value_name = "NAME|FILE")]
        plugin: PathBuf,
    },
    /// Make one call of a plugin and print its result
    Run(run::Run),
}

impl Plugin {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode> {
        match self {
            Self::List => list::run(config).await,
            Self::Check { plugin } => check::run(&plugin).await,
            Self::Run(command) => command.run().await,
        }
    }
}

/// A runtime for a single file: without a data directory, so nothing is kept.
fn runtime() -> Result<Runtime> {
    Runtime::start(WorkerProgram::this_binary()).context("cannot start the plugin runtime")
}
