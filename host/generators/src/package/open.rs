//! A plugin of a package.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::artefact::{Artefact, Content, PluginKind, kind_of};
use crate::config::GeneratorsConfig;
use crate::error::LoadError;
use crate::stdio::Program;

use super::contents::Package;
use super::manifest::ManifestKind;
use super::trust::Signer;

/// What a package has told of its plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageStamp {
    /// Its id, a reverse domain.
    pub id: String,
    /// The version that DESCRIBE has to tell too.
    pub version: String,
    /// Who signed it; absent where nobody asked.
    pub signer: Option<Signer>,
}

/// Whether a file or folder is to be read as a package.
pub(crate) fn is_package(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|suffix| suffix == "tar")
}

/// A package for its author or for whoever looks at one: not asked who signed it.
pub(crate) fn open(path: &Path) -> Result<Artefact, LoadError> {
    let package = if path.is_dir() {
        Package::of_author(path)?
    } else {
        Package::read(path)?
    };
    artefact(&package, None)
}

/// A package that is to serve.
pub(crate) fn open_to_serve(path: &Path, config: &GeneratorsConfig) -> Result<Artefact, LoadError> {
    let package = Package::read(path)?;
    let signer = package.admit(config)?;
    artefact(&package, Some(signer))
}

fn artefact(package: &Package, signer: Option<Signer>) -> Result<Artefact, LoadError> {
    let plugin = &package.manifest.plugin;
    crate::abi::check(package.manifest.abi().unwrap_or_default())?;
    let mut artefact = Artefact {
        content: Content::Wasm(Vec::new()),
        digest: package.digest.clone(),
        package: Some(PackageStamp {
            id: plugin.id.clone(),
            version: plugin.version.clone(),
            signer,
        }),
        unpacked: None,
    };
    artefact.content = match plugin.kind {
        ManifestKind::Wasm | ManifestKind::Component => module(package)?,
        ManifestKind::Native => library(package, &mut artefact)?,
        ManifestKind::Process => program(package, &mut artefact)?,
    };
    Ok(artefact)
}

/// The only artefact that is a module or component.
fn module(package: &Package) -> Result<Content, LoadError> {
    let files = package.manifest.artefacts.keys();
    let mut modules = files.filter(|file| {
        let suffix = file.extension();
        suffix.is_some_and(|suffix| suffix == "wasm" || suffix == "wat")
    });
    let (Some(file), None) = (modules.next(), modules.next()) else {
        let kind = package.manifest.plugin.kind.name();
        return Err(LoadError::new(format!(
            "a package of the kind {kind} has one artefact that ends in .wasm, no less and no more"
        )));
    };
    let bytes = package.files.bytes(&file.to_string_lossy())?;
    match (package.manifest.plugin.kind, kind_of(bytes)?) {
        (ManifestKind::Wasm, PluginKind::Wasm) => Ok(Content::Wasm(bytes.to_vec())),
        (ManifestKind::Component, PluginKind::Component) => Ok(Content::Component(bytes.to_vec())),
        (expected, found) => Err(LoadError::new(format!(
            "plugin.toml says {}, but {} is of the kind {}",
            expected.name(),
            file.display(),
            found.name().to_lowercase()
        ))),
    }
}

/// The library for this machine.
fn library(package: &Package, artefact: &mut Artefact) -> Result<Content, LoadError> {
    let triple = target();
    let native = &package.manifest.native;
    let file = native.get(&triple).ok_or_else(|| {
        let known: Vec<_> = native.keys().map(String::as_str).collect();
        LoadError::new(format!(
            "the package has no library for {triple}, only for {}",
            known.join(", ")
        ))
    })?;
    Ok(Content::Native(in_folder(package, artefact)?.join(file)))
}

fn program(package: &Package, artefact: &mut Artefact) -> Result<Content, LoadError> {
    let Some(process) = &package.manifest.process else {
        return Err(LoadError::new("[process] is missing"));
    };
    let folder = in_folder(package, artefact)?;
    Program::new(&folder, &process.command, process.mode).map(Content::Process)
}

/// The machine that this is.
fn target() -> String {
    let libc = if cfg!(target_env = "musl") {
        "musl"
    } else {
        "gnu"
    };
    format!("{}-unknown-linux-{libc}", std::env::consts::ARCH)
}

/// Where the files lie: those of an archive are unpacked for as long as the
/// plugin is used.
fn in_folder(package: &Package, artefact: &mut Artefact) -> Result<PathBuf, LoadError> {
    let failed =
        |error: std::io::Error| LoadError::new(format!("the package cannot be unpacked: {error}"));
    if let Some(folder) = &package.folder {
        return folder.canonicalize().map_err(failed);
    }
    let folder = tempfile::Builder::new()
        .prefix("lds-package-")
        .tempdir()
        .map_err(failed)?;
    package.files.write_to(folder.path()).map_err(failed)?;
    let path = folder.path().canonicalize().map_err(failed)?;
    artefact.unpacked = Some(Arc::new(folder));
    Ok(path)
}
