//! Loads all candidates side by side.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lds_domain::attribute::Attribute;
use lds_domain::generator::{GeneratorInfo, GeneratorState};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::config::{GeneratorsConfig, PluginConfig, RemoteConfig};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::package::PackageStamp;
use crate::pins::{FoundPin, Pin, Pins};
use crate::remote::Remote;
use crate::runtime::Runtime;

use super::candidate::{Candidate, Origin, candidates};
use super::describe::Described;
use super::probe::{Probed, interrogate, probe};

/// A candidate after loading.
pub(crate) struct Found {
    /// The name that products use, or the label where there is none.
    pub(crate) name: String,
    /// What to call it where the name is taken.
    pub(crate) label: String,
    /// Where it came from.
    pub(crate) origin: Origin,
    /// The operator's section, or the defaults.
    pub(crate) config: PluginConfig,
    /// What it is; nothing where it is switched off.
    pub(crate) probed: Result<Option<Probed>, LoadError>,
    /// How it runs, and its digest.
    artefact: Option<(&'static str, String)>,
    /// What the package says in which it came.
    pub(crate) package: Option<PackageStamp>,
    /// Whether its files are others than those that were confirmed.
    changed: bool,
}

/// All candidates, loaded, in the order in which they are to be admitted.
pub(crate) async fn find_all(
    runtime: Arc<Runtime>,
    config: &GeneratorsConfig,
    pins: &Pins,
    folder: &Path,
) -> Vec<Found> {
    let known = Arc::new((config.clone(), pins.clone()));
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let places = Arc::new(Semaphore::new(2 * at_once));
    let mut tasks = JoinSet::new();
    for (place, candidate) in candidates(&config.plugins, folder).into_iter().enumerate() {
        let (runtime, known, places) = (runtime.clone(), known.clone(), places.clone());
        tasks.spawn(async move {
            let _turn = places.acquire().await;
            (place, find(&runtime, candidate, &known.0, &known.1).await)
        });
    }
    let mut found = tasks.join_all().await;
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, found)| found).collect()
}

async fn find(
    runtime: &Runtime,
    candidate: Candidate,
    config: &GeneratorsConfig,
    pins: &Pins,
) -> Found {
    let sections = &config.plugins;
    let section = |name: Option<&String>| name.and_then(|name| sections.get(name)).cloned();
    let mut found = Found {
        name: candidate
            .name
            .clone()
            .unwrap_or_else(|| candidate.label.clone()),
        config: section(candidate.name.as_ref()).unwrap_or_else(|| PluginConfig {
            enabled: candidate.origin != Origin::Example,
            ..PluginConfig::default()
        }),
        probed: Ok(None),
        artefact: None,
        package: None,
        changed: false,
        origin: candidate.origin,
        label: candidate.label.clone(),
    };
    let artefact = match candidate.read(config) {
        Ok(artefact) => artefact,
        Err(error) => {
            found.probed = Err(error);
            return found;
        }
    };
    found.artefact = Some((artefact.kind().name(), artefact.digest.clone()));
    found.package.clone_from(&artefact.package);
    if found.origin == Origin::Installed {
        found.compare(pins);
    }
    if found.config.enabled && !found.changed {
        let limits = found.config.limits(artefact.kind().limits());
        found.probed = probe(runtime, &artefact, &limits).await.map(Some);
    }
    if candidate.name.is_none() {
        found.take_own_name(sections);
    }
    found
}

impl Found {
    /// A remote service: known by what the operator says of it, it is not called.
    pub(crate) async fn of_remote(name: &str, config: &RemoteConfig, data_dir: &Path) -> Self {
        let mut found = Self {
            name: name.to_owned(),
            label: name.to_owned(),
            origin: Origin::Remote,
            config: config.as_plugin(),
            probed: Ok(None),
            artefact: None,
            package: None,
            changed: false,
        };
        match Remote::new(name, config, data_dir) {
            Ok(remote) => {
                found.artefact = Some(("REMOTE", remote.digest()));
                if config.enabled {
                    found.probed = describe(remote).await.map(Some);
                }
            }
            Err(error) => found.probed = Err(error),
        }
        found
    }

    /// Files that changed don't serve until somebody says that they may.
    fn compare(&mut self, pins: &Pins) {
        let (Some(pin), Some((_, digest))) = (pins.get(&self.label), &self.artefact) else {
            return;
        };
        if pin.digest != *digest {
            self.changed = true;
            self.name.clone_from(&pin.name);
        }
    }

    /// Its files as they are to be remembered; nothing of what is not the operator's.
    pub(crate) fn pin(&self) -> Option<FoundPin> {
        let (_, digest) = self.artefact.as_ref()?;
        (self.origin == Origin::Installed).then(|| FoundPin {
            source: self.label.clone(),
            pin: Pin {
                name: self.name.clone(),
                digest: digest.clone(),
            },
            changed: self.changed,
        })
    }

    /// A bare module is known by the name that it gives itself.
    fn take_own_name(&mut self, config: &BTreeMap<String, PluginConfig>) {
        let Ok(Some(probed)) = &self.probed else {
            return;
        };
        self.name = probed.described.document.name.clone();
        if let Some(section) = config.get(&self.name) {
            self.config = section.clone();
        }
        if !self.config.enabled {
            self.probed = Ok(None);
        }
    }

    /// Settings in the operator's file must be declared, and fit.
    pub(crate) fn check_settings(&self, described: &Described) -> Result<(), LoadError> {
        for (name, value) in &self.config.settings {
            let declared = described.domain.settings.iter();
            let definition = declared.clone().find(|setting| setting.name == *name);
            let Some(definition) = definition else {
                let known: Vec<_> = declared.map(|setting| setting.name.as_str()).collect();
                return Err(LoadError::new(format!(
                    "the plugin has no setting {name}, only: {}",
                    known.join(", ")
                )));
            };
            let texts = value.texts();
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            definition
                .read(&texts)
                .map_err(|reason| LoadError::new(format!("settings: {reason}")))?;
        }
        Ok(())
    }

    /// How it is listed.
    pub(crate) fn info(
        &self,
        name: String,
        verdict: Result<GeneratorState, &LoadError>,
    ) -> GeneratorInfo {
        let described = self.probed.as_ref().ok().and_then(Option::as_ref);
        let (kind, digest) = match &self.artefact {
            Some((kind, digest)) => (*kind, digest.as_str()),
            None => ("", ""),
        };
        GeneratorInfo {
            name,
            kind: kind.into(),
            digest: digest.into(),
            state: *verdict.as_ref().unwrap_or(&GeneratorState::Failed),
            message: match verdict {
                Ok(GeneratorState::Disabled) => Some(self.why_disabled()),
                verdict => verdict.err().map(ToString::to_string),
            },
            description: described.map(|probed| probed.described.domain.clone()),
            operator_settings: self.operator_settings(),
        }
    }

    fn why_disabled(&self) -> String {
        let name = &self.name;
        if self.changed {
            return format!(
                "its files changed since it was taken into service: once you know why, lds plugin \
                 confirm {name} takes it back"
            );
        }
        match self.origin {
            Origin::Example => {
                format!("an example: a section [plugins.{name}] puts it into service")
            }
            Origin::Remote => format!("switched off by enabled = false in [remotes.{name}]"),
            _ => format!("switched off by enabled = false in [plugins.{name}]"),
        }
    }

    fn operator_settings(&self) -> Vec<Attribute> {
        let settings = self.config.settings.iter();
        settings
            .flat_map(|(name, value)| {
                value.texts().into_iter().map(|value| Attribute {
                    name: name.clone(),
                    value,
                })
            })
            .collect()
    }
}

async fn describe(remote: Remote) -> Result<Probed, LoadError> {
    let limits = Limits::remote();
    Ok(Probed {
        described: interrogate(&remote, &limits).await?,
        carrier: Box::new(remote),
        limits,
    })
}
