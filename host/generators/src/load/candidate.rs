//! What there is to load: the bundled plugins, those that the operator names,
//! and modules that lie in the plugin folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::artefact::Artefact;
use crate::bundled::{BUNDLED, Bundled, EXAMPLES};
use crate::config::PluginConfig;
use crate::error::LoadError;

/// A plugin that may be loaded.
pub(crate) struct Candidate {
    /// The name that products use, if it does not come from DESCRIBE.
    pub(crate) name: Option<String>,
    /// What to call it as long as it has no name.
    pub(crate) label: String,
    /// Where it came from.
    pub(crate) origin: Origin,
    source: Source,
}

/// Where a plugin came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// With the server.
    Bundled,
    /// With the server, to be looked at; another plugin may have its name.
    Example,
    /// From the operator.
    Installed,
    /// A service that the operator names.
    Remote,
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
    let is_free = |plugin: &&Bundled| {
        let section = config.get(plugin.name);
        section.is_none_or(|section| section.package.is_none())
    };
    let within = |list: &'static [Bundled], origin| {
        let free = list.iter().filter(is_free);
        free.map(move |plugin| in_binary(plugin, origin))
    };
    let mut found: Vec<_> = within(BUNDLED, Origin::Bundled).collect();
    for (name, plugin) in config {
        if let Some(package) = &plugin.package {
            found.push(Candidate {
                name: Some(name.clone()),
                label: name.clone(),
                origin: Origin::Installed,
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
    found.extend(within(EXAMPLES, Origin::Example));
    found
}

fn in_binary(plugin: &'static Bundled, origin: Origin) -> Candidate {
    Candidate {
        name: Some(plugin.name.into()),
        label: plugin.name.into(),
        origin,
        source: Source::Memory(plugin.module),
    }
}

fn bare_module(path: PathBuf) -> Candidate {
    Candidate {
        name: None,
        label: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        origin: Origin::Installed,
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
