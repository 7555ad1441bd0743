//! A package as it lies there: its manifest, and whether the files are those that it lists.

use std::path::{Path, PathBuf};

use crate::error::LoadError;
use crate::hex;
use crate::wasm::sha256;

use super::files::Files;
use super::manifest::{MANIFEST, Manifest, SIGNATURE};

/// How digests begin in a manifest.
const SHA256: &str = "sha256:";

/// A package that was read.
#[derive(Debug)]
pub struct Package {
    /// What it says of itself.
    pub manifest: Manifest,
    /// SHA-256 of the manifest, in which the digests of all other files are, in hex.
    pub digest: String,
    /// The folder in which the files lie; absent where it is an archive.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) files: Files,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Its path in the package.
    pub name: &'a str,
    /// Its length in bytes.
    pub size: usize,
}

impl Package {
    /// Reads a folder or an archive as somebody gave it: each file has to be
    /// the one that the manifest lists.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let is_folder = path.is_dir();
        let files = if is_folder {
            check_manifest_is_there(path)?;
            Files::of_folder(path)?
        } else {
            Files::of_archive(path)?
        };
        let package = Self::of(files, is_folder.then(|| path.to_owned()))?;
        check_files(&package.manifest, &package.files)?;
        Ok(package)
    }

    /// Reads the folder in which an author works: other files lie there too,
    /// and digests are brought up to date later.
    pub fn of_author(folder: &Path) -> Result<Self, LoadError> {
        check_manifest_is_there(folder)?;
        let mut files = Files::default();
        files.add_from(folder, MANIFEST)?;
        if folder.join(SIGNATURE).exists() {
            files.add_from(folder, SIGNATURE)?;
        }
        let manifest = Manifest::read(files.bytes(MANIFEST)?)?;
        let vectors = manifest.tests.iter().map(|tests| &tests.vectors);
        for file in manifest.artefacts.keys().chain(vectors) {
            let name = file.to_string_lossy();
            files.add_from(folder, &name).map_err(|error| {
                LoadError::new(format!(
                    "{MANIFEST} names {name}: {error}; build it or take it out of {MANIFEST}"
                ))
            })?;
        }
        Self::of(files, Some(folder.to_owned()))
    }

    fn of(files: Files, folder: Option<PathBuf>) -> Result<Self, LoadError> {
        let text = files.bytes(MANIFEST)?;
        let package = Self {
            manifest: Manifest::read(text)?,
            digest: hex::encode(&sha256(text)),
            folder,
            files,
        };
        package.check_vectors()?;
        Ok(package)
    }

    /// The files, by name.
    pub fn files(&self) -> impl Iterator<Item = Listed<'_>> {
        self.files.0.iter().map(|(name, file)| Listed {
            name,
            size: file.bytes.len(),
        })
    }

    /// `NAME-VERSION`, by which the archive is named.
    pub fn archive_name(&self) -> String {
        let plugin = &self.manifest.plugin;
        let name = plugin.id.rsplit('.').next().unwrap_or(&plugin.id);
        format!("{name}-{}.tar", plugin.version)
    }

    /// The bytes of an archive of it, always the same for the same files.
    pub fn archive(&self) -> Result<Vec<u8>, LoadError> {
        self.files
            .archive()
            .map_err(|error| LoadError::new(format!("the archive cannot be written: {error}")))
    }

    /// The author's tests: name and bytes.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let folder = self.manifest.tests.as_ref().map(|tests| &tests.vectors);
        let files = self.files.0.iter();
        let within = files.filter(move |(name, _)| {
            let path = Path::new(name);
            folder.is_some_and(|folder| path.starts_with(folder))
                && path.extension().is_some_and(|suffix| suffix == "json")
        });
        within.map(|(name, file)| (name.as_str(), file.bytes.as_slice()))
    }

    fn check_vectors(&self) -> Result<(), LoadError> {
        match &self.manifest.tests {
            Some(tests) if self.vectors().next().is_none() => Err(LoadError::new(format!(
                "{MANIFEST}: tests.vectors names {}, which is no folder of the package with files \
                 NAME.json",
                tests.vectors.display()
            ))),
            _ => Ok(()),
        }
    }
}

impl Files {
    /// What a file holds that has to be there.
    pub(crate) fn bytes(&self, name: &str) -> Result<&[u8], LoadError> {
        match self.0.get(name) {
            Some(file) => Ok(&file.bytes),
            None => Err(LoadError::new(format!(
                "{name} is missing in the package: pack it anew"
            ))),
        }
    }
}

fn check_manifest_is_there(folder: &Path) -> Result<(), LoadError> {
    if folder.join(MANIFEST).exists() {
        return Ok(());
    }
    Err(LoadError::new(format!(
        "{} is a folder without {MANIFEST}, so it is no package: put one there or take the folder \
         away",
        folder.display()
    )))
}

/// Every listed file is there as listed, and no other.
fn check_files(manifest: &Manifest, files: &Files) -> Result<(), LoadError> {
    for (file, expected) in &manifest.artefacts {
        let name = file.to_string_lossy();
        let found = digest(files.bytes(&name)?);
        if *expected != found {
            return Err(LoadError::new(format!(
                "{name} has the digest {found}, but {MANIFEST} says {}: it was changed after the \
                 package was made; get the package anew, or as its author run lds plugin pack",
                if expected.is_empty() {
                    "none"
                } else {
                    expected
                }
            )));
        }
    }
    let unlisted = files.0.keys().find(|name| {
        !manifest.artefacts.contains_key(Path::new(name)) && !manifest.is_exempt(name)
    });
    match unlisted {
        Some(name) => Err(LoadError::new(format!(
            "{name} lies in the package, but [artefacts] of {MANIFEST} does not list it: take it \
             away, or as the author list it and run lds plugin pack"
        ))),
        None => Ok(()),
    }
}

/// As a manifest writes it.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("{SHA256}{}", hex::encode(&sha256(bytes)))
}
