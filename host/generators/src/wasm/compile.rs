//! Compiles modules in a process of their own, where a hostile module can only
//! waste its own time.

use std::io::{Read, Write};
use std::process::Stdio;

use aws_lc_rs::digest;
use tokio::io::AsyncWriteExt;
use wasmtime::Module;

use crate::error::LoadError;
use crate::limits::COMPILE_TIME;
use crate::process::WorkerProgram;

use super::cache::{CodeCache, deserialize};
use super::engine::{PoolMode, WasmEngine};

/// The code of a module, from the cache or compiled now.
pub(crate) async fn obtain(
    engine: &WasmEngine,
    cache: Option<&CodeCache>,
    program: &WorkerProgram,
    wasm: &[u8],
) -> Result<Module, LoadError> {
    let artefact = sha256(wasm);
    if let Some(module) = cache.and_then(|cache| cache.load(&engine.engine, &artefact)) {
        return Ok(module);
    }
    let code = compile_apart(program, engine.mode, wasm).await?;
    let module = deserialize(&engine.engine, &code)?;
    if let Some(cache) = cache {
        cache.store(&engine.engine, &artefact, &code);
    }
    Ok(module)
}

async fn compile_apart(
    program: &WorkerProgram,
    mode: PoolMode,
    wasm: &[u8],
) -> Result<Vec<u8>, LoadError> {
    let mut command = tokio::process::Command::from(program.command());
    command
        .args(["compile", &mode.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .map_err(|error| LoadError::new(format!("the compiler cannot be started: {error}")))?;
    let stdin = child.stdin.take();
    let work = async {
        if let Some(mut stdin) = stdin {
            // A compiler that stops reading says why on its own.
            let _ = stdin.write_all(wasm).await;
        }
        child.wait_with_output().await
    };
    let output = tokio::time::timeout(COMPILE_TIME, work)
        .await
        .map_err(|_| LoadError::new("the module takes longer than a minute to compile"))?
        .map_err(|error| LoadError::new(format!("the compiler's answer is lost: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let reason = String::from_utf8_lossy(&output.stderr);
    Err(LoadError::new(format!(
        "the module cannot be compiled: {}",
        if reason.is_empty() {
            output.status.to_string()
        } else {
            reason.trim().to_owned()
        }
    )))
}

/// The worker's side: a module on standard input, its code on standard output.
pub(crate) fn compile_here(mode: &str) -> Result<(), LoadError> {
    let engine = WasmEngine::for_compiling(mode.parse()?)?;
    let mut wasm = Vec::new();
    std::io::stdin()
        .read_to_end(&mut wasm)
        .map_err(|error| LoadError::new(error.to_string()))?;
    let code = engine
        .engine
        .precompile_module(&wasm)
        .map_err(|error| LoadError::new(format!("{error:#}")))?;
    std::io::stdout()
        .write_all(&code)
        .map_err(|error| LoadError::new(error.to_string()))
}

/// The digest by which an artefact is known.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}
