//! Keys in a token: SoftHSM holds them, and openssl alone accepts what they signed.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lds_domain::ports::Generators as _;
use lds_domain::{Code, Error};
use lds_generators::{Generators, WorkerProgram};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

use crate::kit::c;
use crate::paper::{GENERATE, Paper, description_with, result_with};
use crate::server::{Server, request};
use crate::token::{openssl, take_apart, to_der};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "271828";

const ED25519: &str = "-algorithm ed25519";
const P256: &str = "-algorithm ec -pkeyopt ec_paramgen_curve:P-256";
const RSA: &str = "-algorithm rsa -pkeyopt rsa_keygen_bits:2048";

/// A folder with a token of the label `vendor`, and a worker program of a name of its own.
struct Token(TempDir);

impl Token {
    fn new() -> Self {
        let token = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(token.tokens()).unwrap();
        let config = format!("directories.tokendir = {}\n", token.tokens().display());
        std::fs::write(token.config(), config).unwrap();
        symlink(env!("CARGO_BIN_EXE_lds-generator-worker"), token.worker()).unwrap();
        std::fs::write(token.pin(), format!("{PIN}\n")).unwrap();
        token.init();
        token
    }

    /// With one key that openssl made, of this label.
    fn with(self, how: &str, label: &str) -> Self {
        openssl(self.folder(), &format!("genpkey {how} -out {label}.pem"));
        let key = self.folder().join(format!("{label}.pem"));
        self.util(&format!(
            "--import {} --token vendor --label {label} --id 0a --pin {PIN}",
            key.display()
        ));
        self
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn tokens(&self) -> PathBuf {
        self.folder().join("tokens")
    }

    fn config(&self) -> PathBuf {
        self.folder().join("softhsm2.conf")
    }

    fn worker(&self) -> PathBuf {
        self.folder().join("worker")
    }

    fn pin(&self) -> PathBuf {
        self.folder().join("pin")
    }

    fn init(&self) {
        self.util(&format!(
            "--init-token --free --label vendor --so-pin 314159 --pin {PIN}"
        ));
    }

    fn util(&self, args: &str) {
        let output = Command::new("softhsm2-util")
            .args(args.split(' '))
            .env("SOFTHSM2_CONF", self.config())
            .output()
            .expect("the command softhsm2-util is missing: install softhsm2");
        assert!(output.status.success(), "softhsm2-util {args}: {output:?}");
    }

    /// A server whose plugin `token` is granted the key of this label.
    fn server(&self, label: &str, more: &str) -> Server {
        let variable = format!("SOFTHSM2_CONF={}", self.config().display());
        let words = [variable.into(), self.worker().into()];
        let server = Server::new(&format!(
            "[plugins.token]\ngrants = {{ 'sign:default' = 'hsm' }}\n\
             [signers.hsm]\nkind = 'pkcs11'\nmodule = '{MODULE}'\ntoken = 'vendor'\n\
             key_label = '{label}'\nkey_id = '0A'\npin_file = '{}'\n{more}\n",
            self.pin().display()
        ));
        server.with_worker(WorkerProgram::new("/usr/bin/env", words))
    }

    /// The processes that hold a session.
    fn sessions(&self) -> Vec<Pid> {
        let of_ours = |pid: &i32| {
            let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
            line.is_ok_and(|line| line.starts_with(&*self.worker().to_string_lossy()))
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        numbers.filter(of_ours).filter_map(Pid::from_raw).collect()
    }

    fn kill_sessions(&self) {
        let sessions = self.sessions();
        assert!(!sessions.is_empty(), "there is no session");
        for pid in sessions {
            kill_process(pid, Signal::KILL).unwrap();
        }
    }
}

async fn sign(generators: &Generators) -> Result<String, Error> {
    let made = generators.generate("token", &request()).await?;
    Ok(made.signers[0].fingerprint.clone())
}

async fn refused(generators: &Generators) -> String {
    let error = sign(generators).await.expect_err("it was signed");
    assert_eq!(error.code, Code::SignerFailed);
    error.internal.expect("a cause")
}

/// Signs a token, and has openssl check it with the public key that openssl made.
async fn round_trip(how: &str, algorithm: &str, check: &str) {
    let token = Token::new().with(how, "key");
    let made = token.server("key", "").generate("token").await.unwrap();
    let folder = token.folder();
    let (header, _) = take_apart(&made, folder);
    assert_eq!(header["alg"], algorithm);
    assert_eq!(made.signers[0].name, "hsm");
    if algorithm == "ES256" {
        let raw = std::fs::read(folder.join("signature")).unwrap();
        std::fs::write(folder.join("signature"), to_der(&raw)).unwrap();
    }
    openssl(folder, "pkey -in key.pem -pubout -out pub.pem");
    openssl(folder, check);
    openssl(folder, "pkey -in key.pem -pubout -outform DER -out spki");
    openssl(folder, "dgst -sha256 -r -out digest spki");
    let digest = std::fs::read_to_string(folder.join("digest")).unwrap();
    assert_eq!(
        digest.split(' ').next(),
        Some(&*made.signers[0].fingerprint)
    );
}

#[tokio::test]
async fn openssl_accepts_what_a_token_signed() {
    let plain = "dgst -sha256 -verify pub.pem -signature signature message";
    round_trip(
        ED25519,
        "EdDSA",
        "pkeyutl -verify -pubin -inkey pub.pem -rawin -in message -sigfile signature",
    )
    .await;
    round_trip(P256, "ES256", plain).await;
    round_trip(RSA, "RS256", plain).await;
}

/// The plugin `token` does not write PS256, so another asks for it.
#[tokio::test]
async fn openssl_accepts_pss_of_a_token() {
    let token = Token::new().with(RSA, "key");
    let slot = json!({
        "file": "license.txt", "placeholder": "SIG-0123", "signer": "main", "algorithm": "PS256",
        "message": {"text": "message"}, "encoding": "base64",
    });
    let result = result_with("SIG-0123", json!({"signatures": [slot]}));
    let capability = json!({"capabilities": [{"name": "sign:main", "algorithms": ["PS256"]}]});
    let paper = Paper::new(&description_with("paper", capability));
    let paper = paper.answers(GENERATE, 0, &result.to_string());
    let grant = "[plugins.paper]\ngrants = { 'sign:main' = 'hsm' }";
    let server = token.server("key", grant).with("paper.wasm", &paper);
    let made = server.generate("paper").await.unwrap();
    let signature = STANDARD.decode(made.files[0].text().unwrap()).unwrap();
    let folder = token.folder();
    std::fs::write(folder.join("signature"), signature).unwrap();
    std::fs::write(folder.join("message"), "message").unwrap();
    openssl(folder, "pkey -in key.pem -pubout -out pub.pem");
    openssl(
        folder,
        "dgst -sha256 -verify pub.pem -signature signature -sigopt rsa_padding_mode:pss -sigopt \
         rsa_pss_saltlen:digest message",
    );
}

#[tokio::test]
async fn a_session_is_kept_and_writes_no_core() {
    let token = Token::new().with(ED25519, "key");
    let generators = token.server("key", "").start().await;
    let sessions = token.sessions();
    assert_eq!(sessions.len(), 1);
    sign(&generators).await.unwrap();
    sign(&generators).await.unwrap();
    assert_eq!(token.sessions(), sessions);
    let limits = format!("/proc/{}/limits", sessions[0].as_raw_nonzero());
    let limits = std::fs::read_to_string(limits).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    assert_eq!(core.unwrap().split_whitespace().nth(4), Some("0"));
}

#[tokio::test]
async fn a_lost_session_is_replaced_unseen() {
    let token = Token::new().with(ED25519, "key");
    let generators = token.server("key", "").start().await;
    let before = sign(&generators).await.unwrap();
    token.kill_sessions();
    assert_eq!(sign(&generators).await.unwrap(), before);
}

#[tokio::test]
async fn a_token_that_was_away_is_used_again() {
    let token = Token::new().with(ED25519, "key");
    let generators = token.server("key", "").start().await;
    let away = token.folder().join("away");
    std::fs::rename(token.tokens(), &away).unwrap();
    std::fs::create_dir(token.tokens()).unwrap();
    token.kill_sessions();
    for _ in 0..2 {
        let why = refused(&generators).await;
        assert!(why.contains("there is no token vendor"), "{why}");
    }
    std::fs::remove_dir(token.tokens()).unwrap();
    std::fs::rename(away, token.tokens()).unwrap();
    sign(&generators).await.unwrap();
}

#[tokio::test]
async fn many_at_once_share_few_sessions() {
    let token = Token::new().with(ED25519, "key");
    let generators = token.server("key", "sessions = 2").start().await;
    let one = || sign(&generators);
    let all = tokio::join!(one(), one(), one(), one(), one(), one());
    for signed in [all.0, all.1, all.2, all.3, all.4, all.5] {
        signed.unwrap();
    }
    assert!((1..=2).contains(&token.sessions().len()));
}

#[tokio::test]
async fn another_key_in_its_place_signs_nothing() {
    let token = Token::new().with(ED25519, "key");
    let generators = token.server("key", "").start().await;
    std::fs::remove_dir_all(token.tokens()).unwrap();
    std::fs::create_dir(token.tokens()).unwrap();
    token.init();
    let token = token.with(ED25519, "key");
    token.kill_sessions();
    let why = refused(&generators).await;
    assert!(why.contains("another key"), "{why}");
}

/// Three wrong tries lock most tokens.
#[tokio::test]
async fn a_refused_pin_is_tried_once() {
    let token = Token::new().with(ED25519, "key");
    let generators = token.server("key", "").start().await;
    let pin = token.pin();
    std::fs::write(&pin, "999999").unwrap();
    token.kill_sessions();
    let why = refused(&generators).await;
    assert!(why.contains("refuses the PIN"), "{why}");
    assert!(!why.contains("999999"), "{why}");
    // It would succeed now, if it were tried.
    std::fs::write(&pin, PIN).unwrap();
    assert_eq!(refused(&generators).await, why);
}

#[tokio::test]
async fn what_is_missing_is_told() {
    let token = Token::new().with(ED25519, "key");
    let told = token.server("other", "").failure("token").await;
    assert!(told.contains("has no such private key"), "{told}");
    let told = token.server("key", "algorithm = 'RS256'");
    let told = told.failure("token").await;
    assert!(told.contains("signs with EdDSA, not with RS256"), "{told}");
    std::fs::remove_file(token.pin()).unwrap();
    let told = token.server("key", "").failure("token").await;
    assert!(told.contains("pin cannot be read"), "{told}");
}

/// A server with this C as the token's module.
fn server_with_module(source: &str) -> (Server, crate::kit::PluginFile) {
    let module = c(source);
    let server = Server::new(&format!(
        "[plugins.token]\ngrants = {{ 'sign:default' = 'hsm' }}\n\
         [signers.hsm]\nkind = 'pkcs11'\nmodule = '{}'\ntoken = 'vendor'\n\
         key_label = 'key'\npin_file = 'pin'\ntime_ms = 1500\n",
        module.path.display()
    ));
    (server, module)
}

#[tokio::test]
async fn a_module_that_hangs_or_crashes_costs_its_process() {
    for (source, expected) in [
        (
            "int C_GetFunctionList(void *p) { for (;;) ; }",
            "longer than 1500 ms",
        ),
        (
            "int C_GetFunctionList(void *p) { __builtin_trap(); }",
            "process ended",
        ),
        ("int unrelated;", "cannot be loaded"),
    ] {
        let (server, _module) = server_with_module(source);
        let told = server.failure("token").await;
        assert!(told.contains(expected), "{told}");
    }
}
