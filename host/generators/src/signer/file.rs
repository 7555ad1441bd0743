//! Signers of kind `file`: a private key in PKCS#8.

use std::fmt;
use std::os::unix::fs::PermissionsExt;
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
pub(crate) enum Algorithm {
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
    pub(crate) fn name(self) -> &'static str {
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
        warn_if_readable(path);
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

/// Others than the owner should not be able to read a key.
fn warn_if_readable(path: &Path) {
    let mode = std::fs::metadata(path).map_or(0, |data| data.permissions().mode());
    if mode & 0o077 != 0 {
        let (file, mode) = (path.display(), mode & 0o777);
        tracing::warn!(%file, mode = format!("{mode:o}"), "key file is not private: chmod 600");
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::{Algorithm, FileSigner};

    fn openssl(dir: &Path, args: &str) -> String {
        let output = Command::new("openssl")
            .args(args.split(' '))
            .current_dir(dir)
            .output()
            .expect("the command openssl is missing: install openssl");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes a key with openssl, signs, and has openssl check the signature.
    fn round_trip(make: &str, algorithm: Algorithm, check: &str) -> FileSigner {
        let dir = tempfile::tempdir().unwrap();
        openssl(dir.path(), &format!("genpkey {make} -out key.pem"));
        let signer = FileSigner::open(&dir.path().join("key.pem")).unwrap();
        let signature = signer.sign(algorithm, b"message").unwrap();
        std::fs::write(dir.path().join("message"), b"message").unwrap();
        std::fs::write(dir.path().join("signature"), signature).unwrap();
        std::fs::write(dir.path().join("pub.pem"), signer.public_key_pem()).unwrap();
        openssl(dir.path(), check);
        signer
    }

    #[test]
    fn openssl_accepts_ed25519() {
        let signer = round_trip(
            "-algorithm ed25519",
            Algorithm::EdDsa,
            "pkeyutl -verify -pubin -inkey pub.pem -rawin -in message -sigfile signature",
        );
        assert!(signer.sign(Algorithm::Es256, b"message").is_err());
    }

    #[test]
    fn openssl_accepts_rsa() {
        let digest = "dgst -sha256 -verify pub.pem -signature signature";
        let make = "-algorithm rsa -pkeyopt rsa_keygen_bits:2048";
        round_trip(make, Algorithm::Rs256, &format!("{digest} message"));
        round_trip(
            make,
            Algorithm::Ps256,
            &format!("{digest} -sigopt rsa_padding_mode:pss message"),
        );
    }

    #[test]
    fn p256_signatures_are_r_and_s() {
        let dir = tempfile::tempdir().unwrap();
        openssl(
            dir.path(),
            "genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        );
        let signer = FileSigner::open(&dir.path().join("key.pem")).unwrap();
        assert_eq!(signer.algorithms(), [Algorithm::Es256]);
        assert_eq!(signer.sign(Algorithm::Es256, b"m").unwrap().len(), 64);
    }

    #[test]
    fn the_fingerprint_is_that_of_the_spki() {
        let dir = tempfile::tempdir().unwrap();
        openssl(dir.path(), "genpkey -algorithm ed25519 -out key.pem");
        let signer = FileSigner::open(&dir.path().join("key.pem")).unwrap();
        openssl(
            dir.path(),
            "pkey -in key.pem -pubout -outform DER -out spki",
        );
        let digest = openssl(dir.path(), "dgst -sha256 -r spki");
        assert_eq!(digest.split(' ').next(), Some(&*signer.fingerprint));
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        openssl(dir.path(), "genpkey -algorithm x25519 -out key.pem");
        let refused = FileSigner::open(&dir.path().join("key.pem")).err().unwrap();
        assert!(refused.to_string().contains("no known kind"), "{refused}");
        openssl(
            dir.path(),
            "genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:4096 -out key.pem",
        );
        let refused = FileSigner::open(&dir.path().join("key.pem")).err().unwrap();
        assert!(refused.to_string().contains("4096 bits"), "{refused}");
    }
}
