//! The kit and the generator that it signs for: what the one writes, the other accepts, and every
//! fault is noticed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write;
use std::process::{Command, Stdio};

use lds_plugin_api::document::{GenerateResult, VerifyResult};
use lds_plugin_api::{Op, Status, call, strict};
use lds_plugin_flexnet::Flexnet;
use serde_json::{Value, json};

fn request() -> Value {
    json!({"schema":1,"kind":"ACTIVATION","dryRun":false,"now":"2026-11-24T23:31:13Z","today":"2026-11-25",
        "seed":"00","licenseId":"lic_1","product":{"code":"cad","name":"CAD","version":"2.0","attributes":{}},
        "licenseType":"FLOATING","quantity":1,
        "features":[
            {"name":"draw","count":5,"expiresOn":"2027-11-24","attributes":{},
                "parameters":{"platforms":["x64_n","x64_lsb"],"borrowHours":168,"notice":"Licensed to Example Ltd"}},
            {"name":"view","count":9,"parameters":{"dupGroup":"UH","serialNumber":"7"},"attributes":{}}],
        "hosts":[{"type":"ETHERNET","value":"001122aabb01","name":"lic01","port":27000}],
        "settings":{"vendor":"acmed"},"parameters":{},"grants":[{"name":"seal:kit"}]})
}

fn answer(op: Op, input: &Value) -> Vec<u8> {
    let (status, output) = call::<Flexnet>(op.number(), &serde_json::to_vec(input).unwrap());
    assert_eq!(status, Status::Ok, "{}", String::from_utf8_lossy(&output));
    output
}

fn text() -> String {
    let result: GenerateResult = strict::from_slice(&answer(Op::Generate, &request())).unwrap();
    result.files[0].text.clone().unwrap()
}

fn differences(text: &str) -> Vec<String> {
    let files = json!([{"name":"license.lic","mediaType":"text/plain","text":text}]);
    let input = json!({"schema":1,"request":request(),"files":files});
    let result: VerifyResult = strict::from_slice(&answer(Op::Verify, &input)).unwrap();
    assert_eq!(result.same, result.differences.is_empty());
    result.differences
}

/// Runs the kit as a filter: whether it succeeded, and what came out.
fn stdio(options: &[&str], text: &str) -> (bool, String) {
    let mut kit = Command::new(env!("CARGO_BIN_EXE_kit"));
    let kit = kit.args(options).arg("stdio").stdin(Stdio::piped());
    let mut kit = kit
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    kit.stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = kit.wait_with_output().unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn what_the_kit_signs_is_the_same_license() {
    for digits in ["12", "20", "60", "84", "120"] {
        let (success, signed) = stdio(&["--digits", digits], &text());
        assert!(success && !signed.contains("SIGN=0"));
        assert_eq!(differences(&signed), [""; 0]);
    }
    let (_, odd) = stdio(&["--digits", "16"], &text());
    assert!(differences(&odd)[0].contains("16 digits"));
}

#[test]
fn all_modes_give_the_same_text() {
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("in.lic"), dir.path().join("out.lic"));
    let run = |mode: &str, files: &[&std::path::Path]| {
        let status = Command::new(env!("CARGO_BIN_EXE_kit"))
            .arg(mode)
            .args(files)
            .status();
        assert!(status.unwrap().success());
    };
    std::fs::write(&input, text()).unwrap();
    run("in_out", &[&input, &output]);
    run("in_place", &[&input]);
    let signed = std::fs::read_to_string(&output).unwrap();
    assert_eq!(signed, stdio(&[], &text()).1);
    assert_eq!(signed, std::fs::read_to_string(&input).unwrap());
}

#[test]
fn every_fault_is_noticed() {
    for (fault, difference) in [
        ("leave-one", "draw: the line is not signed"),
        ("change-count", "draw: count is 6, asked for 5"),
        ("drop-line", "the file has 1 grants, asked for 2"),
        ("empty", "the SERVER lines differ"),
    ] {
        let (success, spoiled) = stdio(&["--fault", fault], &text());
        assert!(success);
        assert!(
            differences(&spoiled)
                .iter()
                .any(|found| found == difference),
            "{fault}"
        );
    }
    let (success, whole) = stdio(&["--fault", "exit"], &text());
    assert!(!success);
    assert_eq!(differences(&whole), [""; 0]);
}
