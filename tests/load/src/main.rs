//! Measures the server against floors, in one run on one machine, and prints ratios.
//!
//! `load bench PROGRAMS PLUGINS ECHO`: the folder with `lds`, the folder with the built plugins,
//! the gSOAP program. `load reply FILE` is one of the floors: a fixed axum reply. Floors and
//! server are processes of their own, so that all are measured alike.

mod bare;
mod calls;
mod child;
mod drive;
mod http;
mod reply;
mod report;
mod server;
mod soap;
mod wire;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lds_generators::WorkerProgram;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(first) if first == WorkerProgram::ARGUMENT => lds_generators::worker::main(args),
        Some(first) => finish(run(&first, args.collect())),
        None => finish(Err(usage())),
    }
}

fn finish(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &OsString, args: Vec<OsString>) -> Result<()> {
    let paths: Vec<PathBuf> = args.into_iter().map(PathBuf::from).collect();
    match (command.to_str(), paths.as_slice()) {
        (Some("reply"), [file]) => reply::serve(file),
        (Some("bench"), [programs, plugins, echo]) => bench(&Places {
            lds: programs.join("lds"),
            plugins: plugins.clone(),
            native: programs.join("liblds_plugin_token.so"),
            echo: echo.clone(),
        }),
        _ => Err(usage()),
    }
}

fn usage() -> anyhow::Error {
    anyhow::anyhow!("usage: load bench PROGRAMS PLUGINS ECHO | load reply FILE")
}

/// What is measured.
struct Places {
    lds: PathBuf,
    plugins: PathBuf,
    native: PathBuf,
    echo: PathBuf,
}

fn bench(places: &Places) -> Result<()> {
    for path in [&places.lds, &places.native, &places.echo] {
        if !path.exists() {
            bail!("{} is not built", path.display());
        }
    }
    let mut report = report::Report::default();
    calls::measure(
        &places.plugins.join("token.wasm"),
        &places.native,
        &mut report,
    )
    .context("the generator calls")?;
    wire::measure(&places.lds, &places.echo, &mut report).context("the server")?;
    print!("{report}");
    Ok(())
}
