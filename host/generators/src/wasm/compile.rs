//! Compiles modules and components in a process of their own, where a hostile module can only
//! waste its own time.

use std::io::{Read, Write};
use std::process::Stdio;

use aws_lc_rs::digest;
use tokio::io::AsyncWriteExt;

use crate::error::LoadError;
use crate::limits::COMPILE_TIME;
use crate::process::WorkerProgram;

use super::cache::{Code, CodeCache, deserialize};
use super::engine::{PoolMode, WasmEngine};

/// What the header of a component has where that of a module has zeros.
const COMPONENT_LAYER: [u8; 2] = [1, 0];

/// The code of a module or component, from the cache or compiled now.
pub(crate) async fn obtain(
    engine: &WasmEngine,
    cache: Option<&CodeCache>,
    program: &WorkerProgram,
    wasm: &[u8],
) -> Result<Code, LoadError> {
    let artefact = sha256(wasm);
    if let Some(code) = cache.and_then(|cache| cache.load(&engine.engine, &artefact)) {
        return Ok(code);
    }
    let compiled = compile_apart(program, engine.mode, wasm).await?;
    let code = deserialize(&engine.engine, &compiled)?;
    if let Some(cache) = cache {
        cache.store(&engine.engine, &artefact, &compiled);
    }
    Ok(code)
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

/// Whether it is a component, as binary or as text; anything else may be a module.
pub(crate) fn is_component(wasm: &[u8]) -> bool {
    match wasm.strip_prefix(b"\0asm") {
        Some(rest) => rest.get(2..4) == Some(&COMPONENT_LAYER),
        None => starts_as_text(wasm, "(component"),
    }
}

/// Whether it starts so in the text format, after blanks and line comments.
pub(crate) fn starts_as_text(wasm: &[u8], start: &str) -> bool {
    let Ok(text) = std::str::from_utf8(wasm) else {
        return false;
    };
    text.lines()
        .map(str::trim_start)
        .find(|line| !line.is_empty() && !line.starts_with(";;"))
        .is_some_and(|line| line.starts_with(start))
}

/// The worker's side: a module on standard input, its code on standard output.
pub(crate) fn compile_here(mode: &str) -> Result<(), LoadError> {
    let engine = WasmEngine::for_compiling(mode.parse()?)?;
    let mut wasm = Vec::new();
    std::io::stdin()
        .read_to_end(&mut wasm)
        .map_err(|error| LoadError::new(error.to_string()))?;
    let compiled = if is_component(&wasm) {
        engine.engine.precompile_component(&wasm)
    } else {
        engine.engine.precompile_module(&wasm)
    };
    let code = compiled.map_err(|error| LoadError::new(format!("{error:#}")))?;
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
