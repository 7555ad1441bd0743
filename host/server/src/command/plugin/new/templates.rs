//! The projects that `lds plugin new` begins. In each, `hello` stands for the plugin's name.

/// A file: where it goes in the project, and its text.
pub(super) type File = (&'static str, &'static str);

macro_rules! files {
    ($root:literal: $($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../../../", $root, "/", $path)))),+]
    };
}

pub(super) const README: File = (
    "README.md",
    include_str!("../../../../../../plugin-api/templates/README.md"),
);

pub(super) const VECTORS: &[File] = files!("plugin-api/templates":
    "vectors/control-character.json", "vectors/floating.json", "vectors/preview.json");

pub(super) const HEADER: &[File] = files!("plugin-api/include": "lds_generator.h");

pub(super) const WIT: &[File] = files!("plugin-api/templates": "wit/generator.wit");

pub(super) const RUST: &[File] = files!("plugin-api/templates/rust":
    "Cargo.toml", "build.sh", "src/lib.rs",
    "lds-plugin-api/Cargo.toml", "lds-plugin-api/macros/Cargo.toml");
/// Below `lds-plugin-api/src`.
pub(super) const SDK: &[File] = files!("plugin-api/src":
    "abi.rs", "allocator.rs", "call.rs", "document.rs", "document/describe.rs",
    "document/generate.rs", "document/small.rs", "generator.rs", "hosts.rs", "lib.rs",
    "strict.rs", "strict/reader.rs", "strict/scan.rs", "strict/seen.rs", "strict/tests.rs");
/// Below `lds-plugin-api/macros/src`.
pub(super) const SDK_MACROS: &[File] = files!("plugin-api/macros/src": "lib.rs");

pub(super) const C: &[File] = files!("plugin-api/templates/c": "build.sh");
pub(super) const HELLO_C: &[File] = files!("plugins/hello": "hello.c");
pub(super) const CPP: &[File] = files!("plugin-api/templates/cpp":
    "build.sh", "hello.cpp", "json.hpp");
pub(super) const ZIG: &[File] = files!("plugin-api/templates/zig": "build.sh", "hello.zig");
pub(super) const GO: &[File] = files!("plugin-api/templates/go":
    "build.sh", "go.mod", "hello.go", "lds.go");
pub(super) const ASSEMBLYSCRIPT: &[File] = files!("plugin-api/templates/assemblyscript":
    "build.sh", "hello.ts", "json.ts", "package.json");
pub(super) const JS: &[File] = files!("plugin-api/templates/js":
    "build.mjs", "build.sh", "hello.js", "package.json");
pub(super) const PYTHON: &[File] = files!("plugin-api/templates/python": "app.py", "build.sh");
/// What a component and a process in Python have in common.
pub(super) const GENERATOR_PY: &[File] = files!("plugin-api/templates/python": "generator.py");
pub(super) const PROCESS: &[File] = files!("plugin-api/templates/process": "build.sh", "main.py");
