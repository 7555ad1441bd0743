//! READ: what a license file grants, in the words of a request. Whether its signatures are good is
//! known to the vendor's daemon alone.

use lds_plugin_api::Outcome;
use lds_plugin_api::document::{
    Attributes, File, Host, LicenseType, Problem, ReadFeature, ReadRequest, ReadResult, SCHEMA,
};

use crate::date::Date;
use crate::model::{Grant, License, Server, Signature};
use crate::read;

/// Expired features that are told one by one; there may be thousands.
const MAX_TOLD: usize = 20;
/// What is told by members of its own.
const OWN: [&str; 3] = ["HOSTID", "ISSUED", "START"];

pub(crate) fn read(request: &ReadRequest) -> Outcome<ReadResult> {
    let [
        File {
            text: Some(text), ..
        },
    ] = request.files.as_slice()
    else {
        return Err(not_mine().into());
    };
    let reading = read::license(text);
    let license = &reading.license;
    if license.grants.is_empty() {
        return Err(not_mine().into());
    }
    let problems = reading.problems.iter().cloned();
    let is_floating = !license.servers.is_empty();
    Ok(ReadResult {
        schema: SCHEMA,
        license_type: Some(if is_floating {
            LicenseType::Floating
        } else {
            LicenseType::NodeLocked
        }),
        hosts: hosts(license),
        features: license.grants.iter().map(feature).collect(),
        starts_on: common(license, |grant| day(grant, "START")),
        expires_on: common(license, |grant| grant.expiry.map(Date::iso)),
        issued_on: common(license, |grant| day(grant, "ISSUED")),
        signed: Some(license.grants.iter().all(is_signed)),
        problems: problems.chain(told(license, &request.today)).collect(),
        ..ReadResult::default()
    })
}

fn not_mine() -> Problem {
    Problem::new(
        "NOT_MINE",
        "This is no license file: no line grants a feature.",
    )
}

/// The servers, or the machines that the lines name.
fn hosts(license: &License) -> Vec<Host> {
    if !license.servers.is_empty() {
        return license.servers.iter().map(of_server).collect();
    }
    let mut hosts: Vec<Host> = Vec::new();
    for host in license.grants.iter().flat_map(own_hosts) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

fn of_server(server: &Server) -> Host {
    Host {
        name: Some(server.host.clone()),
        port: server.port,
        ..host(&server.host_id)
    }
}

fn own_hosts(grant: &Grant) -> Vec<Host> {
    let ids = value(grant, "HOSTID").unwrap_or_default();
    ids.split_ascii_whitespace().map(host).collect()
}

/// A host id by the name of its type.
fn host(id: &str) -> Host {
    let (host_type, value) = match id.split_once('=') {
        Some((word, value)) if word.eq_ignore_ascii_case("DISK_SERIAL_NUM") => {
            ("DISK_SERIAL".to_owned(), value)
        }
        Some((word, value)) => (word.to_ascii_uppercase(), value),
        None if id.eq_ignore_ascii_case("ANY") => ("ANY".to_owned(), id),
        None => ("ETHERNET".to_owned(), id),
    };
    Host {
        host_type,
        value: value.to_owned(),
        name: None,
        port: None,
    }
}

fn feature(grant: &Grant) -> ReadFeature {
    let others = grant.attributes.iter();
    let others = others.filter(|attribute| !OWN.contains(&attribute.word.as_str()));
    let attributes: Attributes = others
        .map(|attribute| {
            let value = attribute.value.clone().unwrap_or_default();
            (attribute.word.clone(), value)
        })
        .collect();
    ReadFeature {
        name: grant.name.clone(),
        version: Some(grant.version.clone()),
        count: grant.count,
        expires_on: grant.expiry.map(Date::iso),
        maintenance_until: None,
        hosts: own_hosts(grant),
        attributes,
    }
}

fn value<'a>(grant: &'a Grant, word: &str) -> Option<&'a str> {
    let mut attributes = grant.attributes.iter();
    let attribute = attributes.find(|attribute| attribute.word.eq_ignore_ascii_case(word))?;
    attribute.value.as_deref()
}

fn day(grant: &Grant, word: &str) -> Option<String> {
    Date::from_license(value(grant, word)?).map(Date::iso)
}

/// What all lines say alike.
fn common(license: &License, of: impl Fn(&Grant) -> Option<String>) -> Option<String> {
    let (first, others) = license.grants.split_first()?;
    let value = of(first)?;
    let alike = |grant: &Grant| of(grant).as_ref() == Some(&value);
    others.iter().all(alike).then_some(value)
}

fn is_signed(grant: &Grant) -> bool {
    matches!(grant.signature, Signature::Digits(_))
}

/// What a daemon would refuse, as far as it can be seen without the key.
fn told(license: &License, today: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !license.grants.iter().all(is_signed) {
        let message = "A line bears no signature: no daemon takes it.";
        problems.push(Problem::new("NOT_SIGNED", message));
    }
    let Some(today) = Date::from_iso(today) else {
        return problems;
    };
    let is_over = |grant: &&Grant| grant.expiry.is_some_and(|day| day < today);
    let over = license.grants.iter().filter(is_over).take(MAX_TOLD);
    problems.extend(over.map(|grant| {
        let name: String = grant.name.chars().take(100).collect();
        Problem::new("EXPIRED", format!("The feature {name} has expired."))
    }));
    problems
}
