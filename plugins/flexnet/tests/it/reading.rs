//! Texts that come back: what READ and the plugin's own reader find in them, whatever they are.

use lds_plugin_api::document::{GenerateResult, Rejection};
use lds_plugin_api::{Op, Status, call, strict};
use lds_plugin_flexnet::model::Signature;
use lds_plugin_flexnet::{Flexnet, read};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{floating, node_locked, run, signed, text};

/// What READ says of a text.
fn reading(text: &str) -> Value {
    let files = json!([{"name":"mail.txt","mediaType":"text/plain","text":text}]);
    let input = json!({"schema":1,"today":"2026-11-25","settings":{},"files":files});
    run(Op::Read, &input, Status::Ok)
}

fn codes(reading: &Value) -> Vec<&str> {
    let problems = reading["problems"].as_array().unwrap().iter();
    problems
        .map(|problem| problem["code"].as_str().unwrap())
        .collect()
}

#[test]
fn what_was_written_is_read_in_the_requests_words() {
    for mut request in [node_locked(), floating(1), floating(3)] {
        request["startsOn"] = json!("2026-12-01");
        let read = reading(&signed(&text(&request)));
        for member in ["licenseType", "hosts", "startsOn", "expiresOn"] {
            assert_eq!(read[member], request[member], "{member}");
        }
        assert_eq!(
            (&read["issuedOn"], &read["signed"]),
            (&request["today"], &json!(true))
        );
        let (found, asked) = (&read["features"][0], &request["features"][0]);
        for member in ["name", "version", "count", "expiresOn"] {
            assert_eq!(found[member], asked[member], "{member}");
        }
        assert_eq!(found["attributes"]["PLATFORMS"], "x64_n x64_lsb");
        assert_eq!(codes(&read), [""; 0]);
    }
}

#[test]
fn what_a_daemon_would_refuse_is_told() {
    let read = reading(
        "FEATURE draw acmed 2.0 24-nov-2026 uncounted HOSTID=DISK_SERIAL_NUM=3e2e17fd SIGN=0",
    );
    assert_eq!(codes(&read), ["NOT_SIGNED", "EXPIRED"]);
    let host = &read["hosts"][0];
    assert_eq!(
        (&host["type"], &host["value"]),
        (&json!("DISK_SERIAL"), &json!("3e2e17fd"))
    );
    let read = reading(
        "FEATURE draw acmed 2.0 permanent uncounted HOSTID=ANY SIGN=00AA11BB22CC\nGRANT all",
    );
    assert_eq!(codes(&read), ["UNKNOWN_KEYWORD"]);
    assert_eq!(
        (&read["problems"][0]["line"], &read["signed"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        (&read["hosts"][0]["type"], read.get("expiresOn")),
        (&json!("ANY"), None)
    );
}

#[test]
fn what_grants_nothing_is_not_mine() {
    for text in [
        "",
        "SERVER this_host 001122aabbcc",
        "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
    ] {
        let files = json!([{"name":"a","mediaType":"b","text":text}]);
        let input = json!({"schema":1,"today":"2026-11-25","settings":{},"files":files});
        let rejection: Rejection = run(Op::Read, &input, Status::Rejected);
        assert_eq!(rejection.code, "NOT_MINE", "{text}");
    }
}

fn feature() -> impl Strategy<Value = Value> {
    (
        "[A-Za-z0-9_-]{1,30}",
        "[0-9]{1,4}(\\.[0-9]{1,4})?",
        1u32..100_000,
        proptest::option::of((2026u16..2100, 1u8..=12, 1u8..=28)),
        proptest::option::of("[!#-&(-\\[\\]-~]([ !#-&(-\\[\\]-~]{0,300}[!#-&(-\\[\\]-~])?"),
    )
        .prop_map(|(name, version, count, expiry, notice)| {
            let mut feature = json!({"name":name,"version":version,"count":count,"parameters":{},"attributes":{}});
            if let Some((year, month, day)) = expiry {
                feature["expiresOn"] = json!(format!("{year}-{month:02}-{day:02}"));
            }
            if let Some(notice) = notice {
                feature["parameters"]["notice"] = json!(notice);
            }
            feature
        })
}

/// A grant in the request's words.
fn as_feature(grant: &lds_plugin_flexnet::model::Grant) -> Value {
    let mut feature = json!({"name":grant.name,"version":grant.version,"count":grant.count,"parameters":{},"attributes":{}});
    if let Some(expiry) = grant.expiry {
        let text = expiry.to_string();
        let month = "janfebmaraprmayjunjulaugsepoctnovdec"
            .find(&text[3..6])
            .unwrap()
            / 3
            + 1;
        feature["expiresOn"] = json!(format!("{}-{month:02}-{}", &text[7..], &text[..2]));
    }
    for attribute in grant
        .attributes
        .iter()
        .filter(|attribute| attribute.word == "NOTICE")
    {
        feature["parameters"]["notice"] = json!(attribute.value);
    }
    feature
}

proptest! {
    #[test]
    fn a_file_read_back_grants_exactly_what_was_asked(features in prop::collection::vec(feature(), 1..6)) {
        let mut request = floating(3);
        request["features"] = json!(features);
        let reading = read::license(&text(&request));
        prop_assert_eq!(&reading.problems, &[]);
        let found: Vec<_> = reading.license.grants.iter().map(as_feature).collect();
        prop_assert_eq!(found, features);
        prop_assert!(reading.license.grants.iter().all(|grant| grant.signature == Signature::Placeholder));
    }

    #[test]
    fn nothing_that_people_type_becomes_a_grant(
        hostile in prop_oneof![".{0,40}", "[ a\\\\\"'\n\r\t#=]{0,12}", Just("x SIGN=0\nFEATURE all acmed 9 permanent uncounted HOSTID=ANY".to_owned())],
        place in 0usize..6,
    ) {
        let mut request = floating(1);
        match place {
            0 => request["features"][0]["parameters"] = json!({"vendorString":hostile}),
            1 => request["features"][0]["parameters"] = json!({"platforms":[hostile]}),
            2 => request["features"][0]["name"] = json!(hostile),
            3 => request["hosts"][0]["name"] = json!(hostile),
            4 => request["hosts"][0]["value"] = json!(hostile),
            _ => request["parameters"] = json!({"notice":hostile}),
        }
        let (status, output) = call::<Flexnet>(Op::Generate.number(), &serde_json::to_vec(&request).unwrap());
        prop_assert!(matches!(status, Status::Ok | Status::Rejected), "{}", String::from_utf8_lossy(&output));
        if status == Status::Ok {
            let result: GenerateResult = strict::from_slice(&output).unwrap();
            let reading = read::license(result.files[0].text.as_deref().unwrap());
            prop_assert_eq!(reading.problems, []);
            prop_assert_eq!(reading.license.grants.len(), 1);
            prop_assert_eq!(reading.license.servers.len(), 1);
            prop_assert_eq!(reading.license.grants[0].count, 5);
        }
    }

    #[test]
    fn reading_survives_any_text(text in "(?s).{0,200}", lines in "((FEATURE|SERVER|VENDOR|SIGN=0|NOTICE=\"|\\\\| |\n|5|permanent|a){0,30})") {
        let grants = read::license(&(text + "\n" + &lines)).license.grants;
        prop_assert!(grants.iter().all(|grant| !grant.name.is_empty()));
    }
}
