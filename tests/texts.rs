//! License texts that come back to the vendor, over the wire, on both databases.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::support::{Answer, Client, Server, Shop, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";

on_both! {
    a_text_is_told_from_a_changed_one
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
    let request = "<file><name>a</name><mediaType>b</mediaType></file>";
    let fault = client
        .internal("verifyLicense", request)
        .err()
        .expect("a fault");
    let field = fault.field.as_deref();
    assert_eq!(
        (fault.code.as_str(), field),
        ("InvalidRequest", Some("file[0].text"))
    );
}
