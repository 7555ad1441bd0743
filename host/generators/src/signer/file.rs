//! Signers of kind `file`: a private key in PKCS#8.

use std::fmt;
use std::path::Path;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use zeroize::Zeroizing;

use crate::error::LoadError;
use crate::wasm::sha256;

use super::pem;

/// How a message is signed, as JOSE calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256, r and s in 32 bytes each.
    Es256,
    /// RSA with PKCS#1 padding and SHA-256.
    Rs256,
    /// RSA with PSS padding and SHA-256.
    Ps256,
}

impl Algorithm {
    /// The name in JOSE.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A key that is ready to sign.
pub(crate) struct FileSigner {
    key: Key,
    /// SHA-256 of the public key's SPKI, in hex.
    pub(crate) fingerprint: String,
    /// The public key as its users want it.
    public_key_pem: String,
}

enum Key {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl FileSigner {
    /// Reads a key file.
    pub(crate) fn open(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|error| {
                LoadError::new(format!("{} cannot be read: {error}", path.display()))
            })?;
        Self::from_pem(&text)
            .map_err(|error| LoadError::new(format!("{}: {error}", path.display())))
    }

    /// Takes a key in PEM.
    pub(crate) fn from_pem(text: &str) -> Result<Self, LoadError> {
        let key = Key::from_pkcs8(&pem::private_key(text)?)?;
        let spki = key.spki()?;
        Ok(Self {
            key,
            fingerprint: crate::hex::encode(&sha256(&spki)),
            public_key_pem: pem::encode("PUBLIC KEY", &spki).to_string(),
        })
    }

    /// The public key, for those who check licenses.
    pub(crate) fn public_key_pem(&self) -> &str {
        &self.public_key_pem
    }

    /// What the key can do.
    pub(crate) fn algorithms(&self) -> &'static [Algorithm] {
        match self.key {
            Key::Ed25519(_) => &[Algorithm::EdDsa],
            Key::P256(_) => &[Algorithm::Es256],
            Key::Rsa(_) => &[Algorithm::Rs256, Algorithm::Ps256],
        }
    }

    /// Signs a message with one of its algorithms.
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, LoadError> {
        let failed = |_| LoadError::new("the key cannot sign");
        match (&self.key, algorithm) {
            (Key::Ed25519(key), Algorithm::EdDsa) => Ok(key.sign(message).as_ref().to_vec()),
            (Key::P256(key), Algorithm::Es256) => key
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(failed),
            (Key::Rsa(key), Algorithm::Rs256) => sign_rsa(key, &RSA_PKCS1_SHA256, message),
            (Key::Rsa(key), Algorithm::Ps256) => sign_rsa(key, &RSA_PSS_SHA256, message),
            _ => Err(LoadError::new(format!(
                "the key does not sign with {algorithm}"
            ))),
        }
    }
}

impl Key {
    fn from_pkcs8(der: &[u8]) -> Result<Self, LoadError> {
        if let Ok(key) = Ed25519KeyPair::from_pkcs8(der) {
            return Ok(Self::Ed25519(key));
        }
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
            return Ok(Self::P256(key));
        }
        match RsaKeyPair::from_pkcs8(der) {
            Ok(key) if matches!(key.public_modulus_len(), 256 | 384) => Ok(Self::Rsa(key)),
            Ok(key) => Err(LoadError::new(format!(
                "the RSA key has {} bits, expected 2048 or 3072",
                key.public_modulus_len() * 8
            ))),
            Err(_) => Err(LoadError::new(
                "the key is of no known kind, expected Ed25519, P-256 or RSA with 2048 or 3072 bits",
            )),
        }
    }

    fn spki(&self) -> Result<Vec<u8>, LoadError> {
        let der = match self {
            Self::Ed25519(key) => AsDer::<PublicKeyX509Der>::as_der(key.public_key()),
            Self::P256(key) => AsDer::<PublicKeyX509Der>::as_der(key.public_key()),
            Self::Rsa(key) => AsDer::<PublicKeyX509Der>::as_der(key.public_key()),
        };
        der.map(|der| der.as_ref().to_vec())
            .map_err(|_| LoadError::new("the public key cannot be written"))
    }
}

fn sign_rsa(
    key: &RsaKeyPair,
    padding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, LoadError> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(padding, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| LoadError::new("the key cannot sign"))?;
    Ok(signature)
}
