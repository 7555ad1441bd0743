//! What becomes of results: checks, signatures, seals, and each failure as the
//! domain's error.

use lds_domain::generator::Generated;
use lds_domain::ports::Generators as _;
use lds_domain::{Code, Error};
use serde_json::{Value, json};

use crate::paper::{GENERATE, Paper, VALIDATE, VERIFY, description_with, result_with};
use crate::server::{Server, request};

const SLOT: &str = "SIG-0123";

/// A plugin with a key and a kit; the kit is a shell script.
fn server(paper: &Paper, script: &str) -> Server {
    let script = serde_json::to_string(script).unwrap();
    Server::new(&format!(
        r#"
        [plugins.paper]
        grants = {{ "sign:main" = "default", "seal:kit" = "kit" }}
        [signers.kit]
        kind = "command"
        program = "/bin/sh"
        args = ["-c", {script}, "kit", "{{in}}"]
        time_ms = 2000
        "#
    ))
    .with("paper.wasm", paper)
}

fn paper() -> Paper {
    Paper::new(&description_with(
        "paper",
        json!({
            "ops": ["DESCRIBE", "GENERATE", "VALIDATE", "VERIFY"],
            "capabilities": [{"name": "sign:main"}, {"name": "seal:kit"}],
        }),
    ))
    .answers(VERIFY, 0, r#"{"schema":1,"same":true}"#)
}

fn gives(result: &Value) -> Paper {
    paper().answers(GENERATE, 0, &result.to_string())
}

fn slot(change: Value) -> Value {
    let mut slot = json!({
        "file": "license.txt", "placeholder": SLOT, "signer": "main", "algorithm": "EdDSA",
        "message": {"text": "message"}, "encoding": "hex",
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut slot, change) {
        all.extend(more);
    }
    slot
}

async fn made(paper: &Paper, script: &str) -> Generated {
    server(paper, script).generate("paper").await.unwrap()
}

async fn error(paper: &Paper, script: &str) -> Error {
    server(paper, script).error("paper").await
}

#[tokio::test]
async fn a_plain_result_is_handed_out_as_it_is() {
    let made = made(&gives(&result_with("Grüße\n", json!({}))), "").await;
    assert_eq!(made.files.len(), 1);
    assert_eq!(made.files[0].name, "license.txt");
    assert_eq!(&*made.files[0].bytes, "Grüße\n".as_bytes());
    assert_eq!(made.generator.name, "paper");
    assert_eq!(made.generator.version, "1.0.0");
    assert!(made.signers.is_empty());
    let document: Value = serde_json::from_slice(&made.document).unwrap();
    assert_eq!(document["now"], "2026-11-24T23:31:13Z");
    assert_eq!(document["settings"], json!({"vendor": "acmed"}));
    assert_eq!(document["seed"], "5a".repeat(32));
    assert_eq!(document["grants"][0], json!({"name": "seal:kit"}));
    assert_eq!(document["grants"][1]["algorithm"], "EdDSA");
    assert!(document.get("orderId").is_none());
}

#[tokio::test]
async fn a_signature_takes_the_place_of_its_placeholder() {
    let text = format!("a {SLOT} b SIG-9876 c");
    let second = slot(json!({"placeholder": "SIG-9876", "encoding": "base64url"}));
    let signed = gives(&result_with(
        &text,
        json!({"signatures": [slot(json!({})), second]}),
    ));
    let made = made(&signed, "").await;
    let text = made.files[0].text().unwrap().to_owned();
    let parts: Vec<_> = text.split(' ').collect();
    let ["a", hex, "b", base64url, "c"] = parts.as_slice() else {
        panic!("{text}");
    };
    assert_eq!((hex.len(), base64url.len()), (128, 86));
    assert_eq!(made.signers.len(), 1);
    assert_eq!(made.signers[0].name, "default");
    assert_eq!(made.signers[0].algorithm, "EdDSA");
}

#[tokio::test]
async fn a_raw_signature_goes_into_a_binary_file() {
    let result = json!({
        "schema": 1,
        "files": [{"name": "license.txt", "mediaType": "application/octet-stream",
                   "base64": "AFNJRy0wMTIz/w=="}],
        "signatures": [slot(json!({"encoding": "raw"}))],
    });
    let made = made(&gives(&result), "").await;
    let bytes = &made.files[0].bytes;
    assert_eq!((bytes.len(), bytes[0], bytes[65]), (66, 0, 255));
}

#[tokio::test]
async fn a_dry_run_calls_no_signer() {
    let result = result_with(SLOT, json!({"signatures": [slot(json!({}))]}));
    let mut dry = request();
    dry.dry_run = true;
    let generators = server(&gives(&result), "").start().await;
    let made = generators.generate("paper", &dry).await.unwrap();
    assert_eq!(&*made.files[0].bytes, SLOT.as_bytes());
    assert!(made.signers.is_empty());
    let sealed = result_with(
        "x",
        json!({"seals": [{"file": "license.txt", "signer": "kit"}]}),
    );
    let generators = server(&gives(&sealed), "exit 1").start().await;
    assert!(generators.generate("paper", &dry).await.is_ok());
}

#[tokio::test]
async fn results_that_break_a_rule_are_not_handed_out() {
    let signed = |change: Value| result_with(SLOT, json!({"signatures": [slot(change)]}));
    let seventeen: Vec<_> = (0..17).map(|_| slot(json!({}))).collect();
    let seal = json!({"file": "license.txt", "signer": "kit"});
    for (result, part) in [
        (json!({"schema": 1}), "0 files"),
        (result_with("x", json!({"schema": 2})), "schema is 2"),
        (signed(json!({"file": "ghost"})), "not there"),
        (signed(json!({"placeholder": "SIG-9999"})), "does not stand"),
        (signed(json!({"placeholder": "SIG"})), "8 to 128"),
        (signed(json!({"encoding": "raw"})), "raw"),
        (signed(json!({"algorithm": "RS256"})), "RS256"),
        (signed(json!({"message": {}})), "either text or base64"),
        (signed(json!({"encoding": "morse"})), "morse"),
        (signed(json!({"signer": "ghost"})), "NOT_GRANTED"),
        (result_with(SLOT, json!({"signatures": seventeen})), "16"),
        (
            result_with(
                SLOT,
                json!({"signatures": [slot(json!({})), slot(json!({}))]}),
            ),
            "overlap",
        ),
        (
            result_with(&SLOT.repeat(2), json!({"signatures": [slot(json!({}))]})),
            "more than once",
        ),
        (
            result_with(
                "x",
                json!({"seals": [{"file": "license.txt", "signer": "ghost"}]}),
            ),
            "NOT_GRANTED",
        ),
        (result_with("x", json!({"seals": [seal, seal]})), "twice"),
        (
            result_with(
                SLOT,
                json!({"seals": [seal], "signatures": [slot(json!({}))]}),
            ),
            "slots",
        ),
        (
            result_with("x", json!({"warnings": [{"code": "no", "message": "No."}]})),
            "form",
        ),
    ] {
        let error = error(&gives(&result), "true").await;
        assert_eq!(error.code, Code::GeneratorFailed);
        let log = error.internal.unwrap();
        assert!(log.contains(part), "{log}");
        assert!(log.contains("BAD_OUTPUT") || part == "NOT_GRANTED", "{log}");
    }
}

#[tokio::test]
async fn bad_documents_are_not_handed_out() {
    let good = result_with("x", json!({})).to_string();
    for bad in [
        "",
        "hello",
        "{}{}",
        &good.replacen('{', "{\"schema\":1,", 1),
        &good.replace("\"x\"", "\"\\ud800\""),
        &good.replacen(
            '{',
            &format!("{{\"deep\":{},", "[".repeat(17) + &"]".repeat(17)),
            1,
        ),
    ] {
        let error = error(&paper().answers(GENERATE, 0, bad), "").await;
        assert_eq!(error.code, Code::GeneratorFailed, "{bad}");
        assert!(error.internal.unwrap().contains("BAD_OUTPUT"), "{bad}");
    }
}

#[tokio::test]
async fn the_vendors_no_reaches_the_user() {
    let no = r#"{"schema":1,"code":"TWO_SERVERS","message":"One or three.","field":"/hosts"}"#;
    let refused = error(&paper().answers(GENERATE, 1, no), "").await;
    assert_eq!(refused.code, Code::GeneratorRejected);
    assert_eq!(refused.message, "One or three.");
    assert!(!refused.retryable());
    let shout = no.replace("One or three.", "two\\nlines");
    let refused = error(&paper().answers(GENERATE, 1, &shout), "").await;
    assert_eq!(refused.code, Code::GeneratorFailed);
}

#[tokio::test]
async fn own_failures_stay_in_the_log() {
    let words = r#"{"schema":1,"code":"BROKEN","message":"secret"}"#;
    for (status, name) in [
        (2, "INPUT"),
        (3, "INTERNAL"),
        (4, "UNSUPPORTED"),
        (9, "BAD_OUTPUT"),
    ] {
        let failed = error(&paper().answers(GENERATE, status, words), "").await;
        assert_eq!(failed.code, Code::GeneratorFailed);
        assert!(!failed.message.contains("secret"));
        assert!(failed.internal.unwrap().contains(name));
    }
}

#[tokio::test]
async fn a_seal_replaces_the_file() {
    let sealed = gives(&result_with(
        "SIGN=0\n",
        json!({"seals": [{"file": "license.txt", "signer": "kit"}]}),
    ));
    let made = made(&sealed, r#"/bin/sed -i s/=0/=1F/ "$1""#).await;
    assert_eq!(made.files[0].text(), Some("SIGN=1F\n"));
    assert_eq!(made.signers[0].algorithm, "command");
    assert_eq!(made.signers[0].fingerprint.len(), 64);
}

#[tokio::test]
async fn a_signing_program_that_is_missing_is_told() {
    let sealed = gives(&result_with(
        "SIGN=0\n",
        json!({"seals": [{"file": "license.txt", "signer": "kit"}]}),
    ));
    let server = Server::new(
        "[plugins.paper]\ngrants = { 'sign:main' = 'default', 'seal:kit' = 'kit' }\n\
         [signers.kit]\nkind = 'command'\nprogram = '/opt/kit/lmcrypt'",
    )
    .with("paper.wasm", &sealed);
    let failed = server.error("paper").await;
    assert_eq!(failed.code, Code::SignerFailed);
    assert!(failed.internal.unwrap().contains("/opt/kit/lmcrypt"));
}

#[tokio::test]
async fn a_seal_that_fails_or_changes_the_meaning_is_not_handed_out() {
    let sealed = gives(&result_with(
        "SIGN=0\n",
        json!({"seals": [{"file": "license.txt", "signer": "kit"}]}),
    ));
    let differs = r#"{"schema":1,"same":false,"differences":["count is 9"]}"#;
    for (paper, script, part) in [
        (sealed.clone(), "exit 3", "exit status: 3"),
        (sealed.clone(), "kill -9 $$", "signal: 9"),
        (sealed.clone(), ": > \"$1\"", "empty"),
        (sealed.clone(), "while :; do :; done", "longer than 2000 ms"),
        (
            sealed.clone().answers(VERIFY, 0, differs),
            "true",
            "count is 9",
        ),
        (
            sealed.clone().answers(VERIFY, 3, ""),
            "true",
            "VERIFY ended with INTERNAL",
        ),
        (sealed.answers(VERIFY, 0, "{}"), "true", "BAD_OUTPUT"),
    ] {
        let failed = error(&paper, script).await;
        assert_eq!(failed.code, Code::SignerFailed);
        let log = failed.internal.unwrap();
        assert!(log.contains(part), "{log}");
    }
}

#[tokio::test]
async fn twenty_failures_in_a_row_close_a_plugin() {
    let generators = server(&paper().answers(GENERATE, 3, ""), "").start().await;
    for _ in 0..20 {
        let failed = generators.generate("paper", &request()).await.unwrap_err();
        assert_eq!(failed.code, Code::GeneratorFailed);
    }
    let closed = generators.generate("paper", &request()).await.unwrap_err();
    assert_eq!(closed.code, Code::GeneratorUnavailable);
    assert!(closed.internal.unwrap().contains("quarantine"));
}

#[tokio::test]
async fn twenty_bad_results_in_a_row_close_a_plugin_too() {
    let generators = server(&paper().answers(GENERATE, 0, "{}"), "")
        .start()
        .await;
    for _ in 0..20 {
        let failed = generators.generate("paper", &request()).await.unwrap_err();
        assert_eq!(failed.code, Code::GeneratorFailed);
    }
    let closed = generators.generate("paper", &request()).await.unwrap_err();
    assert_eq!(closed.code, Code::GeneratorUnavailable);
}

#[tokio::test]
async fn requests_beyond_the_limit_are_not_asked() {
    let generators = server(&paper(), "").start().await;
    let mut large = request();
    large.licensee = Some("x".repeat(1 << 20));
    let refused = generators.generate("paper", &large).await.unwrap_err();
    assert_eq!(refused.code, Code::LimitExceeded);
}

#[tokio::test]
async fn validate_tells_what_is_wrong() {
    use lds_domain::generator::ValidateRequest;
    let errors = r#"{"schema":1,"errors":[{"code":"FEATURE_NAME","message":"No blanks.","field":"/features/0/name"}]}"#;
    let generators = server(&paper().answers(VALIDATE, 0, errors), "")
        .start()
        .await;
    let request = request();
    let question = ValidateRequest {
        product: request.product,
        license_type: request.license_type,
        quantity: 1,
        features: request.features,
        settings: vec![],
    };
    let problems = generators.validate("paper", &question).await.unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "FEATURE_NAME");
    assert_eq!(problems[0].field.as_deref(), Some("/features/0/name"));
    let silent = Paper::new(&crate::paper::description("paper"));
    let generators = Server::new("").with("p.wasm", &silent).start().await;
    assert_eq!(generators.validate("paper", &question).await.unwrap(), []);
}
