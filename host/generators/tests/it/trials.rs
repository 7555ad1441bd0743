//! Tests of plugins in service: how a call ended is told, and nothing is remembered of it.

use lds_domain::command::Trial;
use lds_domain::ports::Generators as _;
use lds_domain::{Code, Error};
use lds_generators::Generators;
use serde_json::{Value, json};

use crate::paper::{GENERATE, Paper, description, result_with};
use crate::server::{Server, request};

async fn started(status: u32, output: &str) -> Generators {
    let paper = Paper::new(&description("paper")).answers(GENERATE, status, output);
    Server::new("").with("paper.wasm", &paper).start().await
}

async fn tried(status: u32, output: &str) -> Trial {
    let generators = started(status, output).await;
    generators.test("paper", None).await.unwrap()
}

fn asked(trial: &Trial) -> Value {
    serde_json::from_str(&trial.request).unwrap()
}

#[tokio::test]
async fn a_sample_is_made_where_nothing_is_given() {
    let generators = Server::new("").start().await;
    let trial = generators.test("token", None).await.unwrap();
    assert_eq!((trial.status, trial.message.as_deref()), ("OK", None));
    let output: Value = serde_json::from_str(trial.output.as_ref().unwrap()).unwrap();
    let text = trial.files[0].text().unwrap();
    assert_eq!(output["files"][0]["text"], text);
    assert!(text.contains("SIG-"), "nothing is signed: {text}");
    assert_eq!(asked(&trial)["dryRun"], true);
    assert_eq!(asked(&trial)["grants"][0]["name"], "sign:default");
    assert!(trial.memory_bytes > 0);
}

#[tokio::test]
async fn what_was_asked_can_be_changed_and_asked_again() {
    let generators = Server::new("").start().await;
    let sample = generators.test("token", None).await.unwrap();
    let mut request = asked(&sample);
    request["dryRun"] = json!(false);
    request["licensee"] = json!("Somebody else");
    let text = serde_json::to_string_pretty(&request).unwrap();
    let again = generators.test("token", Some(&text)).await.unwrap();
    assert_eq!(again.status, "OK");
    assert_eq!(asked(&again)["licensee"], "Somebody else");
    assert_eq!(asked(&again)["dryRun"], true);
    assert_ne!(again.files, sample.files);
}

#[tokio::test]
async fn a_request_is_an_object_and_not_too_long() {
    let generators = started(0, "").await;
    let refused = async |request: &str| -> Error {
        generators.test("paper", Some(request)).await.unwrap_err()
    };
    for wrong in ["", "[1]", "{\"a\":1,\"a\":2}", "{"] {
        let refused = refused(wrong).await;
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::InvalidRequest, Some("request"))
        );
    }
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    // This one is only by what the server adds.
    let full = &long[..(1 << 20) - 2];
    for long in [&long, &format!("{full}\"}}")] {
        let refused = refused(long).await;
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::LimitExceeded, Some("request"))
        );
    }
    assert_eq!(
        generators.test("other", None).await.unwrap_err().code,
        Code::GeneratorUnavailable
    );
}

#[tokio::test]
async fn every_ending_is_told_with_what_was_written() {
    let no = json!({"schema": 1, "code": "NO", "message": "Not today."}).to_string();
    let rejected = tried(1, &no).await;
    assert_eq!(
        (rejected.status, rejected.output.as_deref()),
        ("REJECTED", Some(no.as_str()))
    );
    assert_eq!(tried(2, &no).await.status, "INPUT");
    let unknown = tried(4, "ignored").await;
    assert_eq!((unknown.status, unknown.output), ("UNSUPPORTED", None));
    let broken = tried(0, "a\u{1b}[31m{").await;
    assert_eq!(
        (broken.status, broken.output.as_deref()),
        ("BAD_OUTPUT", Some("a\u{fffd}[31m{"))
    );
    assert!(broken.message.is_some() && broken.files.is_empty());
    let slot = json!({"seals": [{"file": "license.txt", "signer": "kit"}]});
    let greedy = tried(0, &result_with("x", slot).to_string()).await;
    assert_eq!(greedy.status, "NOT_GRANTED");
}

#[tokio::test]
async fn failures_in_tests_put_nobody_in_quarantine() {
    let generators = started(3, "").await;
    for _ in 0..40 {
        assert_eq!(
            generators.test("paper", None).await.unwrap().status,
            "INTERNAL"
        );
    }
    let failed = generators.generate("paper", &request()).await.unwrap_err();
    assert_eq!(failed.code, Code::GeneratorFailed);
}
