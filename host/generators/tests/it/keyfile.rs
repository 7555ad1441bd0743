//! The example in Python: whatever was asked before, and in whichever process, byte for byte the
//! same.

use std::path::{Path, PathBuf};

use lds_domain::Code;
use lds_domain::attribute::Attribute;
use lds_domain::generator::{GeneratorState, HostParts};
use lds_domain::ports::Generators as _;
use lds_generators::inspect::{check, sample};
use lds_generators::{CallStatus, LoadedFile};
use lds_plugin_api::Op;

use crate::kit::{GENERATE, runtime};
use crate::server::{Server, request};

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/keyfile")
}

async fn open() -> LoadedFile {
    runtime().open_file(&package(), None).await.unwrap()
}

#[tokio::test]
async fn it_passes_the_examination() {
    let findings = check(&runtime(), &package()).await;
    assert_eq!(findings.len(), 3, "{findings:?}");
    for finding in &findings {
        assert!(finding.outcome.is_ok(), "{finding:?}");
    }
    let purity = findings[2].outcome.clone().unwrap();
    assert!(purity.starts_with("603 requests twice"), "{purity}");
}

#[tokio::test]
async fn other_processes_give_the_same_bytes() {
    let (one, other) = (open().await, open().await);
    let described = one.describe().await.unwrap();
    assert_eq!(described.domain.version, "1.0.0");
    for op in [Op::Generate, Op::Validate, Op::Host] {
        let input = sample(&described, op).unwrap().unwrap();
        let answer = one.call(op.number(), &input).await;
        assert_eq!(answer.status, CallStatus::Ok, "{op}: {answer:?}");
        let again = other.call(op.number(), &input).await;
        assert_eq!(again.output, answer.output, "{op}");
    }
}

#[tokio::test]
async fn a_line_break_is_refused() {
    let plugin = open().await;
    let described = plugin.describe().await.unwrap();
    let input = sample(&described, Op::Generate).unwrap().unwrap();
    let input = String::from_utf8(input).unwrap();
    let forged = input.replace("Müller GmbH", r"Müller\nFEATURE all");
    let outcome = plugin.call(GENERATE, forged.as_bytes()).await;
    assert_eq!(outcome.status, CallStatus::Rejected);
}

/// A server with the example in service.
fn server() -> Server {
    let package = package().canonicalize().unwrap();
    Server::new(&format!(
        "[plugin_policy]\nprocess = 'off'\n[plugins.keyfile]\npackage = '{}'\ngrants = {{ 'sign:main' = 'default' }}\n\
         settings = {{ issuer = 'Acme' }}\n",
        package.display()
    ))
}

#[tokio::test]
async fn it_serves_and_its_texts_are_signed() {
    let server = server();
    let info = server.listed("keyfile").await;
    assert_eq!(
        (info.state, &*info.kind),
        (GeneratorState::Ready, "PROCESS")
    );
    let mut request = request();
    let issuer = lds_domain::generator::Value::Text("Acme".into());
    request.settings = vec![("issuer".into(), issuer)];
    let made = server
        .start()
        .await
        .generate("keyfile", &request)
        .await
        .unwrap();
    let text = made.files[0].text().unwrap();
    assert!(
        text.contains("ISSUER Acme\nPRODUCT cad\nLICENSEE Müller GmbH\n"),
        "{text}"
    );
    assert!(
        text.contains("SIGNATURE ") && !text.contains("SIG-"),
        "{text}"
    );
}

#[tokio::test]
async fn it_composes_host_values() {
    let generators = server().start().await;
    let part = |name: &str, value: &str| Attribute {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let parts = |slot: &str| HostParts {
        host_type: "RACK".to_owned(),
        attributes: vec![part("rack", "ulm"), part("slot", slot)],
    };
    let composed = generators.compose("keyfile", &parts("7")).await.unwrap();
    assert_eq!(composed.as_deref(), Some("ulm-7"));
    let refused = generators
        .compose("keyfile", &parts("49"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::InvalidRequest);
}

/// A package that was changed after it was made, in one of these ways.
#[tokio::test]
async fn packages_that_do_not_fit_are_told() {
    for (file, from, to, told) in [
        ("keyfile.py", "ISSUER", "OWNER", "was changed"),
        ("keyfile.py", "", "", "keyfile.py is missing"),
        (
            "plugin.toml",
            "abi = \"1.0\"",
            "abi = \"2.0\"",
            "version 2.0",
        ),
        (
            "plugin.toml",
            "version = \"1.0.0\"",
            "version = \"1.0.1\"",
            "tells the version 1.0.0",
        ),
        ("plugin.toml", "kind", "kin", "unknown field `kin`"),
        ("plugin.toml", "\"process\"", "\"wasm\"", "[process]"),
        ("plugin.toml", "python3", "python99", "no program python99"),
        (
            "plugin.toml",
            "keyfile.py\" =",
            "../keyfile.py\" =",
            "out of the package",
        ),
        ("plugin.toml", "", "", "without plugin.toml"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for name in ["plugin.toml", "keyfile.py"] {
            let text = std::fs::read_to_string(package().join(name)).unwrap();
            let changed = if name == file {
                text.replace(from, to)
            } else {
                text
            };
            if name != file || !from.is_empty() {
                std::fs::write(folder.path().join(name), changed).unwrap();
            }
        }
        let config = format!(
            "[plugin_policy]\nprocess = 'off'\n[plugins.keyfile]\npackage = '{}'\n",
            folder.path().display()
        );
        let reason = Server::new(&config).failure("keyfile").await;
        assert!(reason.contains(told), "{file}: {reason}");
    }
}
