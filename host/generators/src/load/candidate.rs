//! What there is to load: the bundled plugins, those that the operator names,
//! and modules and packages that lie in the plugin folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::artefact::Artefact;
use crate::bundled::{BUNDLED, Bundled, EXAMPLES};
use crate::config::{GeneratorsConfig, PluginConfig};
use crate::error::LoadError;

use super::shelf::{Thing, resolve, things};

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
    Wrong(LoadError),
}

impl Candidate {
    /// Reads the artefact.
    pub(crate) fn read(&self, config: &GeneratorsConfig) -> Result<Artefact, LoadError> {
        match &self.source {
            Source::Memory(bytes) => Ok(Artefact::wasm(bytes)),
            Source::File(path) => Artefact::read_to_serve(path, config),
            Source::Wrong(error) => Err(error.clone()),
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
    let things = things(folder);
    let mut found: Vec<_> = within(BUNDLED, Origin::Bundled).collect();
    let mut named = BTreeSet::new();
    for (name, plugin) in config {
        if let Some(package) = &plugin.package {
            let path = resolve(package, folder, &things);
            named.insert(path.clone());
            found.push(Candidate {
                name: Some(name.clone()),
                label: name.clone(),
                origin: Origin::Installed,
                source: Source::File(path),
            });
        }
    }
    let others = things.into_iter();
    let others = others.filter(|thing| !named.contains(&thing.path));
    found.extend(others.map(unnamed));
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

/// Known by the name that it gives itself.
fn unnamed(thing: Thing) -> Candidate {
    Candidate {
        name: None,
        label: thing
            .id
            .filter(|_| thing.wrong.is_none())
            .unwrap_or(thing.label),
        origin: Origin::Installed,
        source: match thing.wrong {
            Some(error) => Source::Wrong(error),
            None => Source::File(thing.path),
        },
    }
}
