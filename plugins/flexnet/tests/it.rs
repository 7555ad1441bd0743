//! The plugin from outside: documents in, documents out.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use lds_plugin_api::document::{
    Description, GenerateResult, Problem, Rejection, ValidateResult, VerifyResult,
};
use lds_plugin_api::{Op, Status, call, strict};
use lds_plugin_flexnet::model::{Line, Signature};
use lds_plugin_flexnet::{Flexnet, read};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn node_locked() -> Value {
    json!({"schema":1,"kind":"ACTIVATION","dryRun":false,"now":"2026-11-24T23:31:13Z","today":"2026-11-25",
        "seed":"9f2c51d07be84a6693c1f00d5a7e42b8116d3e0c94fa2785de60b1c3a4978f25","licenseId":"lic_1",
        "product":{"code":"cad","name":"CAD Pro","version":"2026.1","attributes":{}},
        "licenseType":"NODE_LOCKED","quantity":5,
        "features":[{"name":"draw","version":"2.0","count":0,"expiresOn":"2027-11-24",
            "parameters":{"platforms":["x64_n","x64_lsb"]},"attributes":{}}],
        "hosts":[{"type":"ETHERNET","value":"001122aabbcc"}],"startsOn":"2026-11-25","expiresOn":"2027-11-24",
        "settings":{"vendor":"acmed","unsigned":false},"parameters":{},"grants":[{"name":"seal:kit"}]})
}

fn floating(servers: usize) -> Value {
    let mut request = node_locked();
    let host = |n| json!({"type":"ETHERNET","value":format!("001122aabb0{n}"),"name":format!("lic0{n}"),"port":27000});
    request["licenseType"] = json!("FLOATING");
    request["hosts"] = (1..=servers).map(host).collect();
    request["features"][0]["count"] = json!(5);
    request
}

fn run<T: DeserializeOwned>(op: Op, input: &Value, expected: Status) -> T {
    let (status, output) = call::<Flexnet>(op.number(), &serde_json::to_vec(input).unwrap());
    assert_eq!(status, expected, "{}", String::from_utf8_lossy(&output));
    strict::from_slice(&output).unwrap()
}

fn text(request: &Value) -> String {
    let result: GenerateResult = run(Op::Generate, request, Status::Ok);
    result.files[0].text.clone().unwrap()
}

fn refusal(request: &Value) -> (String, String) {
    let rejection: Rejection = run(Op::Generate, request, Status::Rejected);
    (rejection.code, rejection.field.unwrap_or_default())
}

fn verify(request: &Value, text: &str) -> VerifyResult {
    let files = json!([{"name":"license.lic","mediaType":"text/plain","text":text}]);
    run(
        Op::Verify,
        &json!({"schema":1,"request":request,"files":files}),
        Status::Ok,
    )
}

/// What a kit makes of a text.
fn signed(text: &str) -> String {
    let digits = vec!["0123"; 30].join(" ");
    text.replace("SIGN=0", &format!("ck=77 SIGN=\"{digits}\""))
}

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

#[test]
fn a_node_locked_line() {
    let result: GenerateResult = run(Op::Generate, &node_locked(), Status::Ok);
    assert_eq!(
        result.files[0].text.as_deref(),
        Some(
            "FEATURE draw acmed 2.0 24-nov-2027 uncounted HOSTID=001122aabbcc \\\n\
             \tISSUED=25-nov-2026 PLATFORMS=\"x64_n x64_lsb\" SIGN=0\n"
        )
    );
    assert_eq!(
        (&*result.seals[0].file, &*result.seals[0].signer),
        ("license.lic", "kit")
    );
}

#[test]
fn floating_lines_for_one_and_three_servers() {
    assert_eq!(
        text(&floating(1)),
        "SERVER lic01 001122aabb01 27000\nVENDOR acmed\nUSE_SERVER\n\
         INCREMENT draw acmed 2.0 24-nov-2027 5 ISSUED=25-nov-2026 \\\n\
         \tPLATFORMS=\"x64_n x64_lsb\" SIGN=0\n"
    );
    let mut three = floating(3);
    three["settings"] = json!({"vendor":"acmed","vendorPath":"bin/acmed","optionsFile":"a.opt","vendorPort":27010,"useServer":false});
    let head: Vec<_> = text(&three).lines().take(5).map(str::to_owned).collect();
    assert_eq!(
        head,
        [
            "SERVER lic01 001122aabb01 27000",
            "SERVER lic02 001122aabb02 27000",
            "SERVER lic03 001122aabb03 27000",
            "VENDOR acmed bin/acmed OPTIONS=a.opt PORT=27010",
            "INCREMENT draw acmed 2.0 24-nov-2027 5 ISSUED=25-nov-2026 \\"
        ]
    );
    assert_eq!(
        refusal(&floating(2)),
        ("SERVER_COUNT".into(), "/hosts".into())
    );
}

#[test]
fn several_hosts_are_one_list_with_prefixes() {
    let mut request = node_locked();
    request["hosts"] = json!([{"type":"ETHERNET","value":"001122334455"},{"type":"HOSTNAME","value":"ws7.example.com"},
        {"type":"DISK_SERIAL","value":"8c4f21d0"},{"type":"FLEXID","value":"9-3A71C5D0"}]);
    let wanted = "HOSTID=\"001122334455 HOSTNAME=ws7.example.com DISK_SERIAL_NUM=8c4f21d0 FLEXID=9-3A71C5D0\"";
    assert!(text(&request).contains(wanted));
    request["hosts"] = json!([]);
    assert_eq!(refusal(&request).0, "NO_HOST");
    request["hosts"] = json!([{"type":"RACK","value":"1"}]);
    assert_eq!(
        refusal(&request),
        ("HOST_TYPE".into(), "/hosts/0/type".into())
    );
}

#[test]
fn parameters_become_keywords() {
    let mut request = floating(1);
    request["startsOn"] = json!("2026-12-01");
    request["parameters"] = json!({"notice":"Licensed to Example Ltd"});
    request["features"][0]["parameters"] = json!({"borrowHours":168,"dupGroup":"UHD","hostBased":3,"supersede":true,
        "oneTerminalServer":true,"serialNumber":"A-100","vendorString":"gold","sort":50,"assetInfo":"PC 4711"});
    let joined = text(&request).replace(" \\\n\t", " ");
    let line = joined.lines().last().unwrap();
    assert_eq!(
        line,
        "INCREMENT draw acmed 2.0 24-nov-2027 5 ISSUED=25-nov-2026 START=01-dec-2026 BORROW DUP_GROUP=UHD \
         HOST_BASED=3 SUPERSEDE ONE_TS_OK SN=A-100 VENDOR_STRING=gold asset_info=\"PC 4711\" sort=50 \
         NOTICE=\"Licensed to Example Ltd\" SIGN=0"
    );
    request["features"][0]["parameters"] = json!({"terminalServers":true,"oneTerminalServer":true});
    assert_eq!(refusal(&request).0, "KEYWORD_TWICE");
    request["features"][0]["parameters"] = json!({"dupGroup":"HU"});
    assert_eq!(
        refusal(&request),
        ("VALUE".into(), "/features/0/parameters/dupGroup".into())
    );
}

#[test]
fn features_come_before_increments_and_none_is_lost() {
    let mut request = floating(1);
    let feature =
        |line| json!({"name":"view","count":2,"parameters":{"line":line},"attributes":{}});
    let features = request["features"].as_array_mut().unwrap();
    features.extend([feature("FEATURE"), feature("INCREMENT")]);
    let license = read::license(&text(&request)).license;
    let lines: Vec<_> = license
        .grants
        .iter()
        .map(|grant| (grant.line, &*grant.name, &*grant.version))
        .collect();
    assert_eq!(
        lines,
        [
            (Line::Feature, "view", "2026.1"),
            (Line::Increment, "draw", "2.0"),
            (Line::Increment, "view", "2026.1")
        ]
    );
    request["features"]
        .as_array_mut()
        .unwrap()
        .push(feature("FEATURE"));
    assert_eq!(refusal(&request).0, "FEATURE_TWICE");
}

#[test]
fn without_a_kit_a_text_is_marked() {
    let mut request = node_locked();
    request["grants"] = json!([]);
    assert_eq!(refusal(&request), ("NO_SIGNER".into(), "/grants".into()));
    let mut unsigned = request.clone();
    unsigned["settings"]["unsigned"] = json!(true);
    request["dryRun"] = json!(true);
    for request in [request, unsigned] {
        let result: GenerateResult = run(Op::Generate, &request, Status::Ok);
        let text = result.files[0].text.as_deref().unwrap();
        assert!(text.starts_with("# NOT FOR USE") && text.contains("SIGN=0"));
        assert_eq!(result.seals, []);
        assert!(verify(&request, text).same);
    }
}

#[test]
fn verify_takes_what_a_kit_may_change() {
    let request = floating(1);
    let text = text(&request);
    assert_eq!(verify(&request, &signed(&text)).differences, [""; 0]);
    let unwrapped = signed(&text)
        .replace(" \\\n\t", " ")
        .replace("INCREMENT", "increment");
    assert!(verify(&request, &unwrapped).same);
}

#[test]
fn verify_refuses_what_a_kit_may_not_change() {
    let request = floating(1);
    let text = text(&request);
    let signed = signed(&text);
    for (file, difference) in [
        (text.clone(), "draw: the line is not signed"),
        (
            signed.replace("2027 5", "2027 50"),
            "draw: count is 50, asked for 5",
        ),
        (
            signed.replace("2027 5", "2027 uncounted"),
            "draw: count is uncounted, asked for 5",
        ),
        (
            signed.replace("24-nov", "25-nov"),
            "draw: the expiry is 25-nov-2027, asked for 24-nov-2027",
        ),
        (
            signed.replace("draw", "dram"),
            "draw: the file has dram in its place",
        ),
        (
            signed.replace("aabb01", "aabb02"),
            "the SERVER lines differ",
        ),
        (
            signed.replace("INCREMENT", "INCREMEN"),
            "line 4: The line does not begin with a keyword and counts as a comment.",
        ),
        (
            signed.replace("PLATFORMS=\"x64_n x64_lsb\"", "TS_OK"),
            "draw: TS_OK is set, asked for absent",
        ),
        (
            signed.replace(" 0123 0123\"", "\""),
            "draw: SIGN has 112 digits, which the product does not allow",
        ),
        (String::new(), "the file has 0 grants, asked for 1"),
    ] {
        let result = verify(&request, &file);
        assert!(!result.same);
        assert!(
            result.differences.iter().any(|found| found == difference),
            "{difference}: {:?}",
            result.differences
        );
    }
}

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
