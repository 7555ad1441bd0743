//! The public half of a key: what is told of it, and whether a signature is its own.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};

use serde::{Deserialize, Serialize};

use crate::error::LoadError;
use crate::hex;
use crate::wasm::sha256;

use super::algorithm::Algorithm;
use super::pem;

/// What kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeyKind {
    /// Edwards curve 25519.
    Ed25519,
    /// NIST curve P-256.
    P256,
    /// RSA.
    Rsa,
}

impl KeyKind {
    /// What such a key can do; the first is what it does unless told otherwise.
    pub(crate) fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Ed25519 => &[Algorithm::EdDsa],
            Self::P256 => &[Algorithm::Es256],
            Self::Rsa => &[Algorithm::Rs256, Algorithm::Ps256],
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    kind: KeyKind,
    /// The `SubjectPublicKeyInfo` in DER.
    spki: Vec<u8>,
}

impl PublicKey {
    pub(crate) fn new(kind: KeyKind, spki: Vec<u8>) -> Self {
        Self { kind, spki }
    }

    /// What the key can do.
    pub(crate) fn algorithms(&self) -> &'static [Algorithm] {
        self.kind.algorithms()
    }

    /// SHA-256 of the SPKI, in hex.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode(&sha256(&self.spki))
    }

    /// As those who check licenses want it.
    pub(crate) fn to_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.spki).to_string()
    }

    /// Whether the key has signed this message so.
    pub(crate) fn check(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), LoadError> {
        let scheme: &'static dyn VerificationAlgorithm = match algorithm {
            Algorithm::EdDsa => &ED25519,
            Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Algorithm::Hs256 => return Err(LoadError::new("HS256 has no public key")),
        };
        UnparsedPublicKey::new(scheme, &self.spki)
            .verify(message, signature)
            .map_err(|_| {
                LoadError::new(format!("the {algorithm} signature is not the public key's"))
            })
    }
}
