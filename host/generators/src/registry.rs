//! All plugins of the server by name, each in service or listed as failed with
//! a sentence.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lds_domain::generator::{GeneratorInfo, GeneratorState};
use lds_domain::host::HostTypeRef;

use crate::config::{GeneratorsConfig, PluginConfig};
use crate::error::LoadError;
use crate::grants::Grants;
use crate::load::{Described, Found, Origin, Probed, find_all};
use crate::package::PackageStamp;
use crate::pins::{FoundPin, Pins};
use crate::plugin::Plugin;
use crate::process::WorkerProgram;
use crate::runtime::Runtime;
use crate::signer::{SignerSource, Signers};
use crate::wasm::CacheKey;

/// The plugin folder in the data directory.
pub(crate) const FOLDER: &str = "plugins";
/// Compiled code in the data directory.
pub(crate) const CACHE: &str = "cache/wasm";

/// What generators are started with.
pub struct Options<'a> {
    /// The operator's sections.
    pub config: &'a GeneratorsConfig,
    /// Where plugins, keys and compiled code lie.
    pub data_dir: &'a Path,
    /// Under which compiled code is accepted.
    pub cache_key: CacheKey,
    /// The digests that are known; what changed since does not serve.
    pub pins: &'a Pins,
    /// How workers are started.
    pub worker: WorkerProgram,
}

/// All generators; implements the domain's port.
pub struct Generators {
    installed: BTreeMap<String, Installed>,
    host_types: BTreeMap<String, HostTypeRef>,
    signers: Arc<Signers>,
}

/// A listed plugin.
pub(crate) struct Installed {
    pub(crate) info: Arc<GeneratorInfo>,
    /// What it came from.
    pub(crate) origin: Provenance,
    /// Absent where it failed or is switched off.
    pub(crate) ready: Option<Ready>,
}

/// Where a listed plugin came from, as far as it is the operator's.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// What its package says.
    pub package: Option<PackageStamp>,
    /// Its files.
    pub pin: Option<FoundPin>,
}

/// What a plugin in service has.
pub(crate) struct Ready {
    pub(crate) plugin: Plugin,
    pub(crate) grants: Grants,
    pub(crate) described: Described,
}

impl Generators {
    /// Loads all plugins side by side. One that fails is listed with the
    /// reason; only a runtime that cannot start at all is an error.
    pub async fn start(options: Options<'_>) -> Result<Self, LoadError> {
        let config = options.config;
        let source = SignerSource {
            config: &config.signers,
            data_dir: options.data_dir,
            worker: &options.worker,
        };
        let signers = Arc::new(Signers::load(source).await);
        let runtime =
            Runtime::start(options.worker)?.in_data_dir(options.data_dir, options.cache_key);
        let folder = options.data_dir.join(FOLDER);
        let mut generators = Self {
            installed: BTreeMap::new(),
            host_types: BTreeMap::new(),
            signers: signers.clone(),
        };
        for found in find_all(Arc::new(runtime), config, options.pins, &folder).await {
            let is_example = found.origin == Origin::Example;
            if !(is_example && generators.installed.contains_key(&found.name)) {
                generators.admit(found, &signers);
            }
        }
        for (name, remote) in &config.remotes {
            let found = Found::of_remote(name, remote, options.data_dir).await;
            generators.admit(found, &signers);
        }
        for name in config.plugins.keys() {
            if !generators.installed.contains_key(name) {
                generators.list(missing(name), Provenance::default(), None);
            }
        }
        Ok(generators)
    }

    /// Where a listed plugin came from.
    pub fn provenance(&self, name: &str) -> Option<&Provenance> {
        self.installed.get(name).map(|installed| &installed.origin)
    }

    /// The files of all plugins that are the operator's.
    pub fn pins(&self) -> impl Iterator<Item = &FoundPin> {
        let origins = self.installed.values().map(|installed| &installed.origin);
        origins.filter_map(|origin| origin.pin.as_ref())
    }

    pub(crate) fn installed(&self) -> &BTreeMap<String, Installed> {
        &self.installed
    }

    pub(crate) fn host_types(&self) -> &BTreeMap<String, HostTypeRef> {
        &self.host_types
    }

    pub(crate) fn all_signers(&self) -> &Signers {
        &self.signers
    }

    /// Takes a plugin into service or lists it with the reason why not.
    fn admit(&mut self, found: Found, signers: &Arc<Signers>) {
        let judged = self.judge(&found, signers);
        let taken = self.installed.contains_key(&found.name);
        let name = if taken { &found.label } else { &found.name };
        let info = found.info(
            name.clone(),
            match &judged {
                Ok(Some(_)) => Ok(GeneratorState::Ready),
                Ok(None) => Ok(GeneratorState::Disabled),
                Err(error) => Err(error),
            },
        );
        let origin = Provenance {
            package: found.package.clone(),
            pin: found.pin(),
        };
        let ready = match (found.probed, judged) {
            (Ok(Some(probed)), Ok(Some(grants))) => {
                for host_type in &probed.described.domain.host_types {
                    let name = host_type.name.clone();
                    self.host_types
                        .entry(name)
                        .or_insert_with(|| host_type.clone());
                }
                Some(Ready::new(&info, &found.config, probed, grants))
            }
            _ => None,
        };
        self.list(info, origin, ready);
    }

    fn list(&mut self, info: GeneratorInfo, origin: Provenance, ready: Option<Ready>) {
        if let (GeneratorState::Failed, Some(reason)) = (info.state, &info.message) {
            tracing::error!(plugin = %info.name, reason, "plugin failed to load");
        }
        let info = Arc::new(info);
        let name = info.name.clone();
        let listed = Installed {
            info,
            origin,
            ready,
        };
        self.installed.insert(name, listed);
    }

    /// The grants of a plugin that may go into service; nothing if it is
    /// switched off.
    fn judge(&self, found: &Found, signers: &Arc<Signers>) -> Result<Option<Grants>, LoadError> {
        let Some(probed) = found.probed.as_ref().map_err(Clone::clone)? else {
            return Ok(None);
        };
        if self.installed.contains_key(&found.name) {
            return Err(LoadError::new(format!(
                "the name {} is taken by another plugin: give this one another by a [plugins] \
                 section that names its file as package",
                found.name
            )));
        }
        self.check_host_types(&probed.described)?;
        found.check_settings(&probed.described)?;
        Grants::resolve(
            &probed.described.document.capabilities,
            &found.config.grants,
            signers.clone(),
            matches!(found.origin, Origin::Bundled | Origin::Example),
        )
        .map(Some)
    }

    /// Claims rest on normal forms, so the first declaration of a host type
    /// fixes form and pattern for the whole server.
    fn check_host_types(&self, described: &Described) -> Result<(), LoadError> {
        let pattern = |host_type: &HostTypeRef| {
            host_type
                .pattern
                .as_ref()
                .map(|pattern| pattern.as_str().to_owned())
        };
        for declared in &described.domain.host_types {
            let Some(first) = self.host_types.get(&declared.name) else {
                continue;
            };
            if first.form != declared.form || pattern(first) != pattern(declared) {
                return Err(LoadError::new(format!(
                    "the host type {} is declared by another plugin with another form or \
                     pattern: give it the same or another name",
                    declared.name
                )));
            }
        }
        Ok(())
    }
}

impl Ready {
    fn new(info: &GeneratorInfo, config: &PluginConfig, probed: Probed, grants: Grants) -> Self {
        let limits = config.limits(probed.limits);
        let limits = probed.described.lower(limits);
        Self {
            plugin: Plugin::new(info.name.clone(), limits, probed.carrier),
            grants,
            described: probed.described,
        }
    }
}

/// A section without a plugin.
fn missing(name: &str) -> GeneratorInfo {
    GeneratorInfo {
        name: name.into(),
        kind: String::new(),
        digest: String::new(),
        state: GeneratorState::Failed,
        message: Some(format!(
            "no plugin of the name {name} is bundled or lies in the plugin folder: name its file \
             by package in [plugins.{name}]"
        )),
        description: None,
        operator_settings: Vec::new(),
    }
}
