//! What the tests share: a runtime, plugins from WAT and from C, a directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use lds_generators::{CallOutcome, LoadError, LoadedFile, Runtime, WorkerProgram};
use tempfile::TempDir;

/// The operation that hostile plugins misbehave at.
pub(crate) const GENERATE: u32 = 2;

pub(crate) fn worker() -> WorkerProgram {
    WorkerProgram::new(env!("CARGO_BIN_EXE_lds-generator-worker"), [])
}

pub(crate) fn runtime() -> Runtime {
    Runtime::start(worker()).unwrap()
}

/// A plugin file in a directory of its own.
pub(crate) struct PluginFile {
    _dir: TempDir,
    pub(crate) path: PathBuf,
}

/// A module in the text format: `lds_abi`, memory and the imports come by
/// themselves, `body` is the rest.
pub(crate) fn wat(body: &str) -> PluginFile {
    raw_wat(&format!(
        r#"(module
  (import "lds_v1" "input_read" (func $read (param i32 i32 i32) (result i32)))
  (import "lds_v1" "output_write" (func $write (param i32 i32) (result i32)))
  (import "lds_v1" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "lds_abi") (result i32) (i32.const 0x10000))
  {body})"#
    ))
}

/// A module that is nothing but this text.
pub(crate) fn raw_wat(text: &str) -> PluginFile {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plugin.wat");
    std::fs::write(&path, text).unwrap();
    PluginFile { _dir: dir, path }
}

/// A native library built from C by the system's compiler.
pub(crate) fn c(source: &str) -> PluginFile {
    let dir = tempfile::tempdir().unwrap();
    let code = dir.path().join("plugin.c");
    std::fs::write(&code, format!("{HEADER}\n{source}")).unwrap();
    let path = dir.path().join("plugin.so");
    compile_c(&code, &path, &[]);
    PluginFile { _dir: dir, path }
}

pub(crate) fn compile_c(source: &Path, library: &Path, more: &[&str]) {
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([library, source])
        .args(more)
        .output()
        .expect("the C compiler cc is missing: install gcc");
    assert!(
        output.status.success(),
        "cc failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The ABI as a hostile author would write it down.
pub(crate) const HEADER: &str = r"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
struct lds_host { uint32_t size, abi; void *ctx;
  uint32_t (*input_read)(void *, uint32_t, uint8_t *, uint32_t);
  int32_t (*output_write)(void *, const uint8_t *, uint32_t);
  void (*log)(void *, uint32_t, const uint8_t *, uint32_t); };
uint32_t lds_abi(void) { return 0x10000; }
";

/// Loads a file with the default limits of its kind.
pub(crate) async fn open(file: &PluginFile) -> Result<LoadedFile, LoadError> {
    runtime().open_file(&file.path, None).await
}

/// Loads a file and calls it once.
pub(crate) async fn call(file: &PluginFile, input: &[u8]) -> CallOutcome {
    let plugin = open(file).await.unwrap();
    plugin.call(GENERATE, input).await
}

/// The sentence with which a file is refused.
pub(crate) async fn refusal(file: &PluginFile) -> String {
    match open(file).await {
        Ok(_) => panic!("the plugin was loaded"),
        Err(error) => error.to_string(),
    }
}
