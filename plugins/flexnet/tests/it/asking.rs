//! What the plugin says before there is a text.

use lds_plugin_api::document::{Description, Problem, ValidateResult};
use lds_plugin_api::{Op, Status};
use serde_json::json;

use crate::run;

#[test]
fn validate_tells_everything_at_once() {
    let request = json!({"schema":1,"product":{"code":"cad","name":"CAD","attributes":{}},"licenseType":"NODE_LOCKED","quantity":1,
        "features":[{"name":"draw tool","count":0,"parameters":{},"attributes":{}},
            {"name":"draw","version":"2024a","count":0,"parameters":{},"attributes":{}},
            {"name":"draw","count":0,"parameters":{},"attributes":{}},
            {"name":"draw","version":"1.0","count":1,"parameters":{},"attributes":{}},
            {"name":"draw","version":"1.0","count":0,"parameters":{"notice":"it's"},"attributes":{}}],
        "settings":{"vendor":"acmed"}});
    let result: ValidateResult = run(Op::Validate, &request, Status::Ok);
    let found = |problem: Problem| (problem.code, problem.field.unwrap_or_default());
    let found: Vec<_> = result.errors.into_iter().map(found).collect();
    let expected = [
        ("FEATURE_NAME", "/features/0/name"),
        ("VERSION", "/features/1/version"),
        ("VERSION", "/features/2/version"),
        ("COUNTED_NODE_LOCKED", "/features/3/count"),
        ("VALUE", "/features/4/parameters/notice"),
    ];
    assert_eq!(
        found,
        expected.map(|(code, field)| (code.to_owned(), field.to_owned()))
    );
    let missing = json!({"schema":1,"product":{"code":"cad","name":"CAD","attributes":{}},"licenseType":"FLOATING","quantity":1,
        "features":[],"settings":{}});
    let result: ValidateResult = run(Op::Validate, &missing, Status::Ok);
    assert_eq!(result.errors[0].field.as_deref(), Some("/settings/vendor"));
}

#[test]
fn describes_labels_for_everything() {
    let description: Description = run(Op::Describe, &json!({}), Status::Ok);
    assert_eq!(
        description.ops,
        [
            "DESCRIBE", "GENERATE", "SELFTEST", "VALIDATE", "VERIFY", "READ"
        ]
    );
    let all = [
        &description.settings,
        &description.parameters,
        &description.feature_parameters,
    ];
    for definition in all.into_iter().flatten() {
        assert!(definition.label.is_some(), "{}", definition.name);
    }
}
