//! Validation by libxml2, which knows nothing of this crate.

use std::path::Path;
use std::process::Command;

use crate::operation::Service;
use crate::{Version, wsdl};

/// Validates documents against the schema of a service.
pub(super) fn validate(service: Service, documents: &[String]) {
    let directory = tempfile::tempdir().unwrap();
    let schema = directory.path().join("schema.xsd");
    std::fs::write(&schema, schema_of(service)).unwrap();
    let names = (0..documents.len()).map(|i| directory.path().join(format!("{i}.xml")));
    let files: Vec<_> = names.collect();
    for (file, document) in files.iter().zip(documents) {
        std::fs::write(file, document).unwrap();
    }
    run(&schema, &files, documents);
}

fn run(schema: &Path, files: &[std::path::PathBuf], documents: &[String]) {
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(files)
        .output()
        .expect("xmllint is needed to validate replies: install libxml2-utils");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", documents.join("\n"));
}

/// The schema by itself, with the prefixes that the WSDL declares around it.
fn schema_of(service: Service) -> String {
    let wsdl = wsdl::document(service, Version::Soap11);
    let start = wsdl.find("<xs:schema ").unwrap();
    let end = wsdl.find("</xs:schema>").unwrap() + "</xs:schema>".len();
    let declarations = format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:tns=\"{}\" ",
        service.namespace()
    );
    wsdl[start..end].replacen("<xs:schema ", &declarations, 1)
}

/// What is in the body of a message.
pub(super) fn body(message: &[u8]) -> String {
    let message = std::str::from_utf8(message).unwrap();
    let start = message.find("<soap:Body>").unwrap() + "<soap:Body>".len();
    let end = message.rfind("</soap:Body>").unwrap();
    message[start..end].to_owned()
}
