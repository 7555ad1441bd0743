//! Texts that are written.

use lds_plugin_api::document::GenerateResult;
use lds_plugin_api::{Op, Status};
use lds_plugin_flexnet::model::Line;
use lds_plugin_flexnet::read;
use serde_json::json;

use crate::{floating, node_locked, refusal, run, text, verify};

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
