//! `lds config show`.

use anyhow::Result;
use clap::Subcommand;

use crate::config::{Loaded, show::show};

/// The configuration
#[derive(Subcommand)]
pub(super) enum Config {
    /// Print every value and where it came from, secrets hidden
    Show,
}

impl Config {
    pub(super) fn run(self, loaded: &Loaded) -> Result<()> {
        match self {
            Self::Show => print!("{}", show(loaded)?),
        }
        Ok(())
    }
}
