//! The little of PEM that keys need.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::LoadError;

const LINE: usize = 64;

/// The bytes of an unencrypted PKCS#8 private key.
pub(super) fn private_key(text: &str) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    let start = text
        .find("-----BEGIN ")
        .ok_or_else(|| LoadError::new("the key file is no PEM file"))?;
    let (label, rest) = text[start + 11..]
        .split_once("-----")
        .ok_or_else(|| LoadError::new("the key file is cut off"))?;
    check_label(label)?;
    let (body, _) = rest
        .split_once("-----END PRIVATE KEY-----")
        .ok_or_else(|| LoadError::new("the key file is cut off"))?;
    let compact: Zeroizing<String> =
        Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    STANDARD
        .decode(compact.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| LoadError::new("the key file is damaged: its text is not base64"))
}

fn check_label(label: &str) -> Result<(), LoadError> {
    match label {
        "PRIVATE KEY" => Ok(()),
        "ENCRYPTED PRIVATE KEY" => Err(LoadError::new(
            "the key file is encrypted, which is not supported: decrypt it with openssl pkcs8 and \
             protect it by its file mode",
        )),
        "EC PRIVATE KEY" | "RSA PRIVATE KEY" => Err(LoadError::new(format!(
            "the key file holds a {label}, expected PKCS#8: convert it with openssl pkcs8 -topk8 \
             -nocrypt"
        ))),
        _ => Err(LoadError::new(
            "the key file holds no private key, expected PKCS#8 (BEGIN PRIVATE KEY)",
        )),
    }
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
        assert_eq!(*private_key(&text).unwrap(), der);
    }

    #[test]
    fn says_what_to_do_with_other_files() {
        let message = |text: &str| private_key(text).unwrap_err().to_string();
        assert!(message("").contains("no PEM"));
        assert!(message(&encode("RSA PRIVATE KEY", b"x")).contains("-topk8"));
        assert!(message(&encode("ENCRYPTED PRIVATE KEY", b"x")).contains("decrypt"));
        assert!(message("-----BEGIN PRIVATE KEY-----\nAAAA").contains("cut off"));
        assert!(
            message("-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----").contains("base64")
        );
    }
}
