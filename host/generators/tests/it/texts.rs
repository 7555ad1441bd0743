//! Texts that were issued before: READ and VERIFY, and what plugins may not do there.

use lds_domain::generator::Compared;
use lds_domain::generator::Value::Text;
use lds_domain::license::File;
use lds_domain::ports::Generators as _;
use lds_domain::{Code, Error};
use serde_json::{Value, json};
use time::macros::date;

use crate::paper::{Paper, READ, VERIFY, description_with};
use crate::server::{Server, request};

fn paper(ops: &[&str]) -> Paper {
    let all: Vec<_> = ["DESCRIBE", "GENERATE"].iter().chain(ops).collect();
    Paper::new(&description_with("paper", json!({"ops": all})))
}

async fn started(paper: &Paper) -> lds_generators::Generators {
    Server::new("").with("paper.wasm", paper).start().await
}

fn file(text: &str) -> File {
    let bytes = text.as_bytes().to_vec();
    File::new("a.txt".to_owned(), "text/plain".to_owned(), bytes)
}

async fn read(
    status: u32,
    output: &Value,
) -> Result<Option<lds_domain::verification::Reading>, Error> {
    let paper = paper(&["READ"]).answers(READ, status, &output.to_string());
    let today = date!(2026 - 11 - 25);
    started(&paper)
        .await
        .read("paper", &[file("x")], today)
        .await
}

#[tokio::test]
async fn what_a_text_grants_is_told() {
    let told = json!({
        "schema": 1, "licenseId": "lic_1", "hosts": [{"type": "ETHERNET", "value": "00"}],
        "features": [{"name": "draw", "count": 5}], "later": true,
        "problems": [{"code": "EXPIRED", "message": "It is over.", "line": 3}],
    });
    let reading = read(0, &told).await.unwrap().unwrap();
    assert_eq!(reading.license_id.as_deref(), Some("lic_1"));
    assert_eq!(reading.hosts[0].value, "00");
    assert_eq!(
        (reading.problems[0].code.as_str(), reading.problems[0].line),
        ("EXPIRED", Some(3))
    );
    let document: Value = serde_json::from_str(&reading.document).unwrap();
    assert_eq!(document["features"][0]["count"], 5);
    assert!(document.get("later").is_none());
}

#[tokio::test]
async fn anothers_format_is_no_failure() {
    let no = |code: &str| json!({"schema": 1, "code": code, "message": "No."});
    assert_eq!(read(1, &no("NOT_MINE")).await, Ok(None));
    assert_eq!(
        read(1, &no("TOO_OLD")).await.unwrap_err().code,
        Code::GeneratorRejected
    );
    let shouting = json!({"schema": 1, "problems": [{"code": "no code", "message": "x"}]});
    assert_eq!(
        read(0, &shouting).await.unwrap_err().code,
        Code::GeneratorFailed
    );
}

/// What makes a request longer than a plugin takes is the caller's, whichever operation it is.
#[tokio::test]
async fn more_than_a_plugin_takes_is_not_asked_of_it() {
    let much = "x".repeat(1 << 20);
    let generators = started(&paper(&["READ", "VERIFY", "VALIDATE"])).await;
    let document = generators.generate("paper", &request()).await.unwrap();
    let files = [file(&much)];
    let compared = Compared {
        document: &document.document,
        order_id: None,
        files: &files,
    };
    let mut by_feature = request();
    by_feature.features[0].name.clone_from(&much);
    let mut by_parameter = request();
    by_parameter.parameters = vec![("note".to_owned(), Text(much))];
    let today = date!(2026 - 11 - 25);
    for (field, error) in [
        ("file", generators.read("paper", &files, today).await.err()),
        ("file", generators.compare("paper", compared).await.err()),
        (
            "feature",
            generators.generate("paper", &by_feature).await.err(),
        ),
        (
            "parameter",
            generators.generate("paper", &by_parameter).await.err(),
        ),
    ] {
        let error = error.unwrap();
        assert_eq!(
            (error.code, error.field.as_deref(), error.internal),
            (Code::LimitExceeded, Some(field), None)
        );
    }
}

#[tokio::test]
async fn what_a_plugin_does_not_list_is_never_asked_of_it() {
    let silent = paper(&[]).answers(READ, 0, "{}").answers(VERIFY, 0, "{}");
    let generators = started(&silent).await;
    let today = date!(2026 - 11 - 25);
    assert_eq!(
        generators.read("paper", &[file("x")], today).await,
        Ok(None)
    );
    let compared = Compared {
        document: b"{}",
        order_id: None,
        files: &[],
    };
    assert_eq!(generators.compare("paper", compared).await, Ok(None));
}

async fn differences(verdict: Value) -> Result<Option<Vec<String>>, Error> {
    let paper = paper(&["VERIFY"]).answers(VERIFY, 0, &verdict.to_string());
    let generators = started(&paper).await;
    let document = generators.generate("paper", &request()).await?.document;
    let files = [file("x")];
    let compared = Compared {
        document: &document,
        order_id: None,
        files: &files,
    };
    generators.compare("paper", compared).await
}

#[tokio::test]
async fn files_are_compared_with_the_stored_request() {
    let same = json!({"schema": 1, "same": true, "differences": ["white space"]});
    assert_eq!(differences(same).await, Ok(Some(Vec::new())));
    let told = json!({"schema": 1, "same": false, "differences": ["one", "two"]});
    assert_eq!(differences(told).await.unwrap().unwrap(), ["one", "two"]);
    let silent = json!({"schema": 1, "same": false});
    assert_eq!(differences(silent).await.unwrap().unwrap().len(), 1);
    let broken = json!({"schema": 2, "same": true});
    assert_eq!(
        differences(broken).await.unwrap_err().code,
        Code::GeneratorFailed
    );
}

#[tokio::test]
async fn a_token_is_read_and_compared_with_what_was_asked() {
    let generators = Server::new("").start().await;
    let mut request = request();
    request.settings.clear();
    let made = generators.generate("token", &request).await.unwrap();
    let today = request.today;
    let reading = generators
        .read("token", &made.files, today)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        reading.license_id.as_deref(),
        Some(request.license_id.as_str())
    );
    assert_eq!(reading.hosts, request.hosts);
    let ask = async |text: &str| {
        let files = [File {
            name: "license.jwt".to_owned(),
            ..file(text)
        }];
        let compared = Compared {
            document: &made.document,
            order_id: None,
            files: &files,
        };
        generators
            .compare("token", compared)
            .await
            .unwrap()
            .unwrap()
    };
    let text = made.files[0].text().unwrap();
    assert_eq!(ask(text).await, Vec::<String>::new());
    assert_eq!(ask(&text[1..]).await.len(), 1);
    let other = generators.read("token", &[file("FEATURE a")], today).await;
    assert_eq!(other, Ok(None));
}
