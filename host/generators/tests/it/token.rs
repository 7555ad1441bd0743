//! The bundled plugin `token`, end to end: it works without any configuration,
//! and openssl alone accepts what it wrote.

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lds_domain::generator::{Generated, GeneratorState};
use lds_domain::ports::Generators as _;
use serde_json::Value;

use crate::server::{Server, request};

/// Runs openssl in a directory; it must succeed.
pub(crate) fn openssl(dir: &Path, args: &str) {
    let output = Command::new("openssl")
        .args(args.split(' '))
        .current_dir(dir)
        .output()
        .expect("the command openssl is missing: install openssl");
    assert!(
        output.status.success(),
        "openssl {args}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Writes what is signed to `message` and the signature to `signature`.
pub(crate) fn take_apart(made: &Generated, dir: &Path) -> (Value, Value) {
    assert_eq!(made.files.len(), 1);
    let text = made.files[0].text().unwrap();
    let (message, signature) = text.rsplit_once('.').unwrap();
    std::fs::write(dir.join("message"), message).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    std::fs::write(dir.join("signature"), signature).unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (json(header), json(claims))
}

/// An ES256 signature as openssl wants it: a SEQUENCE of two INTEGERs.
pub(crate) fn to_der(raw: &[u8]) -> Vec<u8> {
    let integer = |part: &[u8]| {
        let start = part.iter().position(|byte| *byte != 0).unwrap();
        let mut digits = part[start..].to_vec();
        if digits[0] & 0x80 != 0 {
            digits.insert(0, 0);
        }
        [&[2, u8::try_from(digits.len()).unwrap()], &digits[..]].concat()
    };
    let both = [integer(&raw[..32]), integer(&raw[32..])].concat();
    [&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat()
}

#[tokio::test]
async fn the_default_key_signs_without_any_configuration() {
    let server = Server::new("");
    let made = server.generate("token").await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (header, claims) = take_apart(&made, dir.path());
    assert_eq!(header["alg"], "EdDSA");
    assert_eq!(claims["jti"], request().license_id);
    assert_eq!(claims["hosts"][0]["value"], "001122aabbcc");
    let public = server.data_dir().join("signers/default.pub.pem");
    let check = "pkeyutl -verify -pubin -rawin -in message -sigfile signature -inkey";
    openssl(dir.path(), &format!("{check} {}", public.display()));
    assert_eq!(made.signers.len(), 1);
    assert_eq!(header["kid"], *made.signers[0].fingerprint);
    assert_eq!(made.generator.name, "token");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_text_after_a_restart() {
    let server = Server::new("");
    let first = server.generate("token").await.unwrap();
    let second = server.generate("token").await.unwrap();
    assert_eq!(first.files, second.files);
    assert_eq!(first.input_digest, second.input_digest);
}

/// A server whose token is signed by a key that openssl makes.
fn server_with_key(make: &str) -> Server {
    let server = Server::new(
        "[plugins.token]\ngrants = { 'sign:default' = 'mine' }\n\
         [signers.mine]\nkind = 'file'\nkey_file = 'mine.pem'",
    );
    openssl(server.data_dir(), &format!("genpkey {make} -out mine.pem"));
    openssl(server.data_dir(), "pkey -in mine.pem -pubout -out pub.pem");
    server
}

#[tokio::test]
async fn an_elliptic_key_signs_with_es256() {
    let server = server_with_key("-algorithm ec -pkeyopt ec_paramgen_curve:P-256");
    let made = server.generate("token").await.unwrap();
    let (header, _) = take_apart(&made, server.data_dir());
    assert_eq!(header["alg"], "ES256");
    let path = server.data_dir().join("signature");
    let raw = std::fs::read(&path).unwrap();
    assert_eq!(raw.len(), 64);
    std::fs::write(path, to_der(&raw)).unwrap();
    openssl(
        server.data_dir(),
        "dgst -sha256 -verify pub.pem -signature signature message",
    );
}

#[tokio::test]
async fn an_rsa_key_signs_with_rs256() {
    let server = server_with_key("-algorithm rsa -pkeyopt rsa_keygen_bits:3072");
    let made = server.generate("token").await.unwrap();
    let (header, _) = take_apart(&made, server.data_dir());
    assert_eq!(header["alg"], "RS256");
    openssl(
        server.data_dir(),
        "dgst -sha256 -verify pub.pem -signature signature message",
    );
}

#[tokio::test]
async fn a_preview_bears_no_signature() {
    let mut dry = request();
    dry.dry_run = true;
    let generators = Server::new("").start().await;
    let made = generators.generate("token", &dry).await.unwrap();
    let text = made.files[0].text().unwrap();
    assert!(text.contains(".SIG-"), "{text}");
    assert!(made.signers.is_empty());
}

#[tokio::test]
async fn a_key_that_is_gone_lists_it_as_failed() {
    let server = Server::new(
        "[plugins.token]\ngrants = { 'sign:default' = 'mine' }\n\
         [signers.mine]\nkind = 'file'\nkey_file = 'gone.pem'",
    );
    let info = server.listed("token").await;
    assert_eq!(info.state, GeneratorState::Failed);
    assert!(info.message.unwrap().contains("gone.pem"));
}
