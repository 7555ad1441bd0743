//! The `SubjectPublicKeyInfo` of a key, made of what a token tells of it.

use crate::signer::KeyKind;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// `rsaEncryption` with its NULL.
const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
/// `id-ecPublicKey`.
const EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
/// `prime256v1`.
const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// `id-Ed25519`.
const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
/// The name that tokens give the curve where they don't give its number.
const EDWARDS25519: &[u8] = b"\x13\x0cedwards25519";

/// Of an RSA key, in big endian.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<(KeyKind, Vec<u8>), String> {
    let digits = significant(modulus);
    if !matches!(digits.len(), 256 | 384) {
        let bits = digits.len() * 8;
        return Err(format!(
            "the RSA key has {bits} bits, expected 2048 or 3072"
        ));
    }
    let key = tlv(
        SEQUENCE,
        &[integer(digits), integer(significant(exponent))].concat(),
    );
    Ok((KeyKind::Rsa, info(RSA, &key)))
}

/// Of a key on a curve, with the token's `CKA_EC_PARAMS` and `CKA_EC_POINT`.
pub(super) fn curve(params: &[u8], point: &[u8]) -> Result<(KeyKind, Vec<u8>), String> {
    if params == P256 {
        let point = unwrap(point, 65)?;
        return Ok((KeyKind::P256, info(&[EC, P256].concat(), point)));
    }
    if params == ED25519 || params == EDWARDS25519 {
        return Ok((KeyKind::Ed25519, info(ED25519, unwrap(point, 32)?)));
    }
    Err("the key is on another curve, expected P-256 or Ed25519".into())
}

/// The point, which some tokens put into an OCTET STRING and some do not.
fn unwrap(point: &[u8], len: u8) -> Result<&[u8], String> {
    match point {
        bare if bare.len() == usize::from(len) => Ok(bare),
        [OCTET_STRING, inner, bare @ ..] if *inner == len && bare.len() == usize::from(len) => {
            Ok(bare)
        }
        _ => Err("the token tells a public key of another length than its curve has".into()),
    }
}

fn info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = [&[0], key].concat();
    let parts = [tlv(SEQUENCE, algorithm), tlv(BIT_STRING, &bits)];
    tlv(SEQUENCE, &parts.concat())
}

/// A positive INTEGER.
fn integer(digits: &[u8]) -> Vec<u8> {
    match digits.first() {
        Some(0x80..) | None => tlv(INTEGER, &[&[0], digits].concat()),
        Some(_) => tlv(INTEGER, digits),
    }
}

fn significant(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != 0);
    &bytes[start.unwrap_or(bytes.len())..]
}

/// Tag, length, value.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let len = value.len().to_be_bytes();
    let digits = significant(&len);
    let mut out = vec![tag];
    if let Ok(short @ ..0x80) = u8::try_from(value.len()) {
        out.push(short);
    } else {
        // A length of at most eight digits.
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(value);
    out
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::{KeyKind, P256, curve, rsa};

    /// Makes a key, and gives its SPKI as openssl writes it.
    fn openssl(how: &str) -> Vec<u8> {
        let script =
            format!("openssl genpkey {how} | openssl pkey -pubout -outform DER | base64 -w0");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        STANDARD.decode(output.stdout).unwrap()
    }

    #[test]
    fn openssl_writes_the_same() {
        let expected = openssl("-algorithm ed25519");
        let point = &expected[expected.len() - 32..];
        assert_eq!(
            curve(super::ED25519, point),
            Ok((KeyKind::Ed25519, expected.clone()))
        );
        let expected = openssl("-algorithm ec -pkeyopt ec_paramgen_curve:P-256");
        let point = [&[4, 65], &expected[expected.len() - 65..]].concat();
        assert_eq!(curve(P256, &point), Ok((KeyKind::P256, expected.clone())));
        for bits in [2048, 3072] {
            let expected = openssl(&format!("-algorithm rsa -pkeyopt rsa_keygen_bits:{bits}"));
            let modulus = &expected[expected.len() - 5 - bits / 8..expected.len() - 5];
            assert_eq!(
                rsa(modulus, &[1, 0, 1]),
                Ok((KeyKind::Rsa, expected.clone()))
            );
        }
    }

    #[test]
    fn what_is_no_key_of_ours_is_refused() {
        assert!(curve(b"\x06\x05\x2b\x81\x04\x00\x22", &[4; 97]).is_err());
        assert!(curve(P256, &[4; 64]).is_err());
        assert!(rsa(&[0x80; 512], &[1, 0, 1]).is_err());
        assert!(rsa(&[], &[]).is_err());
    }
}
