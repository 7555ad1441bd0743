//! `lds plugin run`: one call, its document on standard output, all else on standard error.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lds_generators::{CallOutcome, CallStatus, LoadedFile, LogLevel, inspect};
use lds_plugin_api::Op;

use super::runtime;
use crate::command::read_file;

/// One call.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// A WebAssembly module or a native library
    file: PathBuf,
    /// The operation
    #[arg(long, default_value = "GENERATE", value_parser = op)]
    op: Op,
    /// A file with the request document [default for GENERATE: a sample]
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
}

impl Run {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let runtime = runtime()?;
        let plugin = runtime.open_file(&self.file, None).await?;
        let request = self.request(&plugin).await?;
        let outcome = plugin.call(self.op.number(), &request).await;
        report(&outcome);
        std::io::stdout().write_all(&outcome.output)?;
        Ok(if outcome.status == CallStatus::Ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn request(&self, plugin: &LoadedFile) -> Result<Vec<u8>> {
        match (&self.request, self.op) {
            (Some(path), _) => read_file(path).map(|bytes| inspect::compact(&bytes)),
            (None, Op::Generate) => {
                let sample = inspect::sample_request(&plugin.describe().await?);
                serde_json::to_vec(&sample).context("cannot write the sample request")
            }
            (None, Op::Describe | Op::SelfTest) => Ok(Vec::new()),
            (None, op) => bail!("{} needs a request: name its file by --request", op.name()),
        }
    }
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
