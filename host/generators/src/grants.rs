//! Which capabilities of a plugin are granted, and what stands behind them.

use std::collections::BTreeMap;
use std::sync::Arc;

use lds_plugin_api::document as doc;

use crate::config::Grant;
use crate::error::LoadError;
use crate::signer::{Algorithm, DEFAULT, Signer, Signers, names};

/// The capability to see the order's credential.
const ORDER_ID: &str = "order-id";

/// What a plugin may use.
pub(crate) struct Grants {
    signers: Arc<Signers>,
    /// Whether requests carry the Order ID.
    pub(crate) order_id: bool,
    sign: BTreeMap<String, SignGrant>,
    seal: BTreeMap<String, String>,
}

/// A role that is granted a key.
pub(crate) struct SignGrant {
    /// The signer's name.
    pub(crate) signer: String,
    /// The algorithm of all its signatures.
    pub(crate) algorithm: Algorithm,
    fingerprint: String,
}

/// What a capability asks for.
enum Capability<'a> {
    OrderId,
    Sign(&'a str),
    Seal(&'a str),
}

impl Grants {
    /// Matches what the plugin declares with what the operator grants.
    /// `default_signer` stands in for roles without a grant.
    pub(crate) fn resolve(
        declared: &[doc::Capability],
        granted: &BTreeMap<String, Grant>,
        signers: Arc<Signers>,
        default_signer: bool,
    ) -> Result<Self, LoadError> {
        check_names(declared, granted)?;
        let mut grants = Self {
            signers,
            order_id: false,
            sign: BTreeMap::new(),
            seal: BTreeMap::new(),
        };
        let default = Grant::Signer(DEFAULT.into());
        for capability in declared {
            let fallback = default_signer && capability.name.starts_with("sign:");
            let given = granted
                .get(&capability.name)
                .or_else(|| fallback.then_some(&default));
            match given {
                Some(Grant::Flag(false)) | None if capability.required.unwrap_or(true) => {
                    return Err(missing(&capability.name));
                }
                Some(Grant::Flag(false)) | None => {}
                Some(grant) => grants.add(capability, grant)?,
            }
        }
        Ok(grants)
    }

    fn add(&mut self, capability: &doc::Capability, grant: &Grant) -> Result<(), LoadError> {
        let name = &capability.name;
        match (parse(name)?, grant) {
            (Capability::OrderId, Grant::Flag(_)) => self.order_id = true,
            (Capability::Sign(role), Grant::Signer(signer)) => {
                let grant = self.sign_grant(capability, signer)?;
                self.sign.insert(role.into(), grant);
            }
            (Capability::Seal(role), Grant::Signer(signer)) => match self.signers.get(signer)? {
                Signer::Command(_) => {
                    self.seal.insert(role.into(), signer.clone());
                }
                Signer::Key(_) => {
                    return Err(LoadError::new(format!(
                        "{name} is granted the signer {signer} which is a key, expected kind command"
                    )));
                }
            },
            (Capability::OrderId, Grant::Signer(_)) => {
                return Err(LoadError::new(format!(
                    "{name} is granted by true, not by a signer"
                )));
            }
            (_, Grant::Flag(_)) => {
                return Err(LoadError::new(format!(
                    "{name} is granted by the name of a signer"
                )));
            }
        }
        Ok(())
    }

    /// The first declared algorithm that the key can do.
    fn sign_grant(
        &self,
        capability: &doc::Capability,
        signer: &str,
    ) -> Result<SignGrant, LoadError> {
        let name = &capability.name;
        let Signer::Key(key) = self.signers.get(signer)? else {
            return Err(LoadError::new(format!(
                "{name} is granted the signer {signer} of kind command, expected a key"
            )));
        };
        let can = key.algorithms();
        let algorithm = if capability.algorithms.is_empty() {
            can.first().copied()
        } else {
            let mut wanted = capability.algorithms.iter();
            wanted.find_map(|wanted| can.iter().copied().find(|can| can.name() == wanted))
        };
        let algorithm = algorithm.ok_or_else(|| {
            LoadError::new(format!(
                "{name} needs a signer for {}, but {signer} signs with {}",
                capability.algorithms.join(" or "),
                names(can)
            ))
        })?;
        Ok(SignGrant {
            signer: signer.into(),
            algorithm,
            fingerprint: key.fingerprint.clone(),
        })
    }

    /// The key of a role.
    pub(crate) fn sign(&self, role: &str) -> Option<&SignGrant> {
        self.sign.get(role)
    }

    /// The name of the program of a role.
    pub(crate) fn seal(&self, role: &str) -> Option<&str> {
        self.seal.get(role).map(String::as_str)
    }

    /// Each capability that a signer stands behind, with its signer.
    pub(crate) fn named(&self) -> impl Iterator<Item = (String, &str)> {
        let sign = self.sign.iter();
        let sign = sign.map(|(role, grant)| (format!("sign:{role}"), grant.signer.as_str()));
        let seal = self.seal.iter();
        sign.chain(seal.map(|(role, signer)| (format!("seal:{role}"), signer.as_str())))
    }

    /// The signers behind the grants.
    pub(crate) fn signers(&self) -> &Signers {
        &self.signers
    }

    /// As a request tells the plugin.
    pub(crate) fn to_documents(&self) -> Vec<doc::Grant> {
        let plain = |name: String| doc::Grant {
            name,
            algorithm: None,
            fingerprint: None,
        };
        let order_id = self.order_id.then(|| plain(ORDER_ID.into()));
        let seal = self.seal.keys().map(|role| plain(format!("seal:{role}")));
        let sign = self.sign.iter().map(|(role, grant)| doc::Grant {
            name: format!("sign:{role}"),
            algorithm: Some(grant.algorithm.name().into()),
            fingerprint: Some(grant.fingerprint.clone()),
        });
        order_id.into_iter().chain(seal).chain(sign).collect()
    }
}

impl SignGrant {
    /// What is stored with a license.
    pub(crate) fn stamp(&self) -> lds_domain::license::SignerStamp {
        lds_domain::license::SignerStamp {
            name: self.signer.clone(),
            algorithm: self.algorithm.name().into(),
            fingerprint: self.fingerprint.clone(),
        }
    }
}

fn check_names(
    declared: &[doc::Capability],
    granted: &BTreeMap<String, Grant>,
) -> Result<(), LoadError> {
    for capability in declared {
        parse(&capability.name)?;
    }
    let unknown = granted
        .keys()
        .find(|name| declared.iter().all(|capability| capability.name != **name));
    match unknown {
        None => Ok(()),
        Some(name) => Err(LoadError::new(format!(
            "{name} is granted, but the plugin declares no such capability: take it out of grants"
        ))),
    }
}

fn parse(name: &str) -> Result<Capability<'_>, LoadError> {
    match name.split_once(':') {
        None if name == ORDER_ID => Ok(Capability::OrderId),
        Some(("sign", role)) if is_role(role) => Ok(Capability::Sign(role)),
        Some(("seal", role)) if is_role(role) => Ok(Capability::Seal(role)),
        _ => Err(LoadError::new(format!(
            "the plugin declares the unknown capability {name}"
        ))),
    }
}

fn is_role(role: &str) -> bool {
    crate::names::is_plugin_name(role)
}

fn missing(name: &str) -> LoadError {
    LoadError::new(format!(
        "the plugin needs the capability {name}, which is not granted: add it to grants of its \
         [plugins] section"
    ))
}
