//! `lds plugin`: what authors do with plugins, and operators.

mod bench;
mod check;
mod inspect;
mod install;
mod list;
mod new;
mod pack;
mod run;
mod test;

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
    /// Begin a plugin of your own
    New(new::New),
    /// Examine a plugin
    Check {
        /// A bundled plugin, a file (WebAssembly module or component, native library, script), or a
        /// package
        #[arg(value_name = "NAME|FILE")]
        plugin: PathBuf,
    },
    /// Make one call of a plugin and print its result
    Run(run::Run),
    /// Run a package's own tests
    Test {
        /// A package, or a file that lies beside a folder `vectors`
        #[arg(value_name = "FILE")]
        plugin: PathBuf,
    },
    /// Measure how fast a plugin is
    Bench(bench::Bench),
    /// Bring the digests in plugin.toml up to date and write the archive
    Pack(pack::Pack),
    /// Sign a package
    Sign(pack::Sign),
    /// Check a package's files and signature
    Verify(pack::Verify),
    /// Print what a package is and what its plugin says of itself
    Inspect {
        /// A package: a folder or an archive
        #[arg(value_name = "PATH")]
        package: PathBuf,
    },
    /// Try a package, and take it into service where it passes
    Install {
        /// A package: a folder or an archive
        #[arg(value_name = "PATH")]
        package: PathBuf,
    },
    /// Take the version before into service again
    Rollback {
        /// Of an installed package
        id: String,
    },
    /// Take an installed package away
    Remove {
        /// Of an installed package
        id: String,
    },
    /// Take a plugin back into service whose files changed
    Confirm {
        /// As products name it
        name: String,
    },
}

impl Plugin {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode> {
        match self {
            Self::List => list::run(config).await,
            Self::New(command) => command.run(),
            Self::Check { plugin } => check::run(&plugin).await,
            Self::Run(command) => command.run().await,
            Self::Test { plugin } => test::run(&plugin).await,
            Self::Bench(command) => command.run().await,
            Self::Pack(command) => command.run(),
            Self::Sign(command) => command.run().await,
            Self::Verify(command) => command.run(config),
            Self::Inspect { package } => inspect::run(config, &package).await,
            Self::Install { package } => install::install(config, &package).await,
            Self::Rollback { id } => install::rollback(config, &id).await,
            Self::Remove { id } => install::remove(config, &id).await,
            Self::Confirm { name } => install::confirm(config, &name).await,
        }
    }
}

/// A runtime for a single file: without a data directory, so nothing is kept.
fn runtime() -> Result<Runtime> {
    Runtime::start(WorkerProgram::this_binary()).context("cannot start the plugin runtime")
}
