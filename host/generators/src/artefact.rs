//! A plugin's file or folder: what kind it is, told by its content, and its digest.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::config::GeneratorsConfig;
use crate::error::LoadError;
use crate::hex;
use crate::limits::{Limits, MAX_ARTEFACT};
use crate::package::{self, PackageStamp};
use crate::stdio::{Mode, Program};
use crate::wasm::{is_component, sha256, starts_as_text};

/// How a plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginKind {
    /// A core WebAssembly module.
    Wasm,
    /// A WebAssembly component.
    Component,
    /// A native library in worker processes.
    Native,
    /// A program.
    Process,
}

impl PluginKind {
    /// The name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wasm => "WASM",
            Self::Component => "COMPONENT",
            Self::Native => "NATIVE",
            Self::Process => "PROCESS",
        }
    }

    /// The default limits of the kind.
    pub fn limits(self) -> Limits {
        match self {
            Self::Wasm => Limits::wasm(),
            Self::Component => Limits::component(),
            Self::Native => Limits::native(),
            Self::Process => Limits::process(),
        }
    }
}

/// A plugin before it is loaded.
#[derive(Debug, Clone)]
pub(crate) struct Artefact {
    pub(crate) content: Content,
    /// SHA-256 of the file, in hex.
    pub(crate) digest: String,
    /// What the package says in which it came.
    pub(crate) package: Option<PackageStamp>,
    /// Where an archive was unpacked to, as long as the plugin is used.
    pub(crate) unpacked: Option<Arc<TempDir>>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A module, as binary or as text.
    Wasm(Vec<u8>),
    /// A component, as binary or as text.
    Component(Vec<u8>),
    /// A library, which only a worker opens.
    Native(PathBuf),
    /// A program, which only a worker starts.
    Process(Program),
}

impl Artefact {
    /// Reads a file of any kind, or a package, for whoever looks at it.
    pub(crate) fn read(path: &Path) -> Result<Self, LoadError> {
        if package::is_package(path) {
            return package::open(path);
        }
        Self::read_file(path)
    }

    /// Reads one that is to serve.
    pub(crate) fn read_to_serve(path: &Path, config: &GeneratorsConfig) -> Result<Self, LoadError> {
        if package::is_package(path) {
            return package::open_to_serve(path, config);
        }
        Self::read_file(path)
    }

    fn read_file(path: &Path) -> Result<Self, LoadError> {
        let bytes = read_file(path, MAX_ARTEFACT)?;
        let digest = hex::encode(&sha256(&bytes));
        let content = match kind_of(&bytes)? {
            PluginKind::Wasm => Content::Wasm(bytes),
            PluginKind::Component => Content::Component(bytes),
            // The loader would look for a bare name in system folders.
            PluginKind::Native => Content::Native(whole(path)?),
            PluginKind::Process => Content::Process(script(&whole(path)?)?),
        };
        Ok(Self {
            content,
            digest,
            package: None,
            unpacked: None,
        })
    }

    /// A module in memory.
    pub(crate) fn wasm(bytes: &[u8]) -> Self {
        Self {
            digest: hex::encode(&sha256(bytes)),
            content: Content::Wasm(bytes.to_vec()),
            package: None,
            unpacked: None,
        }
    }

    pub(crate) fn kind(&self) -> PluginKind {
        match self.content {
            Content::Wasm(_) => PluginKind::Wasm,
            Content::Component(_) => PluginKind::Component,
            Content::Native(_) => PluginKind::Native,
            Content::Process(_) => PluginKind::Process,
        }
    }
}

/// The bytes of a file that is not too long.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, LoadError> {
    let failed = |error| unreadable(path, &error);
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > most {
        return Err(LoadError::new(format!(
            "{} has {size} bytes, the limit is {most}",
            path.display()
        )));
    }
    std::fs::read(path).map_err(failed)
}

fn whole(path: &Path) -> Result<PathBuf, LoadError> {
    path.canonicalize()
        .map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> LoadError {
    LoadError::new(format!("{} cannot be read: {error}", path.display()))
}

/// A script names what reads it in its first line.
fn script(path: &Path) -> Result<Program, LoadError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    Program::new(folder, &[path.display().to_string()], Mode::Lines)
}

/// What a file is by its first bytes.
pub(crate) fn kind_of(bytes: &[u8]) -> Result<PluginKind, LoadError> {
    if is_component(bytes) {
        return Ok(PluginKind::Component);
    }
    if bytes.starts_with(b"\0asm") || starts_as_text(bytes, "(module") {
        return Ok(PluginKind::Wasm);
    }
    if bytes.starts_with(b"\x7fELF") {
        return Ok(PluginKind::Native);
    }
    if bytes.starts_with(b"#!") {
        return Ok(PluginKind::Process);
    }
    Err(LoadError::new(
        "the file is neither a WebAssembly module or component nor a native library nor a script",
    ))
}

#[cfg(test)]
mod tests {
    use super::{PluginKind, kind_of};

    #[test]
    fn tells_kinds_by_content() {
        assert_eq!(kind_of(b"\0asm\x01\0\0\0..."), Ok(PluginKind::Wasm));
        assert_eq!(kind_of(b";; text\n  (module)"), Ok(PluginKind::Wasm));
        assert_eq!(kind_of(b"\x7fELF..."), Ok(PluginKind::Native));
        let component = Ok(PluginKind::Component);
        assert_eq!(kind_of(b"\0asm\x0d\0\x01\0..."), component);
        assert_eq!(kind_of(b"\n(component)"), component);
        assert_eq!(kind_of(b"#!/bin/sh\n"), Ok(PluginKind::Process));
        assert!(kind_of(b"print('hello')").is_err());
    }
}
