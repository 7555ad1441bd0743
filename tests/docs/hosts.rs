//! The table of `docs/hosts.md`, against what the bundled plugins declare.

use std::collections::BTreeMap;

use lds_domain::host::{Form, HostType, whole_pattern};
use serde::Deserialize;

use super::{quoted, read, rows};
use crate::support::{Client, Server};

/// What a generator declares of its host types.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    host_types: Vec<Declared>,
}

#[derive(Deserialize)]
struct Declared {
    name: String,
    form: Form,
    pattern: String,
}

/// Each declared host type, with the plugins that take it.
fn declared() -> BTreeMap<String, (HostType, Vec<String>)> {
    let server = Server::start_with("[plugins.hello]\n");
    let found = Client::new(&server).internal("findGenerators", "");
    let mut types = BTreeMap::new();
    for generator in found.expect("generators").elements("generator") {
        let text = generator.want("description");
        let description: Description = serde_json::from_str(&text).expect("a description");
        for declared in description.host_types {
            let host_type = host_type(&declared);
            let entry = types.entry(declared.name);
            let (_, plugins) = entry.or_insert((host_type, Vec::new()));
            plugins.push(generator.want("name"));
        }
    }
    types
}

fn host_type(declared: &Declared) -> HostType {
    HostType {
        name: declared.name.clone(),
        label: declared.name.clone(),
        form: declared.form,
        pattern: Some(whole_pattern(&declared.pattern).expect("a pattern")),
        example: None,
        help: None,
    }
}

#[test]
fn every_host_type_is_listed_with_writings_that_it_takes() {
    let page = read("docs/hosts.md");
    let declared = declared();
    let table = rows(&page);
    let mut listed: Vec<_> = table.iter().map(|row| quoted(row[0])[0]).collect();
    listed.sort_unstable();
    assert_eq!(listed, declared.keys().collect::<Vec<_>>());
    for row in table {
        let (host_type, plugins) = &declared[quoted(row[0])[0]];
        assert_eq!(quoted(row[4]), *plugins, "{}", host_type.name);
        let normal = quoted(row[1])[0];
        for written in quoted(row[2]).into_iter().chain([normal]) {
            let made = host_type.normalize(written);
            assert_eq!(made.as_deref(), Ok(normal), "{}", host_type.name);
        }
    }
}
