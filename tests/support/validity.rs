//! Whether replies are valid by the schema of their WSDL, as libxml2 sees it. Every reply that a
//! test gets is kept, one of each shape, and looked at when its server ends.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::client::{ACTIVATION, GENERATOR, INTERNAL};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// The WSDLs; another test sees to it that these are served.
const WSDLS: [(&str, &str); 3] = [
    (
        GENERATOR,
        include_str!("../../wsdl/license-generator-service.wsdl"),
    ),
    (
        INTERNAL,
        include_str!("../../wsdl/license-distribution-service.wsdl"),
    ),
    (
        ACTIVATION,
        include_str!("../../wsdl/activation-service.wsdl"),
    ),
];

/// Replies of one server: by their shapes, which are their tags.
type Replies = BTreeMap<String, String>;

/// By the servers' URLs.
static KEPT: Mutex<BTreeMap<String, Replies>> = Mutex::new(BTreeMap::new());

fn kept() -> MutexGuard<'static, BTreeMap<String, Replies>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a reply of the server at this URL, if it is a SOAP message and of a new shape.
pub(crate) fn keep(url: &str, reply: &str) {
    if !reply.contains("<soap:Envelope ") {
        return;
    }
    let shape = reply.split('>').filter_map(|part| part.split('<').nth(1));
    let shape = shape.collect::<Vec<_>>().join(" ");
    let mut kept = kept();
    let replies = kept.entry(url.to_owned()).or_default();
    replies.entry(shape).or_insert_with(|| reply.to_owned());
}

/// Panics unless the replies that were kept of this server are valid.
pub(crate) fn check(url: &str) {
    let Some(replies) = kept().remove(url) else {
        return;
    };
    let contents: BTreeSet<String> = replies
        .values()
        .filter_map(|reply| content(reply))
        .collect();
    for (namespace, wsdl) in WSDLS {
        let declared = format!("xmlns=\"{namespace}\"");
        let of = contents.iter().filter(|text| text.contains(&declared));
        let of: Vec<_> = of.cloned().collect();
        if !of.is_empty() {
            validate(&schema(wsdl, namespace), &of);
        }
    }
}

/// What a reply says in the words of the WSDL; nothing where the fault is SOAP's own.
fn content(reply: &str) -> Option<String> {
    let declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope ";
    assert!(reply.starts_with(declaration), "{reply}");
    let between = |start: &str, end: &str| {
        let (_, rest) = reply.split_once(start)?;
        Some(rest.rsplit_once(end)?.0.to_owned())
    };
    if reply.contains("<soap:Fault>") {
        return between("<detail>", "</detail>")
            .or_else(|| between("<soap:Detail>", "</soap:Detail>"));
    }
    Some(between("<soap:Body>", "</soap:Body>").expect("a body"))
}

/// The schema in a WSDL, with the prefixes that are declared around it.
pub(crate) fn schema(wsdl: &str, namespace: &str) -> String {
    let (start, end) = ("<xs:schema ", "</xs:schema>");
    let (_, rest) = wsdl.split_once(start).expect("a schema");
    let (schema, _) = rest.split_once(end).expect("its end");
    format!("{start}xmlns:xs=\"{XS}\" xmlns:tns=\"{namespace}\" {schema}{end}")
}

/// Panics unless each of these elements is valid by a schema.
pub(crate) fn validate(schema: &str, documents: &[String]) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: String, text: &str| -> PathBuf {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("a file");
        file
    };
    let schema = write("schema.xsd".to_owned(), schema);
    let files = documents.iter().enumerate();
    let files = files.map(|(n, text)| write(format!("{n}.xml"), text));
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(files)
        .output()
        .expect("xmllint runs: scripts/setup test installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    let wrong = said.lines().filter(|line| !line.ends_with(" validates"));
    let wrong: Vec<_> = wrong.collect();
    assert!(output.status.success(), "{}", wrong.join("\n"));
}

#[test]
#[should_panic(expected = "This element is not expected")]
fn a_reply_that_is_not_valid_is_seen() {
    keep(
        "http://invalid.example",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"x\"><soap:Body>\
         <getLicenseResponse xmlns=\"urn:license-distribution-service:v1\"><result><id>1</id>\
         <unknown/></result></getLicenseResponse></soap:Body></soap:Envelope>",
    );
    check("http://invalid.example");
}
