//! The C header compiles as C and as C++, natively and for WebAssembly, without a warning, and its
//! numbers are those of the Rust types.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use lds_plugin_api::{ABI, Level, Op, Status};

/// Uses all that the header offers.
const GENERATOR: &str = r#"
#include "lds_generator.h"
static int32_t run(uint32_t op, uint32_t input_len) {
  static uint8_t in[16];
  if (op != LDS_OP_GENERATE) return LDS_UNSUPPORTED;
  lds_log(LDS_LOG_INFO, in, lds_input_read(0, in, input_len < 16 ? input_len : 16));
  return lds_output_write(in, 0) ? LDS_INTERNAL : LDS_OK;
}
LDS_GENERATOR(run)
"#;

const WARNINGS: &str = "-Wall -Wextra -Wpedantic -Werror -O1 -ffreestanding -S -o /dev/null";

/// Compiles from standard input; tells what the compiler says.
fn compile(compiler: &str, flags: &str, source: &str) -> Result<(), String> {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let mut child = Command::new(compiler)
        .args(WARNINGS.split(' ').chain(flags.split(' ')))
        .arg("-I")
        .arg(include)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{compiler} is missing ({error}): run scripts/setup"))?;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(source.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{compiler} {flags}: {said}"))
}

fn compiles(compiler: &str, flags: &str) {
    compile(compiler, flags, GENERATOR).unwrap();
}

#[test]
fn compiles_as_c() {
    compiles("cc", "-x c -std=c99");
    compiles("cc", "-x c -std=c17");
}

#[test]
fn compiles_as_cpp() {
    compiles("c++", "-x c++ -std=c++11");
    compiles("c++", "-x c++ -std=c++17");
}

/// The newest clang, with or without a version in its name.
fn clang() -> String {
    let directories = std::env::var_os("PATH").unwrap_or_default();
    let names = std::env::split_paths(&directories)
        .filter_map(|directory| std::fs::read_dir(directory).ok())
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let versions = names.filter_map(|name| name.strip_prefix("clang-")?.parse::<u32>().ok());
    let newest = versions.max();
    newest.map_or_else(|| "clang".to_owned(), |version| format!("clang-{version}"))
}

#[test]
fn compiles_for_webassembly() {
    let clang = clang();
    compiles(&clang, "--target=wasm32-unknown-unknown -x c -std=c11");
    compiles(&clang, "--target=wasm32-unknown-unknown -x c++ -std=c++17");
}

#[test]
fn a_warning_is_an_error() {
    let unused = format!("static int unused;\n{GENERATOR}");
    assert!(compile("cc", "-x c -std=c17", &unused).is_err());
}

/// A constant of the header is this number.
fn claim(name: &str, number: i64) -> String {
    format!("_Static_assert({name} == {number}, \"{name}\");\n")
}

#[test]
fn numbers_are_those_of_the_rust_types() {
    let mut claims = claim("LDS_ABI", ABI.into());
    for op in Op::ALL {
        claims += &claim(&format!("LDS_OP_{}", op.name()), op.number().into());
    }
    for status in Status::ALL {
        claims += &claim(&format!("LDS_{}", status.name()), status.number().into());
    }
    for level in Level::ALL {
        claims += &claim(&format!("LDS_LOG_{}", level.name()), level.number().into());
    }
    let wrong = claim("LDS_OK", 1);
    compile("cc", "-x c -std=c17", &format!("{GENERATOR}{claims}")).unwrap();
    assert!(compile("cc", "-x c -std=c17", &format!("{GENERATOR}{wrong}")).is_err());
}
