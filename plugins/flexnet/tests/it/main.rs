//! The plugin from outside: documents in, documents out. Here: requests, and what is asked with them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod asking;
mod reading;
mod verifying;
mod writing;

use lds_plugin_api::document::{GenerateResult, Rejection, VerifyResult};
use lds_plugin_api::{Op, Status, call, strict};
use lds_plugin_flexnet::Flexnet;
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
