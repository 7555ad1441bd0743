//! The configuration: file, environment and flags become one typed value.
//!
//! Each section is a file with its settings and their defaults. This module must not know what
//! the settings do.

pub(crate) mod branding;
mod error;
pub(crate) mod fno;
pub(crate) mod http;
pub(crate) mod keys;
mod layers;
mod lines;
pub(crate) mod log;
mod names;
mod secret;
pub(crate) mod show;
pub(crate) mod store;
pub(crate) mod time;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lds_generators::{
    GeneratorsConfig, PluginConfig, PolicyConfig, RemoteConfig, SignerConfig, TrustConfig,
};
use serde::{Deserialize, Serialize};

pub(crate) use error::ConfigError;
pub(crate) use layers::{Flag, Loaded, load};

/// The file that is read when none is named, if it is there.
pub(crate) const DEFAULT_FILE: &str = "lds.toml";

/// All sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where everything lies that the server keeps.
    pub(crate) data_dir: PathBuf,
    pub(crate) http: http::Http,
    pub(crate) store: store::Store,
    pub(crate) keys: keys::Keys,
    pub(crate) log: log::Log,
    pub(crate) time: time::Time,
    pub(crate) branding: branding::Branding,
    pub(crate) fno: fno::Fno,
    pub(crate) plugins: BTreeMap<String, PluginConfig>,
    pub(crate) remotes: BTreeMap<String, RemoteConfig>,
    pub(crate) signers: BTreeMap<String, SignerConfig>,
    pub(crate) plugin_trust: BTreeMap<String, TrustConfig>,
    pub(crate) plugin_policy: PolicyConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("lds-data"),
            http: http::Http::default(),
            store: store::Store::default(),
            keys: keys::Keys::default(),
            log: log::Log::default(),
            time: time::Time::default(),
            branding: branding::Branding::default(),
            fno: fno::Fno::default(),
            plugins: BTreeMap::new(),
            remotes: BTreeMap::new(),
            signers: BTreeMap::new(),
            plugin_trust: BTreeMap::new(),
            plugin_policy: PolicyConfig::default(),
        }
    }
}

impl Config {
    /// The sections of plugins, packages, remote generators and signers.
    pub(crate) fn generators(&self) -> GeneratorsConfig {
        GeneratorsConfig {
            plugins: self.plugins.clone(),
            remotes: self.remotes.clone(),
            signers: self.signers.clone(),
            plugin_trust: self.plugin_trust.clone(),
            plugin_policy: self.plugin_policy.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
