//! `lds plugin run`: one call, its document on standard output, all else on standard error.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lds_generators::{CallOutcome, CallStatus, LoadedFile, LogLevel, inspect};
use lds_plugin_api::Op;

use super::runtime;
use crate::command::read_file;

/// One call.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// A bundled plugin, a file (WebAssembly module or component, native library, script), or a
    /// folder with plugin.toml
    #[arg(value_name = "NAME|FILE")]
    plugin: PathBuf,
    /// The operation
    #[arg(long, default_value = "GENERATE", value_parser = op)]
    op: Op,
    /// A file with the request document [default: a sample]
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Print the sample request, to be changed and given to --request, and call nothing
    #[arg(long, conflicts_with = "request")]
    print_request: bool,
}

impl Run {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let runtime = runtime()?;
        let plugin = runtime.open_named(&self.plugin).await?;
        let request = self.request(&plugin).await?;
        if self.print_request {
            print(&readable(&request))?;
            return Ok(ExitCode::SUCCESS);
        }
        let outcome = plugin.call(self.op.number(), &request).await;
        report(&outcome);
        print(&outcome.output)?;
        Ok(if outcome.status == CallStatus::Ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn request(&self, plugin: &LoadedFile) -> Result<Vec<u8>> {
        if let Some(path) = &self.request {
            return read_file(path).map(|bytes| inspect::compact(&bytes));
        }
        let described = plugin.describe().await?;
        let sample = inspect::sample(&described, self.op).map_err(anyhow::Error::msg)?;
        let name = self.op.name();
        sample.with_context(|| format!("{name} needs a request: name its file by --request"))
    }
}

/// A document for people; other bytes as they are.
fn readable(document: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<serde_json::Value>(document)
        .and_then(|value| serde_json::to_vec_pretty(&value))
        .unwrap_or_else(|_| document.to_vec())
}

/// In whole lines, as a terminal wants them.
fn print(document: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(document)?;
    if !document.is_empty() && !document.ends_with(b"\n") {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// What came of the call besides its document.
fn report(outcome: &CallOutcome) {
    for line in &outcome.logs {
        let level = match line.level {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
        };
        eprintln!("{level}: {}", line.text);
    }
    if let Some(note) = &outcome.note {
        eprintln!("note: {note}");
    }
    let (status, micros, kib) = (outcome.status, outcome.micros, outcome.memory / 1024);
    eprintln!("{status} in {micros} µs, {kib} KiB of memory");
}

fn op(name: &str) -> Result<Op, String> {
    Op::from_name(&name.to_uppercase()).ok_or_else(|| {
        let names: Vec<_> = Op::ALL.iter().map(|op| op.name()).collect();
        format!("expected one of {}", names.join(", "))
    })
}
