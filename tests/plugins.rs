//! The commands for plugin authors: `lds plugin check` and `run`.

use serde_json::Value;

use crate::support::Place;

const BUNDLED: [&str; 3] = ["flexnet", "token", "hello"];

#[test]
fn bundled_plugins_are_examined_by_their_names() {
    let place = Place::new("");
    for name in BUNDLED {
        let told = place.lds(&["plugin", "check", name]).success();
        assert!(
            told.contains(&format!("ok     description: {name} ")),
            "{told}"
        );
    }
}

#[test]
fn bundled_plugins_like_the_sample_and_answer_in_whole_lines() {
    let place = Place::new("");
    for name in BUNDLED {
        let told = place.lds(&["plugin", "run", name]).success();
        let document: Value = serde_json::from_str(&told).expect("a document");
        assert!(document["files"][0]["text"].is_string(), "{told}");
        assert!(told.ends_with("}\n"), "{told}");
    }
}

#[test]
fn the_sample_is_printed_to_be_changed() {
    let place = Place::new("");
    let sample = place
        .lds(&["plugin", "run", "hello", "--print-request"])
        .success();
    assert!(sample.lines().count() > 10, "{sample}");
    let changed = sample.replace("001122aabbcc", "00deadbeef00");
    assert_ne!(changed, sample);
    place.file("request.json", &changed);
    let run = ["plugin", "run", "hello", "--request", "request.json"];
    let told = place.lds(&run).success();
    assert!(told.contains("00deadbeef00"), "{told}");
}

#[test]
fn the_sample_of_another_operation_is_its_own() {
    let place = Place::new("");
    let run = ["plugin", "run", "token", "--op", "VALIDATE"];
    let sample = place.lds(&[&run[..], &["--print-request"]].concat());
    let sample: Value = serde_json::from_str(&sample.success()).expect("a document");
    assert!(sample["product"].is_object() && sample["licenseId"].is_null());
    let told = place.lds(&run).success();
    let told: Value = serde_json::from_str(&told).expect("a document");
    assert_eq!(told["schema"], 1);
    let told = place.lds(&["plugin", "run", "token", "--op", "READ"]);
    assert!(told.failure().contains("READ needs a request"));
}

#[test]
fn a_name_that_is_no_plugin_is_answered_with_those_there_are() {
    let place = Place::new("");
    let told = place.lds(&["plugin", "run", "tokn"]).failure();
    assert_eq!(
        told,
        "error: tokn is no file and no bundled plugin; bundled are flexnet, token, hello\n"
    );
}
