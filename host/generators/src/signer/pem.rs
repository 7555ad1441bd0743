//! The little of PEM that keys need.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pkcs8::EncryptedPrivateKeyInfoRef;
use zeroize::Zeroizing;

use crate::error::LoadError;

const LINE: usize = 64;

const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// The bytes of a PKCS#8 private key, decrypted where it is encrypted.
pub(super) fn private_key(
    text: &[u8],
    passphrase: Option<&[u8]>,
) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    let text = std::str::from_utf8(text).map_err(|_| no_pem())?;
    let (_, text) = text.split_once("-----BEGIN ").ok_or_else(no_pem)?;
    let (label, rest) = text.split_once("-----").ok_or_else(cut_off)?;
    check_label(label)?;
    let (body, _) = rest
        .split_once(&format!("-----END {label}-----"))
        .ok_or_else(cut_off)?;
    let der = decode(body)?;
    match (label == ENCRYPTED, passphrase) {
        (false, None) => Ok(der),
        (true, Some(passphrase)) => decrypt(&der, passphrase),
        (true, None) => Err(LoadError::new(
            "the key file is encrypted: name the file with its passphrase by passphrase_file",
        )),
        (false, Some(_)) => Err(LoadError::new(
            "the key file is not encrypted: encrypt it with openssl pkcs8 -topk8, or take \
             passphrase_file out",
        )),
    }
}

fn check_label(label: &str) -> Result<(), LoadError> {
    match label {
        PLAIN | ENCRYPTED => Ok(()),
        "EC PRIVATE KEY" | "RSA PRIVATE KEY" => Err(LoadError::new(format!(
            "the key file holds a {label}, expected PKCS#8: convert it with openssl pkcs8 -topk8 \
             -nocrypt"
        ))),
        _ => Err(LoadError::new(
            "the key file holds no private key, expected PKCS#8 (BEGIN PRIVATE KEY)",
        )),
    }
}

/// Base64 with white space. Room for all comes first: what grows leaves copies behind.
fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    let mut compact = Zeroizing::new(Vec::with_capacity(body.len()));
    compact.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    STANDARD
        .decode(&*compact)
        .map(Zeroizing::new)
        .map_err(|_| LoadError::new("the key file is damaged: its text is not base64"))
}

fn decrypt(der: &[u8], passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    let key = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| {
        LoadError::new(
            "the key file is damaged or encrypted in a way that is not known, expected PBES2 with \
             AES: write it anew with openssl pkcs8 -topk8 -v2 aes-256-cbc",
        )
    })?;
    // What the library says of the cause is left out: it could tell of the key.
    let key = key
        .decrypt(passphrase)
        .map_err(|_| LoadError::new("the passphrase is wrong, or the key file is damaged"))?;
    Ok(Zeroizing::new(key.as_bytes().to_vec()))
}

fn no_pem() -> LoadError {
    LoadError::new("the key file is no PEM file")
}

fn cut_off() -> LoadError {
    LoadError::new("the key file is cut off")
}

/// A PEM text of these bytes.
pub(super) fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(format!("-----BEGIN {label}-----\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::{encode, private_key};

    #[test]
    fn reads_what_it_writes() {
        let der: Vec<u8> = (0..=255).collect();
        let text = encode("PRIVATE KEY", &der);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(*private_key(text.as_bytes(), None).unwrap(), der);
    }

    #[test]
    fn says_what_to_do_with_other_files() {
        let message = |text: &str| private_key(text.as_bytes(), None).unwrap_err().to_string();
        assert!(message("").contains("no PEM"));
        assert!(message(&encode("RSA PRIVATE KEY", b"x")).contains("-topk8"));
        assert!(message(&encode("ENCRYPTED PRIVATE KEY", b"x")).contains("passphrase_file"));
        assert!(message("-----BEGIN PRIVATE KEY-----\nAAAA").contains("cut off"));
        assert!(
            message("-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----").contains("base64")
        );
    }
}
