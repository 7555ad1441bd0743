//! The files of a package, from a folder or a tar archive, within limits: plain files only, each
//! inside of the package and there once. What is in them is none of this.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};

use tar::{Archive, Entry, EntryType};

use crate::error::LoadError;
use crate::limits::{MAX_ARTEFACT, MAX_PACKAGE, MAX_PACKAGE_FILES};

/// The rights by which a file can be started.
const EXECUTABLE: u32 = 0o111;

/// Files by their path in the package, with `/` between its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files(pub(super) BTreeMap<String, PackedFile>);

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackedFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) executable: bool,
}

impl Files {
    /// All files of a folder.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, LoadError> {
        let mut files = Self::default();
        files.add_folder(folder, "")?;
        Ok(files)
    }

    /// All files of an archive.
    pub(crate) fn of_archive(path: &Path) -> Result<Self, LoadError> {
        let failed = |error| damaged(&error);
        let file = File::open(path).map_err(failed)?;
        // Names and padding take room besides the files.
        let size = file.metadata().map_err(failed)?.len();
        check_size("the archive", size, MAX_PACKAGE + (MAX_PACKAGE >> 2))?;
        let mut files = Self::default();
        for (place, entry) in Archive::new(file).entries().map_err(failed)?.enumerate() {
            if place > 4 * MAX_PACKAGE_FILES {
                return Err(too_many());
            }
            files.add_entry(entry.map_err(failed)?)?;
        }
        Ok(files)
    }

    /// Adds the file of this name in a folder, or all in the folder of this name.
    pub(super) fn add_from(&mut self, folder: &Path, name: &str) -> Result<(), LoadError> {
        let path = folder.join(name);
        let failed = |error| unreadable(name, &error);
        let metadata = fs::symlink_metadata(&path).map_err(failed)?;
        if metadata.is_dir() {
            return self.add_folder(folder, name);
        }
        if !metadata.is_file() {
            return Err(no_file(name, kind_of(&metadata)));
        }
        check_size(name, metadata.len(), MAX_ARTEFACT)?;
        let bytes = fs::read(&path).map_err(failed)?;
        let executable = metadata.permissions().mode() & EXECUTABLE != 0;
        self.add(name, PackedFile { bytes, executable })
    }

    fn add_folder(&mut self, root: &Path, name: &str) -> Result<(), LoadError> {
        let failed = |error| unreadable(if name.is_empty() { "the folder" } else { name }, &error);
        for entry in fs::read_dir(root.join(name)).map_err(failed)? {
            let found = entry.map_err(failed)?.file_name();
            let found = found.to_str().ok_or_else(|| bad_name(&found))?;
            let inner = match name {
                "" => found.to_owned(),
                name => format!("{name}/{found}"),
            };
            self.add_from(root, &inner)?;
        }
        Ok(())
    }

    fn add_entry(&mut self, mut entry: Entry<'_, File>) -> Result<(), LoadError> {
        let path = entry.path_bytes().into_owned();
        let path = std::str::from_utf8(&path)
            .map_err(|_| bad_name(&String::from_utf8_lossy(&path)))?
            .to_owned();
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Directory | EntryType::XGlobalHeader => return Ok(()),
            other => return Err(no_file(&path, kind_of_entry(other))),
        }
        let name = inner_path(&path)?;
        check_size(&name, entry.size(), MAX_ARTEFACT)?;
        let mut bytes = Vec::new();
        let failed = |error: io::Error| damaged(&error);
        entry.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 != entry.size() {
            return Err(failed(io::ErrorKind::UnexpectedEof.into()));
        }
        let executable = entry.header().mode().map_err(failed)? & EXECUTABLE != 0;
        self.add(&name, PackedFile { bytes, executable })
    }

    fn add(&mut self, name: &str, file: PackedFile) -> Result<(), LoadError> {
        let whole: usize = self.0.values().map(|file| file.bytes.len()).sum();
        check_size(
            "the package",
            (whole + file.bytes.len()) as u64,
            MAX_PACKAGE,
        )?;
        if self.0.len() >= MAX_PACKAGE_FILES {
            return Err(too_many());
        }
        match self.0.insert(name.to_owned(), file) {
            Some(_) => Err(LoadError::new(format!(
                "the package has two files of the name {name}, expected one: pack it anew"
            ))),
            None => Ok(()),
        }
    }

    /// Writes all into a folder.
    pub(crate) fn write_to(&self, folder: &Path) -> io::Result<()> {
        for (name, file) in &self.0 {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, &file.bytes)?;
            let mode = if file.executable { 0o755 } else { 0o644 };
            fs::set_permissions(&path, Permissions::from_mode(mode))?;
            File::open(&path)?.sync_all()?;
        }
        Ok(())
    }

    /// An archive of all, always the same for the same files.
    pub(crate) fn archive(&self) -> io::Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, file) in &self.0 {
            let mut header = tar::Header::new_gnu();
            header.set_size(file.bytes.len() as u64);
            header.set_mode(if file.executable { 0o755 } else { 0o644 });
            header.set_mtime(0);
            header.set_uid(0);
            header.set_gid(0);
            archive.append_data(&mut header, name, file.bytes.as_slice())?;
        }
        archive.into_inner()
    }
}

/// A path of an archive as a name in the package.
fn inner_path(path: &str) -> Result<String, LoadError> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir => {}
            _ => {
                return Err(LoadError::new(format!(
                    "the path {path} leads out of the package: pack it anew with paths inside of it"
                )));
            }
        }
    }
    if parts.is_empty() {
        return Err(bad_name(&path));
    }
    Ok(parts.join("/"))
}

fn check_size(what: &str, size: u64, most: u64) -> Result<(), LoadError> {
    if size > most {
        return Err(LoadError::new(format!(
            "{what} has {size} bytes, the limit is {most}: leave out what the plugin does not need"
        )));
    }
    Ok(())
}

fn too_many() -> LoadError {
    LoadError::new(format!(
        "the package has more than {MAX_PACKAGE_FILES} files: leave out what the plugin does not \
         need"
    ))
}

fn no_file(name: &str, kind: &str) -> LoadError {
    LoadError::new(format!(
        "{name} is {kind}, but a package holds plain files only: put the file itself in its place"
    ))
}

fn kind_of(metadata: &fs::Metadata) -> &'static str {
    if metadata.is_symlink() {
        "a symbolic link"
    } else {
        "a device, pipe or socket"
    }
}

fn kind_of_entry(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Char | EntryType::Block | EntryType::Fifo => "a device, pipe or socket",
        EntryType::GNUSparse => "a sparse file",
        _ => "of an unknown kind",
    }
}

fn bad_name(name: &impl std::fmt::Debug) -> LoadError {
    LoadError::new(format!(
        "{name:?} is no name of a file in a package: give it one in UTF-8"
    ))
}

fn unreadable(what: &str, error: &io::Error) -> LoadError {
    LoadError::new(format!("{what} cannot be read: {error}"))
}

fn damaged(error: &io::Error) -> LoadError {
    LoadError::new(format!(
        "the archive cannot be read, expected a .tar of a package: {error}"
    ))
}
