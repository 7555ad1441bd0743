//! Calls of one generator, `token`, carried three ways: in this process, as a WebAssembly module
//! with a fresh instance a call, and as a native library in a worker process.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use lds_generators::{CallStatus, LoadedFile, Runtime, WorkerProgram};
use lds_plugin_api::{Op, Status};
use lds_plugin_token::Token;

use crate::report::{Goal, Report};

const ROUND: Duration = Duration::from_secs(1);
/// Rounds take turns, so that what else the machine does meets all alike; the best one counts.
const ROUNDS: usize = 3;

/// A license like many: five features, one host.
const REQUEST: &str = r#"{"schema":1,"kind":"ACTIVATION","dryRun":false,"now":"2026-11-24T23:31:13Z","today":"2026-11-25","seed":"9f2c51d07be84a6693c1f00d5a7e42b8116d3e0c94fa2785de60b1c3a4978f25","licenseId":"lic_0190a1b2c3d47e5f8899aabbccddeeff","customer":{"name":"Miller & Sons","attributes":{}},"licensee":"Miller & Sons","product":{"code":"cad","name":"CAD Professional","version":"2026.1","attributes":{}},"licenseType":"NODE_LOCKED","quantity":1,"features":[{"name":"draw","version":"2026.1","count":0,"expiresOn":"2027-11-24","parameters":{},"attributes":{}},{"name":"render","version":"2026.1","count":5,"expiresOn":"2027-11-24","parameters":{},"attributes":{}},{"name":"mesh","version":"2026.1","count":1,"expiresOn":"2027-11-24","parameters":{},"attributes":{}},{"name":"plot","version":"2026.1","count":1,"expiresOn":"2027-11-24","parameters":{},"attributes":{}},{"name":"export","version":"2026.1","count":1,"expiresOn":"2027-11-24","parameters":{},"attributes":{}}],"hosts":[{"type":"ETHERNET","value":"001122aabbcc"}],"expiresOn":"2027-11-24","settings":{},"parameters":{},"grants":[{"name":"sign:default","algorithm":"EdDSA","fingerprint":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]}"#;

/// Measures the three and reports the ratios.
pub(crate) fn measure(module: &Path, library: &Path, report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let carriers = Runtime::start(WorkerProgram::this_binary())?;
        let fresh = carriers.open_file(module, None).await?;
        let worker = carriers.open_file(library, None).await?;
        let mut best = [f64::INFINITY; 3];
        for _ in 0..ROUNDS {
            best[0] = best[0].min(in_process()?);
            best[1] = best[1].min(carried(&fresh).await?);
            best[2] = best[2].min(carried(&worker).await?);
        }
        let [native, fresh, worker] = best;
        println!(
            "GENERATE of token: in process {native:.1} µs, wasm {fresh:.1}, worker {worker:.1}"
        );
        report.ratio(
            "call: fresh wasm by native",
            fresh / native,
            Goal::AtMost(3.5),
        );
        report.ratio("call: worker by native", worker / native, Goal::AtMost(2.5));
        Ok(())
    })
}

/// Microseconds a call in this process.
fn in_process() -> Result<f64> {
    let (start, mut calls) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        let (status, output) =
            lds_plugin_api::call::<Token>(Op::Generate.number(), REQUEST.as_bytes());
        if status != Status::Ok {
            bail!("{status:?}: {}", String::from_utf8_lossy(&output));
        }
        std::hint::black_box(output);
        calls += 1;
    }
    Ok(micros(start, calls))
}

/// Microseconds a call by a carrier.
async fn carried(plugin: &LoadedFile) -> Result<f64> {
    let (start, mut calls) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        let outcome = plugin.call(Op::Generate.number(), REQUEST.as_bytes()).await;
        if outcome.status != CallStatus::Ok {
            bail!("{}: {:?}", outcome.status, outcome.note);
        }
        calls += 1;
    }
    Ok(micros(start, calls))
}

fn micros(start: Instant, calls: u32) -> f64 {
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
}
