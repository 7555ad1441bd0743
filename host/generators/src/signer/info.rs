//! What an operator may know of signers, and try.

use std::collections::BTreeSet;

use crate::config::{GeneratorsConfig, Grant};
use crate::error::LoadError;
use crate::registry::Generators;

use super::{Algorithm, Entry, KeySigner, Signer, Signers};

/// What is signed to try a key.
const PROBE: &[u8] = b"a probe of lds signer test";

/// A listed signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerInfo {
    /// By which grants name it.
    pub name: String,
    /// `file`, `pkcs11` or `command`.
    pub kind: &'static str,
    /// What it signs with; a program has none.
    pub algorithms: Vec<Algorithm>,
    /// By which licenses name the key or the program, in hex.
    pub fingerprint: Option<String>,
    /// Which plugins are granted it, and as what.
    pub granted: BTreeSet<(String, String)>,
    /// Why it can't be used.
    pub error: Option<String>,
}

impl Signers {
    /// The public key in PEM.
    pub fn public_key(&self, name: &str) -> Result<String, LoadError> {
        match self.get(name)? {
            Signer::Key(key) => key.public_key_pem().ok_or_else(|| {
                LoadError::new(format!(
                    "the signer {name} is a shared secret, which has no public key: who checks its \
                     licenses needs the secret itself"
                ))
            }),
            Signer::Command(_) => Err(LoadError::new(format!(
                "the signer {name} is a program, which keeps its key to itself: its vendor has the \
                 public key"
            ))),
        }
    }

    /// Has a key sign a probe with each of its algorithms, checks the signatures, and tells which.
    pub async fn test(&self, name: &str) -> Result<&[Algorithm], LoadError> {
        match self.get(name)? {
            Signer::Key(key) => key.try_out(PROBE).await.map(|()| key.algorithms()),
            Signer::Command(_) => Err(LoadError::new(format!(
                "the signer {name} is a program, which signs whole license files: name one by --file"
            ))),
        }
    }

    /// Has a program sign a file.
    pub async fn seal(&self, name: &str, file: &str, bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
        match self.get(name)? {
            Signer::Command(program) => program.seal(file, bytes).await,
            Signer::Key(_) => Err(LoadError::new(format!(
                "the signer {name} is a key, which signs no whole files: leave --file out"
            ))),
        }
    }

    fn list(&self) -> Vec<SignerInfo> {
        self.0
            .iter()
            .map(|(name, entry)| info(name, entry))
            .collect()
    }
}

impl Generators {
    /// All signers with the plugins that are granted them, also with those that did not come into
    /// service for want of a signer.
    pub fn signers(&self, config: &GeneratorsConfig) -> Vec<SignerInfo> {
        let in_force = self.installed().iter().flat_map(|(plugin, installed)| {
            let grants = installed
                .ready
                .iter()
                .flat_map(|ready| ready.grants.named());
            grants.map(move |(capability, signer)| (plugin.clone(), capability, signer.to_owned()))
        });
        let asked_for = config.plugins.iter().flat_map(|(plugin, section)| {
            section
                .grants
                .iter()
                .filter_map(move |(capability, grant)| match grant {
                    Grant::Signer(signer) => {
                        Some((plugin.clone(), capability.clone(), signer.clone()))
                    }
                    Grant::Flag(_) => None,
                })
        });
        let granted: Vec<_> = in_force.chain(asked_for).collect();
        let mut list = self.all_signers().list();
        for info in &mut list {
            let own = granted.iter().filter(|(_, _, signer)| *signer == info.name);
            info.granted = own
                .map(|(plugin, role, _)| (plugin.clone(), role.clone()))
                .collect();
        }
        list
    }
}

fn info(name: &str, entry: &Entry) -> SignerInfo {
    let key = |key: &KeySigner| (key.algorithms().to_vec(), key.fingerprint.clone());
    let known = entry
        .signer
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|signer| match signer {
            Signer::Key(signer) => Ok(key(signer)),
            Signer::Command(program) => Ok((Vec::new(), program.fingerprint()?)),
        });
    let error = known.as_ref().err().map(ToString::to_string);
    let (algorithms, fingerprint) = known.ok().unzip();
    SignerInfo {
        name: name.to_owned(),
        kind: entry.kind,
        algorithms: algorithms.unwrap_or_default(),
        fingerprint,
        granted: BTreeSet::new(),
        error,
    }
}
