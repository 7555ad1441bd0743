//! Measures the server against floors, in one run on one machine, and prints ratios.
//!
//! `load bench PROGRAMS PLUGINS ECHO [SCENE]...`: the folder with `lds`, the folder with the built
//! plugins, the gSOAP program, and what is measured; all, if nothing is named. `load reply FILE` is one of the floors: a fixed axum reply. Floors and
//! server are processes of their own, so that all are measured alike.

mod alarm;
mod bare;
mod calls;
mod child;
mod drive;
mod endurance;
mod http;
mod records;
mod reply;
mod report;
mod rows;
mod server;
mod soap;
mod wire;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lds_generators::WorkerProgram;

use report::Report;

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
        (Some("bench"), [programs, plugins, echo, scenes @ ..]) => {
            let places = Places {
                lds: programs.join("lds"),
                wasm: plugins.join("token.wasm"),
                native: programs.join("liblds_plugin_token.so"),
                echo: echo.clone(),
            };
            bench(&places, scenes)
        }
        _ => Err(usage()),
    }
}

fn usage() -> anyhow::Error {
    anyhow::anyhow!("usage: load bench PROGRAMS PLUGINS ECHO [SCENE]... | load reply FILE")
}

/// What is measured.
struct Places {
    lds: PathBuf,
    wasm: PathBuf,
    native: PathBuf,
    echo: PathBuf,
}

type Scene = fn(&Places, &mut Report) -> Result<()>;

/// In the order of running.
const SCENES: [(&str, Scene); 5] = [
    ("calls", |at, report| {
        calls::measure(&at.wasm, &at.native, report)
    }),
    ("wire", |at, report| {
        wire::measure(&at.lds, &at.echo, report)
    }),
    ("postgres", |at, report| {
        wire::measure_postgres(&at.lds, report)
    }),
    ("endurance", |at, report| {
        endurance::measure(&at.lds, report)
    }),
    ("records", |at, report| records::measure(&at.lds, report)),
];

/// Runs the scenes that are named, without names all.
fn bench(places: &Places, names: &[PathBuf]) -> Result<()> {
    for path in [&places.lds, &places.wasm, &places.native, &places.echo] {
        if !path.exists() {
            bail!("{} is not built", path.display());
        }
    }
    let known = |name: &PathBuf| SCENES.iter().any(|(scene, _)| name.as_os_str() == *scene);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        bail!("there is no scene {}", unknown.display());
    }
    let mut report = Report::default();
    for (name, scene) in SCENES {
        if names.is_empty() || names.iter().any(|wanted| wanted.as_os_str() == name) {
            scene(places, &mut report).context(name)?;
        }
    }
    print!("{report}");
    Ok(())
}
