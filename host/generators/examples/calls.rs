//! How long calls to a plugin file take, one after another and side by side:
//!
//! `cargo run --release --example calls -- FILE [OP [REQUEST]]`
//!
//! FILE is a module or a native library, OP the operation's number (2 is
//! GENERATE), REQUEST a file with the input.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lds_generators::{LoadedFile, Runtime, WorkerProgram};

const ROUND: Duration = Duration::from_secs(2);

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(first) if first == WorkerProgram::ARGUMENT => lds_generators::worker::main(args),
        _ => match run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn run() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let Some(first) = args.next() else {
        return Err("usage: calls FILE [OP [REQUEST]]".into());
    };
    let op = args.next().map_or(Ok(2), |op| op.parse())?;
    let input = args.next().map(std::fs::read).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let carriers = Runtime::start(WorkerProgram::this_binary())?;
        let plugin = carriers.open_file(first.as_ref(), None).await?;
        measure(Arc::new(plugin), op, input.unwrap_or_default()).await
    })
}

async fn measure(plugin: Arc<LoadedFile>, op: u32, input: Vec<u8>) -> Result<(), Failure> {
    let outcome = plugin.call(op, &input).await;
    println!(
        "{} {} bytes, {} bytes of memory",
        outcome.status,
        outcome.output.len(),
        outcome.memory
    );
    for side_by_side in [1, 2, 4] {
        let tasks: Vec<_> = (0..side_by_side)
            .map(|_| tokio::spawn(repeat(plugin.clone(), op, input.clone())))
            .collect();
        let mut calls = 0;
        for task in tasks {
            calls += task.await?;
        }
        let per_call = ROUND.as_secs_f64() * 1e6 / f64::from(calls);
        println!("{side_by_side} side by side: one every {per_call:.2} µs");
    }
    Ok(())
}

async fn repeat(plugin: Arc<LoadedFile>, op: u32, input: Vec<u8>) -> u32 {
    let start = Instant::now();
    let mut calls = 0;
    while start.elapsed() < ROUND {
        plugin.call(op, &input).await;
        calls += 1;
    }
    calls
}
