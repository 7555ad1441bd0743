//! Who signed a package, and whether that is enough for its kind.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::config::{GeneratorsConfig, Policy, TrustConfig};
use crate::error::LoadError;

use super::contents::Package;
use super::manifest::{MANIFEST, ManifestKind, SIGNATURE};

/// What a DER key of Ed25519 has before its 32 bytes.
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// A vendor's public key, Ed25519.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads PEM, or base64 of the key's 32 bytes.
    pub fn parse(text: &str) -> Result<Self, LoadError> {
        let body: String = text
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .flat_map(|line| line.chars().filter(|sign| !sign.is_whitespace()))
            .collect();
        let bytes = STANDARD.decode(body).unwrap_or_default();
        let raw = bytes.strip_prefix(&SPKI).unwrap_or(&bytes);
        raw.try_into().map(Self).map_err(|_| {
            LoadError::new(
                "it is no public key of Ed25519: expected base64 of its 32 bytes, or PEM that \
                 begins with BEGIN PUBLIC KEY",
            )
        })
    }

    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        let failed = |error| LoadError::new(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| failed(LoadError::new(error.to_string())))?;
        Self::parse(&text).map_err(failed)
    }

    /// Whether it signed these bytes.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.0);
        key.verify(message, signature).is_ok()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = LoadError;

    fn try_from(text: String) -> Result<Self, LoadError> {
        Self::parse(&text)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// Who signed a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// This vendor, who is trusted for its id.
    Trusted(String),
    /// Nobody who is trusted for it; a sentence says what is the case.
    Untrusted(String),
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trusted(vendor) => write!(f, "signed by {vendor}"),
            Self::Untrusted(reason) => f.write_str(reason),
        }
    }
}

impl Package {
    /// Whether the key signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signed = |signature: Vec<u8>| Some(key.signed(self.manifest_bytes()?, &signature));
        self.signature().and_then(signed).unwrap_or_default()
    }

    /// Who of those that the operator trusts signed it.
    pub fn signer(&self, trusted: &BTreeMap<String, TrustConfig>) -> Signer {
        let Some(signature) = self.files.0.get(SIGNATURE) else {
            return Signer::Untrusted("it is not signed".into());
        };
        if decode(&signature.bytes).is_none() {
            return Signer::Untrusted(format!(
                "{SIGNATURE} is no signature, expected base64 of 64 bytes"
            ));
        }
        let id = &self.manifest.plugin.id;
        let mut known = trusted
            .iter()
            .filter(|(_, trust)| self.is_signed_by(&trust.key));
        let Some((vendor, trust)) = known.next() else {
            return Signer::Untrusted("no vendor of [plugin_trust] signed it".into());
        };
        let mut all = std::iter::once((vendor, trust)).chain(known);
        match all.find(|(_, trust)| trust.ids.iter().any(|prefix| covers(prefix, id))) {
            Some((vendor, _)) => Signer::Trusted(vendor.clone()),
            None => Signer::Untrusted(format!(
                "it is signed by {vendor}, who is trusted for {} and not for {id}",
                trust.ids.join(", ")
            )),
        }
    }

    /// Refuses a package whose signature is not enough for its kind.
    pub fn admit(&self, config: &GeneratorsConfig) -> Result<Signer, LoadError> {
        let signer = self.signer(&config.plugin_trust);
        let (id, kind) = (&self.manifest.plugin.id, self.manifest.plugin.kind);
        match (config.plugin_policy.of(kind), &signer) {
            (Policy::Require, Signer::Untrusted(reason)) => Err(refused(kind, reason)),
            (Policy::Warn, Signer::Untrusted(reason)) => {
                tracing::warn!(
                    id,
                    reason,
                    "package without the signature of a trusted vendor"
                );
                Ok(signer)
            }
            _ => Ok(signer),
        }
    }

    fn manifest_bytes(&self) -> Option<&[u8]> {
        self.files.bytes(MANIFEST).ok()
    }

    fn signature(&self) -> Option<Vec<u8>> {
        decode(&self.files.0.get(SIGNATURE)?.bytes)
    }
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text.trim_ascii()).ok()?;
    (bytes.len() == 64).then_some(bytes)
}

/// Whether an id begins with a prefix, label by label.
fn covers(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn refused(kind: ManifestKind, reason: &str) -> LoadError {
    let kind = kind.name();
    LoadError::new(format!(
        "a package of the kind {kind} needs the signature of a trusted vendor, but {reason}: get a \
         signed one, add its vendor to [plugin_trust], or set {kind} = \"warn\" in [plugin_policy]"
    ))
}

#[cfg(test)]
mod tests {
    use super::{PublicKey, covers};

    #[test]
    fn prefixes_cover_whole_labels() {
        for (prefix, id, expected) in [
            ("com.acme", "com.acme.x", true),
            ("com.acme", "com.acme", true),
            ("com.acme", "com.acmecorp", false),
            ("com.acme.x", "com.acme", false),
            ("", "com.acme", false),
        ] {
            assert_eq!(covers(prefix, id), expected, "{prefix} {id}");
        }
    }

    #[test]
    fn a_key_is_read_in_both_forms() {
        // RFC 8410, section 10.1.
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
                   -----END PUBLIC KEY-----\n";
        let raw = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        let key = PublicKey::parse(pem).unwrap();
        assert_eq!(key, PublicKey::parse(raw).unwrap());
        assert_eq!(key.to_string(), raw);
        for wrong in ["", "AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n", "?"] {
            assert!(PublicKey::parse(wrong).is_err(), "{wrong}");
        }
    }
}
