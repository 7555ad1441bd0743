//! Faults on the wire, in both versions.

use lds_domain::{Code, Error};

use super::tree::Node;
use super::{SERVICES, xmllint};
use crate::operation::Service;
use crate::xml::{Event, Reader};
use crate::{Addressing, Context, Fault, FaultKind, ServiceFault, Version, de, encode_fault};

fn context(version: Version) -> Context {
    Context {
        version,
        addressing: None,
    }
}

fn stale() -> Fault {
    Error::new(Code::StaleRevision, "Changed & <gone>.")
        .at("customer[0].revision")
        .into()
}

/// The fault element in a reply.
fn parse(reply: &[u8]) -> Node {
    let mut root = Node::parse(std::str::from_utf8(reply).unwrap());
    let mut body = root.children.pop().unwrap();
    assert_eq!(body.name, "Body");
    body.children.pop().unwrap()
}

fn texts(node: &Node, name: &str) -> Vec<String> {
    let named = node.all().into_iter().filter(|node| node.name == name);
    named.map(|node| node.text.clone()).collect()
}

#[test]
fn soap11_has_its_code_in_the_envelopes_namespace_and_ours_in_the_detail() {
    let reply = encode_fault(
        &context(Version::Soap11),
        Service::LicenseDistribution,
        &stale(),
        "c-1",
    );
    let text = std::str::from_utf8(&reply).unwrap();
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"));
    let fault = parse(&reply);
    assert!(fault.is(Version::Soap11.namespace(), "Fault"));
    let names: Vec<_> = fault
        .children
        .iter()
        .map(|child| (&*child.namespace, &*child.name, &*child.text))
        .collect();
    assert_eq!(
        names,
        [
            ("", "faultcode", "soap:Client"),
            ("", "faultstring", "Changed & <gone>."),
            ("", "detail", "")
        ]
    );
}

#[test]
fn soap12_has_sender_subcode_and_language() {
    let reply = encode_fault(
        &context(Version::Soap12),
        Service::Activation,
        &stale(),
        "c-1",
    );
    let fault = parse(&reply);
    let names: Vec<_> = fault
        .children
        .iter()
        .map(|child| (&*child.namespace, &*child.name))
        .collect();
    let soap = Version::Soap12.namespace();
    assert_eq!(names, [(soap, "Code"), (soap, "Reason"), (soap, "Detail")]);
    assert_eq!(
        texts(&fault, "Value"),
        ["soap:Sender", "code:StaleRevision"]
    );
    assert_eq!(texts(&fault, "Text"), ["Changed & <gone>."]);
    let text = std::str::from_utf8(&reply).unwrap();
    assert!(text.contains("<soap:Text xml:lang=\"en\">"));
    assert!(text.contains("<soap:Value xmlns:code=\"urn:license-distribution-service:activation:v1\">code:StaleRevision<"));
}

#[test]
fn the_detail_is_valid_and_tells_everything() {
    let error = Error {
        retry_after_seconds: Some(7),
        ..Error::new(Code::RateLimited, "Slower.")
            .at("a")
            .because("internal")
    };
    for service in SERVICES {
        for version in [Version::Soap11, Version::Soap12] {
            let reply = encode_fault(&context(version), service, &error.clone().into(), "c-1");
            let text = String::from_utf8(reply).unwrap();
            let start = text.find("<ServiceFault").unwrap();
            let end = text.find("</ServiceFault>").unwrap() + "</ServiceFault>".len();
            let detail = text[start..end].to_owned();
            assert!(!text.contains("internal"));
            assert_eq!(read(&detail, service), expected());
            xmllint::validate(service, &[detail]);
        }
    }
}

fn expected() -> ServiceFault {
    ServiceFault {
        code: "RateLimited".into(),
        message: "Slower.".into(),
        field: Some("a".into()),
        retryable: true,
        retry_after_seconds: Some(7),
        correlation_id: "c-1".into(),
        extra: Vec::new(),
    }
}

fn read(element: &str, service: Service) -> ServiceFault {
    let mut reader = Reader::new(element);
    let Ok(Event::Start(start)) = reader.next_event() else {
        panic!("no element");
    };
    de::read_content(&mut reader, start, service.namespace(), de::Reading::Strict).unwrap()
}

#[test]
fn each_kind_has_its_words_in_both_versions() {
    let words = [
        (
            FaultKind::Client,
            "soap:Client",
            vec!["soap:Sender", "code:InvalidRequest"],
        ),
        (
            FaultKind::Server,
            "soap:Server",
            vec!["soap:Receiver", "code:Internal"],
        ),
        (
            FaultKind::MustUnderstand,
            "soap:MustUnderstand",
            vec!["soap:MustUnderstand"],
        ),
        (
            FaultKind::VersionMismatch,
            "soap:VersionMismatch",
            vec!["soap:VersionMismatch"],
        ),
        (
            FaultKind::FailedAuthentication,
            "wsse:FailedAuthentication",
            vec!["soap:Sender", "code:FailedAuthentication"],
        ),
        (
            FaultKind::InvalidSecurity,
            "wsse:InvalidSecurity",
            vec!["soap:Sender", "code:InvalidSecurity"],
        ),
    ];
    for (kind, first, second) in words {
        let fault = Fault::of(kind, "x");
        let of = |version| encode_fault(&context(version), Service::Activation, &fault, "c");
        let (reply11, reply12) = (of(Version::Soap11), of(Version::Soap12));
        assert_eq!(texts(&parse(&reply11), "faultcode"), [first]);
        assert_eq!(texts(&parse(&reply12), "Value"), second);
        let about_envelope = matches!(kind, FaultKind::MustUnderstand | FaultKind::VersionMismatch);
        for reply in [reply11, reply12] {
            assert_eq!(
                texts(&parse(&reply), "ServiceFault").is_empty(),
                about_envelope
            );
        }
    }
}

#[test]
fn addressed_requests_get_addressed_faults() {
    let context = Context {
        version: Version::Soap12,
        addressing: Some(Addressing {
            message_id: Some("urn:<1>".into()),
        }),
    };
    for (kind, action) in [
        (
            FaultKind::Client,
            "http://www.w3.org/2005/08/addressing/fault",
        ),
        (
            FaultKind::MustUnderstand,
            "http://www.w3.org/2005/08/addressing/soap/fault",
        ),
    ] {
        let reply = encode_fault(&context, Service::Activation, &Fault::of(kind, "x"), "c");
        let root = Node::parse(std::str::from_utf8(&reply).unwrap());
        assert_eq!(texts(&root, "Action"), [action]);
        assert_eq!(texts(&root, "RelatesTo"), ["urn:<1>"]);
    }
}
