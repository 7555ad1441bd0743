//! What there is to load: the bundled plugins, those that the operator names,
//! and modules that lie in the plugin folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::artefact::Artefact;
use crate::bundled::BUNDLED;
use crate::config::PluginConfig;
use crate::error::LoadError;

/// A plugin that may be loaded.
pub(crate) struct Candidate {
    /// The name that products use, if it does not come from DESCRIBE.
    pub(crate) name: Option<String>,
    /// What to call it as long as it has no name.
    pub(crate) label: String,
    /// Whether it came with the server.
    pub(crate) bundled: bool,
    source: Source,
}

enum Source {
    Memory(&'static [u8]),
    File(PathBuf),
}

impl Candidate {
    /// Reads the artefact.
    pub(crate) fn read(&self) -> Result<Artefact, LoadError> {
        match &self.source {
            Source::Memory(bytes) => Ok(Artefact::wasm(bytes)),
            Source::File(path) => Artefact::read(path),
        }
    }
}

/// All candidates, in the order in which they are admitted.
pub(crate) fn candidates(config: &BTreeMap<String, PluginConfig>, folder: &Path) -> Vec<Candidate> {
    let mut found: Vec<_> = BUNDLED
        .iter()
        .filter(|(name, _)| {
            config
                .get(*name)
                .is_none_or(|plugin| plugin.package.is_none())
        })
        .map(|(name, bytes)| Candidate {
            name: Some((*name).into()),
            label: (*name).into(),
            bundled: true,
            source: Source::Memory(bytes),
        })
        .collect();
    for (name, plugin) in config {
        if let Some(package) = &plugin.package {
            found.push(Candidate {
                name: Some(name.clone()),
                label: name.clone(),
                bundled: false,
                source: Source::File(folder.join(package)),
            });
        }
    }
    let bare = bare_modules(folder);
    found.extend(
        bare.into_iter()
            .filter(|path| !is_named(path, config, folder))
            .map(bare_module),
    );
    found
}

fn bare_module(path: PathBuf) -> Candidate {
    Candidate {
        name: None,
        label: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        bundled: false,
        source: Source::File(path),
    }
}

fn is_named(path: &Path, config: &BTreeMap<String, PluginConfig>, folder: &Path) -> bool {
    let mut packages = config.values().filter_map(|plugin| plugin.package.as_ref());
    packages.any(|package| folder.join(package) == path)
}

/// The modules in the folder, by file name; a folder that is not there has none.
fn bare_modules(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    paths.sort();
    paths
}
