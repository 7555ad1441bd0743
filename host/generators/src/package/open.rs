//! A plugin of a folder.

use std::path::{Path, PathBuf};

use crate::artefact::{Artefact, Content, PluginKind, kind_of, read_file};
use crate::error::LoadError;
use crate::hex;
use crate::limits::MAX_ARTEFACT;
use crate::stdio::Program;
use crate::wasm::sha256;

use super::manifest::{Manifest, ManifestKind};

/// What makes a folder a package.
const MANIFEST: &str = "plugin.toml";
/// The largest manifest, in bytes.
const MAX_MANIFEST: u64 = 64 << 10;

/// Reads the manifest and checks the files against it. The digest is that of
/// the manifest, in which those of the other files are.
pub(crate) fn open(folder: &Path) -> Result<Artefact, LoadError> {
    let text = read_file(&folder.join(MANIFEST), MAX_MANIFEST)?;
    let digest = hex::encode(&sha256(&text));
    let text =
        String::from_utf8(text).map_err(|_| LoadError::new(format!("{MANIFEST} is not UTF-8")))?;
    let manifest =
        Manifest::parse(&text).map_err(|error| LoadError::new(format!("{MANIFEST}: {error}")))?;
    crate::abi::check(manifest.abi().unwrap_or_default())?;
    check_files(folder, &manifest)?;
    let content = match (manifest.plugin.kind, &manifest.process) {
        (ManifestKind::Process, Some(process)) => {
            Content::Process(Program::new(folder, &process.command, process.mode)?)
        }
        (ManifestKind::Component, _) => component(folder, &manifest)?,
        _ => {
            return Err(LoadError::new(
                "only programs and components are taken from folders: name the module or library \
                 itself as package",
            ));
        }
    };
    Ok(Artefact {
        content,
        digest,
        version: Some(manifest.plugin.version),
    })
}

/// The only artefact that ends in `.wasm`.
fn component(folder: &Path, manifest: &Manifest) -> Result<Content, LoadError> {
    let is_wasm = |file: &&PathBuf| file.extension().is_some_and(|suffix| suffix == "wasm");
    let mut files = manifest.artefacts.keys().filter(is_wasm);
    let (Some(file), None) = (files.next(), files.next()) else {
        return Err(LoadError::new(
            "a package of the kind component has one artefact that ends in .wasm, no less and no \
             more",
        ));
    };
    let bytes = read_file(&folder.join(file), MAX_ARTEFACT)?;
    match kind_of(&bytes)? {
        PluginKind::Component => Ok(Content::Component(bytes)),
        other => Err(LoadError::new(format!(
            "{MANIFEST} says component, but {} is of the kind {}",
            file.display(),
            other.name().to_lowercase()
        ))),
    }
}

fn check_files(folder: &Path, manifest: &Manifest) -> Result<(), LoadError> {
    for (file, expected) in &manifest.artefacts {
        let found = hex::encode(&sha256(&read_file(&folder.join(file), MAX_ARTEFACT)?));
        if expected.strip_prefix("sha256:") != Some(&found) {
            return Err(LoadError::new(format!(
                "{} has the digest sha256:{found}, but {MANIFEST} says {expected}: it was changed \
                 after the package was made",
                file.display()
            )));
        }
    }
    match &manifest.tests {
        Some(tests) if !folder.join(&tests.vectors).is_dir() => Err(LoadError::new(format!(
            "{MANIFEST}: tests.vectors names {}, which is no folder of the package",
            tests.vectors.display()
        ))),
        _ => Ok(()),
    }
}
