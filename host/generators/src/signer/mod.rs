//! The operator's keys and signing programs. Keys never leave this module, in
//! no message and no log.

mod command;
mod default;
mod file;
mod pem;

use std::collections::BTreeMap;
use std::path::Path;

pub(crate) use command::CommandSigner;
pub(crate) use file::Algorithm;
pub(crate) use file::FileSigner;

use crate::config::SignerConfig;
use crate::error::LoadError;

/// The signer that exists without any configuration.
pub(crate) const DEFAULT: &str = "default";

/// A signer that is ready to sign.
pub(crate) enum Signer {
    /// A key: signs messages.
    File(FileSigner),
    /// A program: seals files.
    Command(CommandSigner),
}

/// All signers by name; one that could not be loaded keeps the sentence why.
pub(crate) struct Signers(BTreeMap<String, Result<Signer, LoadError>>);

impl Signers {
    /// Loads what is configured, and the default signer unless it is configured
    /// otherwise; its key is made at the first start.
    pub(crate) fn load(config: &BTreeMap<String, SignerConfig>, data_dir: &Path) -> Self {
        let mut signers: BTreeMap<_, _> = config
            .iter()
            .map(|(name, config)| (name.clone(), load(config, data_dir)))
            .collect();
        signers
            .entry(DEFAULT.into())
            .or_insert_with(|| default::load_or_make(data_dir).map(Signer::File));
        for (name, signer) in &signers {
            if let Err(error) = signer {
                tracing::error!(signer = %name, %error, "signer cannot be used");
            }
        }
        Self(signers)
    }

    /// The signer of this name, or a sentence why there is none.
    pub(crate) fn get(&self, name: &str) -> Result<&Signer, LoadError> {
        match self.0.get(name) {
            Some(Ok(signer)) => Ok(signer),
            Some(Err(error)) => Err(LoadError::new(format!(
                "the signer {name} cannot be used: {error}"
            ))),
            None => Err(LoadError::new(format!(
                "there is no signer {name}: add [signers.{name}]"
            ))),
        }
    }
}

fn load(config: &SignerConfig, data_dir: &Path) -> Result<Signer, LoadError> {
    match config {
        SignerConfig::File { key_file } => {
            FileSigner::open(&data_dir.join(key_file)).map(Signer::File)
        }
        SignerConfig::Command(config) => CommandSigner::new(config.clone()).map(Signer::Command),
    }
}
