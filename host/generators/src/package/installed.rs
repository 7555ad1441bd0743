//! How packages lie in the plugin folder: a folder for each id, in it one for each version, and a
//! file that names the version that serves and the one before it. That file is replaced in one
//! step, so that there is always exactly one version that serves.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempDir};

use crate::error::LoadError;

use super::contents::Package;
use super::manifest::is_id;

/// The file that names versions.
const INSTALLED: &str = "installed.toml";
/// Digits of the digest in a folder's name: they tell apart what has one version.
const DIGITS: usize = 12;

/// What the file holds: names of folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versions {
    current: String,
    previous: Option<String>,
}

/// The packages that were installed into a plugin folder.
#[derive(Debug, Clone)]
pub struct InstalledPackages {
    folder: PathBuf,
}

/// A package after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where its files lie now.
    pub folder: PathBuf,
    /// The folder of the version that served before.
    pub previous: Option<String>,
}

/// A package that lies aside, to be tried before it serves.
#[derive(Debug)]
pub(crate) struct Staged(TempDir);

impl Staged {
    /// Where its files lie.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl InstalledPackages {
    /// Those of a data directory.
    pub fn of(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join(crate::registry::FOLDER),
        }
    }

    /// Lays a package aside. What is not made to serve goes away by itself.
    pub(crate) fn stage(&self, package: &Package) -> Result<Staged, LoadError> {
        let failed = |error: io::Error| cannot("lay the package aside", &error);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let staged = tempfile::Builder::new()
            .prefix(".staged-")
            .tempdir_in(&self.folder)
            .map_err(failed)?;
        package.files.write_to(staged.path()).map_err(failed)?;
        Ok(Staged(staged))
    }

    /// Makes it serve; the version before it stays, older ones go.
    pub(crate) fn put(&self, staged: Staged, package: &Package) -> Result<Installed, LoadError> {
        let plugin = &package.manifest.plugin;
        let home = self.home(&plugin.id)?;
        let failed = |error: io::Error| cannot("install the package", &error);
        fs::create_dir_all(&home).map_err(failed)?;
        let name = format!("{}-{}", plugin.version, &package.digest[..DIGITS]);
        let before = versions(&home)?;
        let place = home.join(&name);
        if is_damaged(&place, package) {
            let broken = tempfile::Builder::new()
                .prefix(".broken-")
                .tempdir_in(&home)
                .map_err(failed)?;
            fs::rename(&place, broken.path()).map_err(failed)?;
        }
        if !place.exists() {
            set_readable(staged.path()).map_err(failed)?;
            fs::rename(staged.0.keep(), &place).map_err(failed)?;
        }
        let previous = before.and_then(|before| {
            if before.current == name {
                before.previous
            } else {
                Some(before.current)
            }
        });
        let after = Versions {
            current: name,
            previous,
        };
        write(&home, &after).map_err(failed)?;
        sweep(&home, &after);
        Ok(Installed {
            folder: place,
            previous: after.previous,
        })
    }

    /// Makes the version before serve again; a second time takes it back.
    pub fn rollback(&self, id: &str) -> Result<Installed, LoadError> {
        let (home, now) = self.existing(id)?;
        let Some(previous) = now.previous else {
            return Err(LoadError::new(format!(
                "{id} has no version before {}: install the one that you want",
                now.current
            )));
        };
        let folder = home.join(&previous);
        Package::read(&folder)?;
        let after = Versions {
            current: previous,
            previous: Some(now.current),
        };
        write(&home, &after).map_err(|error| cannot("roll the package back", &error))?;
        Ok(Installed {
            folder,
            previous: after.previous,
        })
    }

    /// Takes a package away with all its versions.
    pub fn remove(&self, id: &str) -> Result<(), LoadError> {
        let (home, _) = self.existing(id)?;
        let failed = |error: io::Error| cannot("remove the package", &error);
        // In one step for whoever looks, then file by file.
        let aside = tempfile::Builder::new()
            .prefix(".removed-")
            .tempdir_in(&self.folder)
            .map_err(failed)?;
        fs::rename(&home, aside.path()).map_err(failed)?;
        sync(&self.folder).map_err(failed)?;
        aside.close().map_err(failed)
    }

    fn existing(&self, id: &str) -> Result<(PathBuf, Versions), LoadError> {
        let home = self.home(id)?;
        match versions(&home)? {
            Some(versions) => Ok((home, versions)),
            None => Err(LoadError::new(format!(
                "no package {id} is installed: lds plugin list shows those that are"
            ))),
        }
    }

    fn home(&self, id: &str) -> Result<PathBuf, LoadError> {
        if is_id(id) {
            return Ok(self.folder.join(id));
        }
        Err(LoadError::new(format!(
            "{id} is no id of a package, as in com.example.keyfile"
        )))
    }
}

/// The folder of the version that serves, where a folder is that of an installed package.
pub(crate) fn current(home: &Path) -> Result<Option<PathBuf>, LoadError> {
    Ok(versions(home)?.map(|versions| home.join(versions.current)))
}

fn versions(home: &Path) -> Result<Option<Versions>, LoadError> {
    let path = home.join(INSTALLED);
    let text = match fs::read_to_string(&path) {
        Err(error) if is_absence(error.kind()) => return Ok(None),
        text => text.map_err(|error| cannot(&format!("read {}", path.display()), &error))?,
    };
    let versions: Versions = toml::from_str(&text).map_err(|error| {
        LoadError::new(format!(
            "{} is damaged, install the package again: {}",
            path.display(),
            error.message()
        ))
    })?;
    let is_name = |name: &String| !name.is_empty() && !name.contains('/') && !name.starts_with('.');
    if is_name(&versions.current) && versions.previous.as_ref().is_none_or(is_name) {
        return Ok(Some(versions));
    }
    Err(LoadError::new(format!(
        "{} names no folders of versions: install the package again",
        path.display()
    )))
}

fn write(home: &Path, versions: &Versions) -> io::Result<()> {
    let text = toml::to_string(versions).map_err(io::Error::other)?;
    let mut file = NamedTempFile::new_in(home)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(home.join(INSTALLED))?;
    sync(home)
}

/// What lies there under the package's name, and is not it.
fn is_damaged(place: &Path, package: &Package) -> bool {
    place.exists() && Package::read(place).map(|there| there.files) != Ok(package.files.clone())
}

/// Folders for scratch files are private; a version can be read like the files in it.
fn set_readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

/// Takes away versions that nothing names. What can't be taken away does no harm.
fn sweep(home: &Path, versions: &Versions) {
    let keeps = |name: &str| {
        name == versions.current || versions.previous.as_deref() == Some(name) || name == INSTALLED
    };
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !keeps(&name.to_string_lossy())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            let path = entry.path();
            tracing::warn!(path = %path.display(), %error, "an old version stays");
        }
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn cannot(what: &str, error: &io::Error) -> LoadError {
    LoadError::new(format!("cannot {what}: {error}"))
}

/// No such file, or a file where its folder would be.
fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
