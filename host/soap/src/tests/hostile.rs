//! Hostile messages: each is the client's fault, and quickly so.

use std::fmt::Write as _;

use super::{ACTIVATION, activate, message, receive};
use crate::operation::activation::Activate;
use crate::{Envelope, FaultKind, Version};

const GOOD: &str = "<orderId>A</orderId>";

#[track_caller]
fn refused(message: &str, says: &str) {
    let fault = receive::<Activate>(message.as_bytes(), None).expect_err(message);
    assert_eq!(fault.kind, FaultKind::Client);
    assert!(fault.message.contains(says), "{}", fault.message);
}

#[track_caller]
fn refused_at(content: &str, field: &str, says: &str) {
    let fault =
        receive::<Activate>(message(&activate(content)).as_bytes(), None).expect_err(content);
    assert_eq!(
        (fault.kind, fault.field.as_deref()),
        (FaultKind::Client, Some(field)),
        "{}",
        fault.message
    );
    assert!(fault.message.contains(says), "{}", fault.message);
}

#[test]
fn document_types_are_neither_fetched_nor_expanded() {
    let external = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">";
    let entity = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
    let parameter = "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://localhost/x.dtd\"> %p;]>";
    let laughs =
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>";
    for doctype in [external, entity, parameter, laughs, "<!doctype x>"] {
        for prolog in ["", "<?xml version=\"1.0\"?>", "<!-- x -->\n"] {
            let content = message(&activate("<orderId>&e;&c;</orderId>"));
            refused(&format!("{prolog}{doctype}{content}"), "Document types");
        }
    }
    refused(
        &message(&format!("{external}{}", activate(GOOD))),
        "Document types",
    );
}

#[test]
fn entities_and_references_to_nothing() {
    for entity in [
        "&e;",
        "&nbsp;",
        "&#0;",
        "&#x0;",
        "&#8;",
        "&#xFFFF;",
        "&#xD800;",
        "&#x110000;",
        "&;",
        "&#;",
    ] {
        refused(
            &message(&activate(&format!("<orderId>{entity}</orderId>"))),
            "message",
        );
        refused(
            &message(&activate(&format!("<orderId x=\"{entity}\">A</orderId>"))),
            "message",
        );
    }
    refused(
        &message(&activate("<orderId>a & b</orderId>")),
        "well-formed",
    );
    refused(&message(&activate("<orderId x=\"a & b\"/>")), "&");
}

#[test]
fn characters_that_xml_has_not() {
    for sign in [
        "\u{0}", "\u{1}", "\u{8}", "\u{b}", "\u{1f}", "\u{fffe}", "\u{ffff}",
    ] {
        refused(
            &message(&activate(&format!("<orderId>{sign}</orderId>"))),
            "characters",
        );
    }
}

#[test]
fn malformed_utf8_and_lies_about_the_charset() {
    let good = message(&activate(GOOD));
    for wrong in [
        &b"\xff"[..],
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xc0\x80",
    ] {
        let at = good.find(">A<").unwrap() + 1;
        let bytes = [&good.as_bytes()[..at], wrong, &good.as_bytes()[at..]].concat();
        assert!(
            receive::<Activate>(&bytes, None)
                .unwrap_err()
                .message
                .contains("UTF-8")
        );
    }
    for lie in ["utf-16", "UTF-16LE", "iso-8859-1", "utf-7", "ebcdic"] {
        let fault = receive::<Activate>(good.as_bytes(), Some(lie)).unwrap_err();
        assert!(fault.message.contains("character encoding"));
        let declared = format!("<?xml version=\"1.0\" encoding=\"{lie}\"?>{good}");
        refused(&declared, "character encoding");
    }
}

#[test]
fn attributes_doubled_or_malformed() {
    refused(
        &message(&activate("<orderId a=\"1\" a=\"2\">A</orderId>")),
        "duplicate attribute",
    );
    let same = "<orderId xmlns:p=\"u\" xmlns:q=\"u\" p:a=\"1\" q:a=\"2\">A</orderId>";
    refused(&message(&activate(same)), "duplicate attribute");
    refused(
        &message(&activate("<orderId xmlns:p=\"u\" xmlns:p=\"v\"/>")),
        "duplicate attribute",
    );
    for tag in [
        "<orderId a>",
        "<orderId a=1>",
        "<orderId a=\"1>",
        "<orderId =\"1\">",
        "<orderId a=\"<\">",
    ] {
        refused(&message(&activate(&format!("{tag}A</orderId>"))), "message");
    }
}

#[test]
fn more_than_64_attributes_or_declarations_of_an_element() {
    let attributes = |count: usize, kind: &str| {
        let mut tag = String::from("<orderId");
        for i in 0..count {
            write!(tag, " {kind}a{i}=\"u{i}\"").unwrap();
        }
        message(&activate(&format!("{tag}>A</orderId>")))
    };
    for (kind, says) in [
        ("", "more than 64 attributes"),
        ("xmlns:", "too many namespace declarations"),
    ] {
        assert!(receive::<Activate>(attributes(64, kind).as_bytes(), None).is_ok());
        refused(&attributes(65, kind), says);
    }
}

#[test]
fn nesting_deeper_than_64() {
    let nested = |depth: usize| {
        let header = "<x>".repeat(depth) + &"</x>".repeat(depth);
        super::message_with(Version::Soap11, &header, &activate(GOOD))
    };
    // Envelope and header are two more.
    assert!(receive::<Activate>(nested(62).as_bytes(), None).is_ok());
    refused(&nested(63), "nested deeper");
    refused(&nested(100_000), "nested deeper");
}

#[test]
fn names_over_256_bytes() {
    let header = |name: &str| {
        let headers = format!("<{name}/><x {name}=\"\"/>");
        super::message_with(Version::Soap11, &headers, &activate(GOOD))
    };
    assert!(receive::<Activate>(header(&"n".repeat(256)).as_bytes(), None).is_ok());
    refused(&header(&"n".repeat(257)), "256 bytes");
    refused(&header("1n"), "malformed name");
}

#[test]
fn namespaces_that_are_not_declared_or_not_allowed() {
    refused(&message("<p:activate/>"), "not declared");
    refused(
        &message(&activate("<orderId p:x=\"\">A</orderId>")),
        "not declared",
    );
    for declaration in [
        "xmlns:p=\"\"",
        "xmlns:xml=\"u\"",
        "xmlns:xmlns=\"u\"",
        "xmlns:p=\"http://www.w3.org/XML/1998/namespace\"",
        "xmlns:p=\"http://www.w3.org/2000/xmlns/\"",
    ] {
        refused(
            &message(&activate(&format!("<orderId {declaration}>A</orderId>"))),
            "forbidden",
        );
    }
}

#[test]
fn truncated_and_broken_documents() {
    let good = message(&activate(GOOD));
    for end in 0..good.len() {
        let fault = receive::<Activate>(&good.as_bytes()[..end], None).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Client, "{}", &good[..end]);
    }
    for broken in [
        good.replace("</orderId>", "</OrderId>"),
        good.replace("</orderId>", ""),
        good.replace("<orderId>", "< orderId>"),
        good.replace("<orderId>", "<orderId>]]>"),
        good.replace("<orderId>", "<!-- a -- b --><orderId>"),
        good.clone() + "x",
        good.clone() + &good,
        format!("x{good}"),
        format!(" <?xml version=\"1.0\"?>{good}"),
        format!("<?xml version=\"1.1\"?>{good}"),
        format!("<?xml-stylesheet href=\"http://localhost/\"?>{good}"),
        String::new(),
        "<".to_owned(),
        "not XML".to_owned(),
    ] {
        let fault = receive::<Activate>(broken.as_bytes(), None).expect_err(&broken);
        assert_eq!(fault.kind, FaultKind::Client, "{broken}");
    }
}

#[test]
fn what_is_no_envelope_with_one_request() {
    let namespace = Version::Soap11.namespace();
    let envelope =
        |content: &str| format!("<s:Envelope xmlns:s=\"{namespace}\">{content}</s:Envelope>");
    let request = activate(GOOD);
    refused(&activate(GOOD), "no SOAP envelope");
    refused(&envelope(""), "no body");
    refused(&envelope("<s:Header/>"), "no body");
    refused(&envelope("<s:Body/>"), "empty");
    refused(&envelope("<s:Body> <!-- x --> </s:Body>"), "empty");
    refused(&envelope("<s:Body>text</s:Body>"), "text");
    refused(
        &envelope(&format!("<s:Body>{request}{request}</s:Body>")),
        "more than one request",
    );
    refused(
        &envelope(&format!("<s:Body>{request}text</s:Body>")),
        "text",
    );
    refused(
        &envelope(&format!(
            "<s:Body>{request}</s:Body><s:Body>{request}</s:Body>"
        )),
        "behind its body",
    );
    refused(
        &envelope(&format!("<s:Body>{request}</s:Body><x/>")),
        "behind its body",
    );
    refused(
        &envelope(&format!("<s:Body>{request}</s:Body><s:Header/>")),
        "behind its body",
    );
    refused(
        &envelope(&format!("<s:Header/><s:Header/><s:Body>{request}</s:Body>")),
        "something else",
    );
    refused(
        &envelope(&format!("<Body>{request}</Body>")),
        "something else",
    );
    refused(
        &envelope(&format!("<x/><s:Body>{request}</s:Body>")),
        "something else",
    );
}

#[test]
fn unknown_operations_and_wrong_namespaces() {
    refused(
        &message("<activat xmlns=\"urn:license-distribution-service:activation:v1\"/>"),
        "not known",
    );
    refused(
        &message("<activate xmlns=\"urn:license-distribution-service:v1\"/>"),
        "not known",
    );
    refused(&message("<activate/>"), "not known");
    let content = "<orderId xmlns=\"urn:other\">A</orderId>";
    refused_at(content, "orderId", "wrong namespace");
    refused_at(
        "<orderId xmlns=\"\">A</orderId>",
        "orderId",
        "wrong namespace",
    );
}

#[test]
fn unknown_envelopes_are_a_version_mismatch() {
    for namespace in ["", "urn:x", "http://www.w3.org/2001/12/soap-envelope"] {
        let message = format!(
            "<Envelope xmlns=\"{namespace}\"><Body>{}</Body></Envelope>",
            activate(GOOD)
        );
        let rejected = Envelope::read(&message).map(|_| ()).unwrap_err();
        assert_eq!(rejected.fault.kind, FaultKind::VersionMismatch);
        assert_eq!(rejected.version, Version::Soap11);
    }
}

#[test]
fn members_doubled_unknown_or_out_of_order_are_named() {
    refused_at(
        "<orderId>A</orderId><orderId>B</orderId>",
        "orderId",
        "repeated",
    );
    refused_at(
        "<parameter><name>a</name><value>b</value></parameter><orderId>A</orderId>",
        "orderId",
        "out of order",
    );
    refused_at(
        "<orderId>A</orderId><admin>true</admin>",
        "admin",
        "not known",
    );
    refused_at("<orderid>A</orderid>", "orderid", "not known");
    let host = |content: &str| {
        format!(
            "<orderId>A</orderId><host><type>A</type><value>B</value></host><host>{content}</host>"
        )
    };
    refused_at(
        &host("<value>B</value><type>A</type>"),
        "host[1].type",
        "out of order",
    );
    refused_at(
        &host("<type>A</type><value>B</value><value>C</value>"),
        "host[1].value",
        "repeated",
    );
    refused_at(
        &host("<type>A</type><value>B</value><x/>"),
        "host[1].x",
        "not known",
    );
    refused_at(
        &host("<type>A</type><value>B<b/></value>"),
        "host[1].value",
        "only text",
    );
    refused_at(&host("<type>A</type>B<value/>"), "host[1]", "only elements");
    let split = "<orderId>A</orderId><host><type>A</type><value>B</value></host><parameter><name>a</name><value>b</value></parameter><host><type>A</type><value>C</value></host>";
    refused_at(split, "host", "out of order");
}

#[test]
fn values_that_cannot_be_read_are_named() {
    refused_at("", "orderId", "needed");
    let host = |port: &str| {
        format!(
            "<orderId>A</orderId><host><type>A</type><value>B</value><port>{port}</port></host>"
        )
    };
    for port in ["x", "-1", "65536", "1.5", "0x10", "99999999999999999999"] {
        refused_at(&host(port), "host[0].port", "whole number");
    }
    refused_at(
        "<orderId>A</orderId><host><type>A</type></host>",
        "host[0].value",
        "needed",
    );
    refused_at(
        "<orderId>A</orderId><host/><host><type>A</type><value>B</value></host>",
        "host[0]",
        "empty",
    );
    let nil = "<orderId>A</orderId><host xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><type>A</type><value>B</value><name i:nil=\"true\">C</name></host>";
    refused_at(nil, "host[0].name", "nil");
}

#[test]
fn lists_have_an_end() {
    let host = "<host><type>A</type><value>B</value></host>";
    let hosts = |count: usize| format!("<orderId>A</orderId>{}", host.repeat(count));
    let good = receive::<Activate>(message(&activate(&hosts(1000))).as_bytes(), None).unwrap();
    assert_eq!(good.host.len(), 1000);
    refused_at(&hosts(1001), "host", "At most 1000");
}

#[test]
fn references_to_other_documents_are_never_followed() {
    let include = "<orderId><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/></orderId>";
    refused_at(include, "orderId", "only text");
    let xop = "<orderId><xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"http://localhost/\"/></orderId>";
    refused_at(xop, "orderId", "only text");
    let located = format!(
        "<activate xmlns=\"{ACTIVATION}\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:schemaLocation=\"{ACTIVATION} http://localhost/x.xsd\">{GOOD}</activate>"
    );
    assert!(receive::<Activate>(message(&located).as_bytes(), None).is_ok());
}
