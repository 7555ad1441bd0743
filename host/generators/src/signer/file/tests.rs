//! Keys that openssl made, and signatures that openssl checks.

use std::path::Path;
use std::process::Command;

use super::super::algorithm::Algorithm;
use super::super::key::KeySigner;

const PASSPHRASE: &str = "correct horse";
const ED25519: &str = "-algorithm ed25519";
const P256: &str = "-algorithm ec -pkeyopt ec_paramgen_curve:P-256";
const RSA: &str = "-algorithm rsa -pkeyopt rsa_keygen_bits:2048";

/// A folder with a key in `key.pem`.
struct Keys(tempfile::TempDir);

impl Keys {
    fn none() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn made(how: &str) -> Self {
        let keys = Self::none();
        keys.openssl(&format!("genpkey {how} -out key.pem"));
        keys
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.folder().join(name), bytes).unwrap();
    }

    fn openssl(&self, args: &str) -> String {
        let output = Command::new("openssl")
            .args(args.split(' '))
            .current_dir(self.folder())
            .output()
            .expect("the command openssl is missing: install openssl");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn open(&self, passphrase: Option<&str>, only: Option<Algorithm>) -> Result<KeySigner, String> {
        let passphrase = passphrase.map(|name| self.folder().join(name));
        super::open(&self.folder().join("key.pem"), passphrase.as_deref(), only)
            .map_err(|error| error.to_string())
    }

    fn signer(&self) -> KeySigner {
        self.open(None, None).unwrap()
    }

    fn refused(&self) -> String {
        self.open(None, None).err().unwrap()
    }

    /// Signs `message`, and leaves openssl all that it needs to check it.
    async fn sign(&self, signer: &KeySigner, algorithm: Algorithm) {
        let signature = signer.sign(algorithm, b"message").await.unwrap();
        self.write("message", b"message");
        self.write("signature", signature);
        self.write("pub.pem", signer.public_key_pem().unwrap());
    }
}

#[tokio::test]
async fn openssl_accepts_ed25519() {
    let keys = Keys::made(ED25519);
    let signer = keys.signer();
    keys.sign(&signer, Algorithm::EdDsa).await;
    keys.openssl("pkeyutl -verify -pubin -inkey pub.pem -rawin -in message -sigfile signature");
    assert!(signer.sign(Algorithm::Es256, b"message").await.is_err());
}

#[tokio::test]
async fn openssl_accepts_rsa() {
    let keys = Keys::made(RSA);
    let signer = keys.signer();
    let digest = "dgst -sha256 -verify pub.pem -signature signature";
    keys.sign(&signer, Algorithm::Rs256).await;
    keys.openssl(&format!("{digest} message"));
    keys.sign(&signer, Algorithm::Ps256).await;
    keys.openssl(&format!(
        "{digest} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest message"
    ));
}

#[tokio::test]
async fn openssl_makes_the_same_mac() {
    let keys = Keys::none();
    // A line end after the secret is not part of it.
    keys.write("key.pem", "0123456789abcdef0123456789abcdef\n");
    let signer = keys.open(None, Some(Algorithm::Hs256)).unwrap();
    assert_eq!(signer.algorithms(), [Algorithm::Hs256]);
    assert_eq!(signer.public_key_pem(), None);
    keys.write("message", "message");
    let told = keys
        .openssl("dgst -sha256 -mac HMAC -macopt key:0123456789abcdef0123456789abcdef -r message");
    let signature = signer.sign(Algorithm::Hs256, b"message").await.unwrap();
    assert_eq!(
        told.split(' ').next().unwrap(),
        crate::hex::encode(&signature)
    );
}

#[tokio::test]
async fn a_secret_of_bytes_is_taken_whole() {
    let keys = Keys::none();
    let mut bytes = [0xe1; 32];
    bytes[31] = b'\n';
    keys.write("key.pem", bytes);
    keys.write("message", "message");
    let signer = keys.open(None, Some(Algorithm::Hs256)).unwrap();
    let hex = crate::hex::encode(&bytes);
    let told = keys.openssl(&format!(
        "dgst -sha256 -mac HMAC -macopt hexkey:{hex} -r message"
    ));
    let signature = signer.sign(Algorithm::Hs256, b"message").await.unwrap();
    assert_eq!(
        told.split(' ').next().unwrap(),
        crate::hex::encode(&signature)
    );
}

#[test]
fn a_short_secret_is_refused() {
    let keys = Keys::none();
    keys.write("key.pem", "0123456789abcdef0123456789abcde\n");
    let told = keys.open(None, Some(Algorithm::Hs256)).err().unwrap();
    assert!(told.contains("31 bytes, expected 32"), "{told}");
}

#[tokio::test]
async fn p256_signatures_are_r_and_s() {
    let signer = Keys::made(P256).signer();
    assert_eq!(signer.algorithms(), [Algorithm::Es256]);
    let signature = signer.sign(Algorithm::Es256, b"m").await.unwrap();
    assert_eq!(signature.len(), 64);
}

#[test]
fn the_fingerprint_is_that_of_the_spki() {
    for how in [ED25519, P256, RSA] {
        let keys = Keys::made(how);
        keys.openssl("pkey -in key.pem -pubout -outform DER -out spki");
        let digest = keys.openssl("dgst -sha256 -r spki");
        assert_eq!(digest.split(' ').next(), Some(&*keys.signer().fingerprint));
    }
}

#[tokio::test]
async fn keys_of_every_kind_are_tried_out() {
    for how in [ED25519, P256, RSA] {
        Keys::made(how).signer().try_out(b"probe").await.unwrap();
    }
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let refused = Keys::made("-algorithm x25519").refused();
    assert!(refused.contains("no known kind"), "{refused}");
    let refused = Keys::made("-algorithm rsa -pkeyopt rsa_keygen_bits:4096").refused();
    assert!(refused.contains("4096 bits"), "{refused}");
}

#[test]
fn one_algorithm_of_a_key_can_be_chosen() {
    let keys = Keys::made(RSA);
    let signer = keys.open(None, Some(Algorithm::Ps256)).unwrap();
    assert_eq!(signer.algorithms(), [Algorithm::Ps256]);
    let told = keys.open(None, Some(Algorithm::EdDsa)).err().unwrap();
    assert!(
        told.contains("signs with RS256, PS256, not with EdDSA"),
        "{told}"
    );
}

/// As openssl encrypts by itself, and as it does when told to.
#[test]
fn keys_under_a_passphrase_are_opened() {
    let keys = Keys::made(ED25519);
    let fingerprint = keys.signer().fingerprint;
    keys.write("pass", format!("{PASSPHRASE}\n"));
    std::fs::rename(keys.folder().join("key.pem"), keys.folder().join("plain")).unwrap();
    for how in ["-v2 aes-256-cbc", "-v2 aes-128-cbc -iter 9", "-scrypt"] {
        keys.openssl(&format!(
            "pkcs8 -topk8 -in plain -out key.pem -passout file:pass {how}"
        ));
        let signer = keys.open(Some("pass"), None).unwrap();
        assert_eq!(signer.fingerprint, fingerprint, "{how}");
    }
}

#[test]
fn what_is_wrong_with_a_passphrase_is_told_without_it() {
    let keys = Keys::made(ED25519);
    keys.write("pass", PASSPHRASE);
    keys.write("wrong", "wrong horse");
    let told = keys.open(Some("pass"), None).err().unwrap();
    assert!(told.contains("is not encrypted"), "{told}");
    let encrypt = "pkcs8 -topk8 -in key.pem -out new.pem -passout file:pass";
    keys.openssl(encrypt);
    std::fs::rename(keys.folder().join("new.pem"), keys.folder().join("key.pem")).unwrap();
    let refused = keys.refused();
    assert!(refused.contains("by passphrase_file"), "{refused}");
    let told = keys.open(Some("wrong"), None).err().unwrap();
    assert!(told.contains("the passphrase is wrong"), "{told}");
    assert!(!told.contains("horse"), "{told}");
    let told = keys.open(Some("absent"), None).err().unwrap();
    assert!(told.contains("absent cannot be read"), "{told}");
}

#[test]
fn old_encryption_is_refused_with_what_to_do() {
    let keys = Keys::made(ED25519);
    keys.write("pass", PASSPHRASE);
    let old = "pkcs8 -topk8 -in key.pem -out new.pem -passout file:pass -v1 PBE-SHA1-3DES";
    keys.openssl(old);
    std::fs::rename(keys.folder().join("new.pem"), keys.folder().join("key.pem")).unwrap();
    let told = keys.open(Some("pass"), None).err().unwrap();
    assert!(told.contains("openssl pkcs8 -topk8 -v2"), "{told}");
}
