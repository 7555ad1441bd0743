//! License texts that come back to the vendor, and the generators that write them, over the wire, on
//! both databases.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::support::{Answer, Client, ETHERNET, Server, Shop, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";

on_both! {
    a_text_is_told_from_a_changed_one
    a_license_file_leads_to_its_license_by_its_machine
    a_generator_is_tried_out
    what_was_written_is_handed_out_while_its_generator_is_off
}

fn verify(client: &Client, content: &str, more: &str) -> Answer {
    let file = "<name>mail.txt</name><mediaType>text/plain</mediaType>";
    let request = format!("<file>{file}{content}</file>{more}");
    let answer = client.internal("verifyLicense", &request);
    answer.expect("an answer")
}

/// The token with another count of its first feature, and the old signature.
fn forged(token: &str) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).expect("claims");
    let claims = String::from_utf8(claims).expect("claims");
    let more = claims.replacen("\"count\":0", "\"count\":99", 1);
    assert_ne!(more, claims);
    [parts[0], &URL_SAFE_NO_PAD.encode(more), parts[2]].join(".")
}

/// The token with another signature.
fn unsigned(token: &str) -> String {
    let (signed, _) = token.rsplit_once('.').expect("a signature");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 64]))
}

fn a_text_is_told_from_a_changed_one(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let license = shop.activate(&shop.order(""), MACHINE).expect("a license");
    let (id, token) = (license.want("id"), license.want("text"));
    let client = &shop.client;
    let found = verify(client, &format!("<text>{token}</text>"), "");
    assert_eq!(
        (found.want("match"), found.want("id")),
        ("EXACT".into(), id.clone())
    );
    assert!(found.want("grant").contains(&id), "{}", found.0);
    let broken = STANDARD.encode(format!("{token}\r\n"));
    let found = verify(client, &format!("<data>{broken}</data>"), "");
    assert_eq!(
        (found.want("match"), found.want("id")),
        ("SAME_MEANING".into(), id.clone())
    );
    let unsigned = unsigned(&token);
    let found = verify(client, &format!("<text>{unsigned}</text>"), "");
    assert_eq!(found.want("match"), "SAME_MEANING");
    let told = found.want("difference");
    assert!(told.contains("signature"), "{}", found.0);
    let grant: serde_json::Value = serde_json::from_str(&found.want("grant")).expect("JSON");
    assert_eq!(
        grant["signed"], true,
        "there is one, which vouches for nothing"
    );
    let found = verify(client, &format!("<text>{}</text>", forged(&token)), "");
    assert_eq!(
        (found.want("match"), found.want("id")),
        ("CHANGED".into(), id)
    );
    assert!(found.want("difference").contains("features"), "{}", found.0);
    let named = "<generator>token</generator>";
    let found = verify(client, "<text>FEATURE draw</text>", named);
    assert_eq!(
        (found.want("match"), found.get("grant")),
        ("UNKNOWN".into(), None)
    );
    let refused = |request: &str| {
        let fault = client.internal("verifyLicense", request);
        let fault = fault.err().expect("a fault");
        (fault.code, fault.field.unwrap_or_default())
    };
    let start = "<file><name>a</name><mediaType>b</mediaType>";
    assert_eq!(
        refused(&format!("{start}</file>")),
        ("InvalidRequest".into(), "file[0].text".into())
    );
    let long = "x".repeat(1 << 20);
    assert_eq!(
        refused(&format!("{start}<text>{long}</text></file>{named}")),
        ("LimitExceeded".into(), "file".into())
    );
}

/// It shows no number of ours, and mail turned its line ends.
fn a_license_file_leads_to_its_license_by_its_machine(server: &Server) {
    let settings = "<setting><name>vendor</name><value>acmed</value></setting>\
        <setting><name>unsigned</name><value>true</value></setting>";
    let terms = format!("<terms>{ETHERNET}</terms>");
    let shop = Shop::with(Client::new(server), "flexnet", settings, &terms);
    let license = shop.activate(&shop.order(""), MACHINE).expect("a license");
    let (id, text) = (license.want("id"), license.want("text"));
    let mailed = STANDARD.encode(text.replace('\n', "\r\n"));
    let found = verify(&shop.client, &format!("<data>{mailed}</data>"), "");
    let told = (found.want("match"), found.want("id"));
    assert_eq!(told, ("SAME_MEANING".into(), id.clone()), "{}", found.0);
    let codes = found.elements("problem")[0].want("code");
    assert_eq!(codes, "NOT_SIGNED", "{}", found.0);
    let newer = text.replace(" 3.0 ", " 9.0 ");
    assert_ne!(newer, text);
    let found = verify(&shop.client, &format!("<text>{newer}</text>"), "");
    assert_eq!(
        (found.want("match"), found.want("id")),
        ("CHANGED".into(), id)
    );
    let elsewhere = text.replace("001122aabbcc", "001122aabbcd");
    let found = verify(&shop.client, &format!("<text>{elsewhere}</text>"), "");
    assert_eq!(found.want("match"), "UNKNOWN", "{}", found.0);
    assert!(found.want("grant").contains("001122aabbcd"));
}

fn a_generator_is_tried_out(server: &Server) {
    let client = Client::new(server);
    let test = |more: &str| client.internal("testGenerator", &format!("<name>token</name>{more}"));
    let sample = test("").expect("a trial");
    assert_eq!(sample.want("status"), "OK", "{}", sample.0);
    assert!(sample.want("micros").parse::<u64>().expect("a number") > 0);
    assert!(sample.want("memoryBytes").parse::<u64>().expect("a number") > 0);
    let asked = sample.want("request");
    assert!(asked.contains("\"dryRun\":true"));
    let renamed = asked.replace("\"CAD Pro\"", "\"Other\"");
    let again = test(&format!("<request><![CDATA[{renamed}]]></request>"));
    let again = again.expect("a trial");
    assert_eq!(again.want("status"), "OK", "{}", again.0);
    assert!(again.want("request").contains("\"name\":\"Other\""));
    assert_ne!(again.want("text"), sample.want("text"));
    let empty = test("<request>{}</request>").expect("a trial");
    assert_eq!(empty.want("status"), "INPUT");
    let fault = test("<request>1</request>").err().expect("a fault");
    let field = fault.field.as_deref();
    assert_eq!(
        (fault.code.as_str(), field),
        ("InvalidRequest", Some("request"))
    );
}

fn what_was_written_is_handed_out_while_its_generator_is_off(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let orders = shop.orders(2, "");
    let license = shop.activate(&orders[0], MACHINE).expect("a license");
    let token = "<id>token</id>";
    let unreasoned = shop.client.internal("disableGenerators", token);
    assert_eq!(
        unreasoned.err().expect("a fault").field.as_deref(),
        Some("reason")
    );
    let off = format!("{token}<id>none</id><reason>its key leaked</reason>");
    let off = shop.client.internal("disableGenerators", &off);
    let off = off.expect("an answer");
    assert_eq!(
        (off.want("status"), off.want("code")),
        ("PARTIAL_FAILURE".into(), "NotFound".into())
    );
    let again = shop.activate(&orders[0], MACHINE).expect("the license");
    assert_eq!(again.want("text"), license.want("text"));
    let fault = shop.activate(&orders[1], MACHINE).err().expect("a fault");
    assert_eq!(fault.code, "GeneratorUnavailable");
    let state = || {
        let found = shop.client.internal("findGenerators", token);
        found.expect("generators").want("state")
    };
    assert_eq!(state(), "DISABLED");
    let on = shop.client.internal("enableGenerators", token);
    assert_eq!(on.expect("an answer").want("status"), "SUCCESS");
    assert_eq!(state(), "READY");
    shop.activate(&orders[1], MACHINE).expect("a license");
}
