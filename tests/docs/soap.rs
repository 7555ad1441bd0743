//! The tables of `docs/soap.md`.

use lds_domain::{Code, Error};

use super::{quoted, read, rows, section};

fn operations_of(wsdl: &str) -> Vec<String> {
    let text = read(wsdl);
    let document = roxmltree::Document::parse(&text).expect("well-formed XML");
    let ports = document
        .descendants()
        .filter(|node| node.tag_name().name() == "portType");
    let operations = ports.flat_map(|port| {
        let children = port.children();
        children.filter(|node| node.tag_name().name() == "operation")
    });
    let mut names: Vec<_> = operations
        .filter_map(|operation| Some(operation.attribute("name")?.to_owned()))
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn every_operation_is_listed_once() {
    let page = read("docs/soap.md");
    for (heading, wsdl) in [
        ("### The vendor's service", "license-distribution-service"),
        ("### The customers' service", "activation-service"),
    ] {
        let table = rows(section(&page, heading));
        let mut listed: Vec<_> = table.iter().flat_map(|row| quoted(row[1])).collect();
        listed.sort_unstable();
        assert_eq!(
            listed,
            operations_of(&format!("wsdl/{wsdl}.wsdl")),
            "{heading}"
        );
    }
}

#[test]
fn every_fault_code_is_listed_with_whether_to_retry() {
    let page = read("docs/soap.md");
    let table = rows(section(&page, "## Faults"));
    let listed: Vec<_> = table
        .iter()
        .map(|row| (quoted(row[0])[0], row[2]))
        .collect();
    let codes = Code::ALL.iter().map(|code| {
        let retryable = Error::new(*code, "").retryable();
        (code.name(), if retryable { "yes" } else { "no" })
    });
    assert_eq!(listed, codes.collect::<Vec<_>>());
}
