//! The operator's keys and signing programs. Keys never leave this module, in
//! no message and no log.

mod algorithm;
mod command;
mod default;
mod file;
mod info;
mod key;
mod pem;
mod pkcs11;
mod public_key;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use algorithm::Algorithm;
pub(crate) use command::CommandSigner;
pub use info::SignerInfo;
pub(crate) use key::{KeySigner, names};
pub(crate) use pkcs11::talk;
pub(crate) use public_key::KeyKind;

use crate::config::SignerConfig;
use crate::error::LoadError;
use crate::process::WorkerProgram;

/// The signer that exists without any configuration.
pub(crate) const DEFAULT: &str = "default";

/// The key of a file that no passphrase guards.
pub(crate) fn key_file(path: &Path) -> Result<KeySigner, LoadError> {
    file::open(path, None, None)
}

/// A signer that is ready to sign.
pub(crate) enum Signer {
    /// A key: signs messages.
    Key(KeySigner),
    /// A program: seals files.
    Command(CommandSigner),
}

/// What signers are loaded from.
#[derive(Clone, Copy)]
pub struct SignerSource<'a> {
    /// The operator's sections.
    pub config: &'a BTreeMap<String, SignerConfig>,
    /// To which paths are relative, and where the default key lies.
    pub data_dir: &'a Path,
    /// How workers are started.
    pub worker: &'a WorkerProgram,
}

/// All signers by name; one that could not be loaded keeps the sentence why.
pub struct Signers(BTreeMap<String, Entry>);

struct Entry {
    /// As the configuration has it.
    kind: &'static str,
    signer: Result<Signer, LoadError>,
}

impl Signers {
    /// Loads what is configured, and the default signer unless it is configured
    /// otherwise; its key is made at the first start.
    pub async fn load(source: SignerSource<'_>) -> Self {
        let names: BTreeSet<_> = source.config.keys().map(String::as_str).collect();
        let mut signers = BTreeMap::new();
        for name in names.into_iter().chain([DEFAULT]) {
            if !signers.contains_key(name) {
                signers.insert(name.to_owned(), load(name, source).await);
            }
        }
        for (name, entry) in &signers {
            if let Err(error) = &entry.signer {
                tracing::error!(signer = %name, %error, "signer cannot be used");
            }
        }
        Self(signers)
    }

    /// Loads one of them alone.
    pub async fn load_one(name: &str, source: SignerSource<'_>) -> Self {
        let mut signers = BTreeMap::new();
        if name == DEFAULT || source.config.contains_key(name) {
            signers.insert(name.to_owned(), load(name, source).await);
        }
        Self(signers)
    }

    /// The signer of this name, or a sentence why there is none.
    pub(crate) fn get(&self, name: &str) -> Result<&Signer, LoadError> {
        match self.0.get(name).map(|entry| &entry.signer) {
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

/// A signer that is configured, or the default one.
async fn load(name: &str, source: SignerSource<'_>) -> Entry {
    let SignerSource {
        config,
        data_dir,
        worker,
    } = source;
    let (kind, signer) = match config.get(name) {
        None => ("file", default::load_or_make(data_dir).map(Signer::Key)),
        Some(SignerConfig::File {
            key_file,
            passphrase_file,
            algorithm,
        }) => {
            let passphrase = passphrase_file.as_ref().map(|file| data_dir.join(file));
            let key = file::open(&data_dir.join(key_file), passphrase.as_deref(), *algorithm);
            ("file", key.map(Signer::Key))
        }
        Some(SignerConfig::Pkcs11(config)) => {
            let key = pkcs11::open(config, data_dir, worker).await;
            ("pkcs11", key.map(Signer::Key))
        }
        Some(SignerConfig::Command(config)) => {
            let program = CommandSigner::new(config.clone());
            ("command", program.map(Signer::Command))
        }
    };
    Entry { kind, signer }
}
