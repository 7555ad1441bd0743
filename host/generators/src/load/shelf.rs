//! What lies in the plugin folder: modules, packages, and what is neither, each with a sentence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::LoadError;
use crate::package::{self, Package};

/// One thing in the folder.
pub(super) struct Thing {
    /// What to load.
    pub(super) path: PathBuf,
    /// What to call it as long as it has no name.
    pub(super) label: String,
    /// The id of a package.
    pub(super) id: Option<String>,
    /// Why it can't be loaded, if that can be told by looking at it.
    pub(super) wrong: Option<LoadError>,
}

/// Everything in the folder: installed packages first, then by file name. A folder that is not
/// there has nothing.
pub(super) fn things(folder: &Path) -> Vec<Thing> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| !name_of(path).starts_with('.'))
        .collect();
    paths.sort();
    let (installed, others): (Vec<_>, Vec<_>) = paths
        .into_iter()
        .partition(|path| !matches!(package::current(path), Ok(None)));
    let mut things: Vec<_> = installed.into_iter().chain(others).map(look).collect();
    refuse_doubled(&mut things);
    things
}

/// What a `package` of the operator's file means: a file or folder, else the id of a package.
pub(super) fn resolve(package: &Path, folder: &Path, things: &[Thing]) -> PathBuf {
    let path = folder.join(package);
    if let Ok(Some(current)) = package::current(&path) {
        return current;
    }
    let named = |thing: &&Thing| thing.id.is_some() && thing.id.as_deref() == package.to_str();
    match things.iter().find(named) {
        Some(thing) if !path.exists() => thing.path.clone(),
        _ => path,
    }
}

fn look(path: PathBuf) -> Thing {
    let name = name_of(&path);
    let mut thing = Thing {
        // A name of a plugin has no dot and no stroke.
        label: if name.contains('.') {
            name
        } else {
            format!("./{name}")
        },
        path,
        id: None,
        wrong: None,
    };
    if let Err(error) = thing.examine() {
        thing.wrong = Some(error);
    }
    thing
}

impl Thing {
    fn examine(&mut self) -> Result<(), LoadError> {
        if let Some(current) = package::current(&self.path)? {
            self.path = current;
        }
        if package::is_package(&self.path) {
            let package = Package::read(&self.path)?;
            self.id = Some(package.manifest.plugin.id);
            return Ok(());
        }
        if self.path.extension().is_some_and(|suffix| suffix == "wasm") {
            return Ok(());
        }
        Err(LoadError::new(
            "only modules that end in .wasm and packages come into service by lying in the plugin \
             folder: name a library or program as package in a section [plugins.NAME], and take \
             away what is no plugin",
        ))
    }
}

/// Of packages with one id the first counts.
fn refuse_doubled(things: &mut [Thing]) {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    for thing in things {
        let Some(id) = &thing.id else {
            continue;
        };
        if let Some(label) = first.get(id) {
            thing.wrong = Some(LoadError::new(format!(
                "{label} has the id {id} too: an id stands for one package, take one of the two \
                 away"
            )));
        } else {
            first.insert(id.clone(), thing.label.clone());
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
