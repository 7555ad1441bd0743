//! `lds plugin bench`: how fast a plugin writes the sample.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use lds_generators::inspect;
use lds_plugin_api::Op;

use super::runtime;
use crate::command::read_file;

/// Measures GENERATE, one call after the other.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// A bundled plugin, a file or a package
    #[arg(value_name = "NAME|FILE")]
    plugin: PathBuf,
    /// A file with the request document [default: a sample]
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
}

impl Bench {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let plugin = runtime()?.open_named(&self.plugin).await?;
        let request = match &self.request {
            Some(path) => inspect::compact(&read_file(path)?),
            None => inspect::sample(&plugin.describe().await?, Op::Generate)
                .map_err(Error::msg)?
                .context("there is no sample: name a request by --request")?,
        };
        let time = Duration::from_secs(self.seconds);
        let bench = inspect::bench(&plugin, Op::Generate.number(), &request, time).await;
        let bench = bench.map_err(Error::msg)?;
        println!("calls       {:>10}", bench.calls);
        println!("a second    {:>10}", bench.per_second);
        println!("median      {:>10} µs", bench.median);
        println!("99 of 100   {:>10} µs", bench.p99);
        if bench.memory > 0 {
            println!("memory      {:>10} KiB", bench.memory / 1024);
        }
        Ok(ExitCode::SUCCESS)
    }
}
