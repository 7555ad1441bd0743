//! Signers of kind `file`: a private key in PKCS#8, perhaps under a passphrase, or a shared
//! secret.

use std::path::Path;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};

use crate::error::LoadError;
use crate::hex;
use crate::private_file::{line, read_secret};

use super::algorithm::Algorithm;
use super::key::{KeySigner, Place};
use super::pem;
use super::public_key::{KeyKind, PublicKey};

/// The least length of a shared secret in bytes, as JOSE demands it.
const MIN_SECRET: usize = 32;
/// What a shared secret signs to be known by. A plain digest of the secret would be no safer: each
/// license gives away as much.
const FINGERPRINT: &[u8] = b"fingerprint of a signer";

/// A private key or a shared secret in memory. The library wipes it when it is dropped.
pub(super) enum PrivateKey {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Secret(Box<hmac::Key>),
}

/// Reads a key file, which is a shared secret where the algorithm is HS256.
pub(super) fn open(
    path: &Path,
    passphrase: Option<&Path>,
    only: Option<Algorithm>,
) -> Result<KeySigner, LoadError> {
    let text = read_secret(path)?;
    let passphrase = passphrase.map(read_secret).transpose()?;
    let passphrase = passphrase.as_ref().map(|text| line(text));
    let signer = match only {
        Some(Algorithm::Hs256) => secret(&text, passphrase),
        _ => key_pair(&text, passphrase, only),
    };
    signer.map_err(|error| LoadError::new(format!("{}: {error}", path.display())))
}

fn key_pair(
    text: &[u8],
    passphrase: Option<&[u8]>,
    only: Option<Algorithm>,
) -> Result<KeySigner, LoadError> {
    let key = PrivateKey::from_pkcs8(&pem::private_key(text, passphrase)?)?;
    let public = key.public_key()?;
    KeySigner::new(public, only, Place::Memory(key))
}

fn secret(text: &[u8], passphrase: Option<&[u8]>) -> Result<KeySigner, LoadError> {
    if passphrase.is_some() {
        return Err(LoadError::new(
            "a shared secret has no passphrase: take passphrase_file out",
        ));
    }
    let bytes = line(text);
    if bytes.len() < MIN_SECRET {
        return Err(LoadError::new(format!(
            "the shared secret has {} bytes, expected {MIN_SECRET} at least",
            bytes.len()
        )));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, bytes);
    let fingerprint = hex::encode(hmac::sign(&key, FINGERPRINT).as_ref());
    let place = Place::Memory(PrivateKey::Secret(Box::new(key)));
    Ok(KeySigner::secret(fingerprint, place))
}

impl PrivateKey {
    /// Signs a message with an algorithm of its kind.
    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, LoadError> {
        match (self, algorithm) {
            (Self::Ed25519(key), Algorithm::EdDsa) => Ok(key.sign(message).as_ref().to_vec()),
            (Self::P256(key), Algorithm::Es256) => key
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| cannot_sign()),
            (Self::Rsa(key), Algorithm::Rs256) => sign_rsa(key, &RSA_PKCS1_SHA256, message),
            (Self::Rsa(key), Algorithm::Ps256) => sign_rsa(key, &RSA_PSS_SHA256, message),
            (Self::Secret(key), Algorithm::Hs256) => Ok(hmac::sign(key, message).as_ref().to_vec()),
            _ => Err(cannot_sign()),
        }
    }

    /// Whether a shared secret has signed this message so.
    pub(super) fn check_mac(&self, message: &[u8], signature: &[u8]) -> Result<(), LoadError> {
        let wrong = || LoadError::new("the HS256 signature is not the secret's");
        match self {
            Self::Secret(key) => hmac::verify(key, message, signature).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }

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

    fn public_key(&self) -> Result<PublicKey, LoadError> {
        let unwritten = |_| LoadError::new("the public key cannot be written");
        let (kind, der) = match self {
            Self::Ed25519(key) => (
                KeyKind::Ed25519,
                AsDer::<PublicKeyX509Der>::as_der(key.public_key()),
            ),
            Self::P256(key) => (
                KeyKind::P256,
                AsDer::<PublicKeyX509Der>::as_der(key.public_key()),
            ),
            Self::Rsa(key) => (
                KeyKind::Rsa,
                AsDer::<PublicKeyX509Der>::as_der(key.public_key()),
            ),
            Self::Secret(_) => return Err(LoadError::new("a shared secret has no public key")),
        };
        Ok(PublicKey::new(
            kind,
            der.map_err(unwritten)?.as_ref().to_vec(),
        ))
    }
}

fn sign_rsa(
    key: &RsaKeyPair,
    padding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, LoadError> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(padding, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| cannot_sign())?;
    Ok(signature)
}

fn cannot_sign() -> LoadError {
    LoadError::new("the key cannot sign")
}

#[cfg(test)]
mod tests;
