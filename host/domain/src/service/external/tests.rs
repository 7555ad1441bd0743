//! Which host and which values a foreign request means to a generator.

use std::sync::Arc;

use super::host::hosts;
use super::names::{Sorted, merged, values};
use super::*;
use crate::command::ExternalHost;
use crate::generator::{Definition, Description, Value, ValueType};
use crate::ports::Generators as _;
use crate::terms::LicenseType;
use crate::testing::{FakeGenerators, GENERATOR};

fn description() -> Arc<Description> {
    let info = FakeGenerators::default().get(GENERATOR).unwrap();
    info.description.clone().unwrap()
}

fn pair(name: &str, value: &str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

type Pairs = Vec<(String, String)>;

fn found(host: &ExternalHost) -> Result<Pairs> {
    let hosts = hosts(host, LicenseType::NodeLocked, &[], &description())?;
    let pairs = hosts.into_iter().map(|host| (host.host_type, host.value));
    Ok(pairs.collect())
}

fn identified(identifier: &str, types: &[&str]) -> Result<Pairs> {
    found(&ExternalHost {
        identifier: Some(identifier.to_owned()),
        types: types.iter().map(|name| (*name).to_owned()).collect(),
        attributes: Vec::new(),
    })
}

fn one(host_type: &str, value: &str) -> Pairs {
    vec![(host_type.to_owned(), value.to_owned())]
}

#[test]
fn an_identifier_is_of_the_type_that_is_told() {
    let ethernet = || one("ETHERNET", "001122aabbcc");
    assert_eq!(identified("00:11:22:AA:BB:CC", &[]), Ok(ethernet()));
    assert_eq!(
        identified("ETHERNET=001122aabbcc", &["HOSTNAME"]),
        Ok(ethernet())
    );
    assert_eq!(
        identified("HOSTNAME=Nora", &[]),
        Ok(one("HOSTNAME", "nora"))
    );
    assert_eq!(
        identified("nora", &["OTHER", "HOSTNAME"]),
        Ok(one("HOSTNAME", "nora"))
    );
    assert_eq!(
        identified("nora", &["ETHERNET", "HOSTNAME"]),
        Ok(one("HOSTNAME", "nora"))
    );
}

#[test]
fn a_slip_is_no_host_of_another_type() {
    for (slip, types) in [("00112", &[][..]), ("00112", &["ETHERNET"])] {
        assert_eq!(identified(slip, types).unwrap_err().code, Code::HostInvalid);
    }
}

#[test]
fn attributes_named_as_types_win_over_the_identifier() {
    let host = ExternalHost {
        identifier: Some("whatever it is".to_owned()),
        types: Vec::new(),
        attributes: vec![pair("HOSTNAME", "Nora"), pair("owner", "Eva")],
    };
    assert_eq!(found(&host), Ok(one("HOSTNAME", "nora")));
}

#[test]
fn a_license_server_has_its_port() {
    let host = ExternalHost {
        identifier: Some("ETHERNET=001122aabbcc".to_owned()),
        ..ExternalHost::default()
    };
    let port = [pair("DEFAULT_SERVER_PORT", "27000")];
    let port = |license_type| hosts(&host, license_type, &port, &description()).unwrap()[0].port;
    assert_eq!(port(LicenseType::Floating), Some(27000));
    assert_eq!(port(LicenseType::NodeLocked), None);
}

#[test]
fn the_specific_replaces_the_general() {
    let general = [pair("a", "1"), pair("b", "1"), pair("b", "2")];
    let specific = [pair("b", "3")];
    let merged = merged([&general[..], &specific[..]]);
    assert_eq!(merged, [pair("a", "1"), pair("b", "3")]);
}

#[test]
fn names_are_compared_by_their_letters() {
    let given = [
        pair("EDITION", "gold"),
        pair("Note", "n"),
        pair("TIER", "2"),
        pair("x", "1"),
    ];
    let sorted = Sorted::new(&given, &description());
    assert_eq!(sorted.settings, [pair("edition", "gold")]);
    assert_eq!(sorted.parameters, [pair("note", "n")]);
    assert_eq!(sorted.of_features, [pair("tier", "2")]);
    assert_eq!(sorted.others, [pair("x", "1")]);
}

#[test]
fn several_values_are_a_list_or_several_lines() {
    let given = [pair("edition", "a"), pair("edition", "b")];
    let [mut definition] = <[Definition; 1]>::try_from(description().settings.clone()).unwrap();
    let typed = |definition: &Definition| {
        values(std::slice::from_ref(definition), &given, &[])
            .unwrap()
            .remove(0)
            .1
    };
    assert_eq!(typed(&definition), Value::Text("a\nb".to_owned()));
    definition.value_type = ValueType::List;
    assert_eq!(
        typed(&definition),
        Value::List(vec!["a".into(), "b".into()])
    );
}
