//! `docs/limits.md` against the server's word and the constants.

use lds_domain::{date, password, terms, token};
use lds_generators::limits;
use lds_web::Options;

use crate::support::{Client, Server};

use super::{quoted, read, rows, section};

#[test]
fn the_limits_that_the_service_tells_are_listed() {
    let page = read("docs/limits.md");
    let table = rows(section(&page, "## Told by getServiceInfo"));
    let listed: Vec<_> = table
        .iter()
        .map(|row| (quoted(row[0])[0].to_owned(), row[1].to_owned()))
        .collect();
    let server = Server::start();
    let info = Client::new(&server).internal("getServiceInfo", "");
    let limits = info.expect("an answer").elements("limit");
    let told: Vec<_> = limits
        .iter()
        .map(|limit| (limit.want("name"), limit.want("value")))
        .collect();
    assert_eq!(listed, told);
}

/// The numbers of a section's table.
fn values(heading: &str) -> Vec<u128> {
    let page = read("docs/limits.md");
    let table = rows(section(&page, heading));
    let values = table.iter().map(|row| row[1].parse().expect("a number"));
    values.collect()
}

#[test]
fn the_limits_of_members_are_listed() {
    let constants = [
        u128::from(date::MAX_AMOUNT),
        terms::MAX_EMERGENCY_DAYS.into(),
        terms::MAX_SUBSETS.into(),
        token::MAX_ADDRESSES as u128,
        password::MAX_LENGTH as u128,
    ];
    assert_eq!(values("## Of members"), constants);
}

#[test]
fn the_limits_of_requests_are_listed() {
    let Options {
        header_timeout,
        body_timeout,
        max_connections,
        ..
    } = Options::default();
    let defaults = [
        header_timeout.as_millis(),
        body_timeout.as_millis(),
        max_connections as u128,
    ];
    assert_eq!(values("## Of requests"), defaults);
}

#[test]
fn the_limits_of_generators_are_listed() {
    let constants = [
        limits::MAX_INPUT as u128 >> 10,
        limits::MAX_LOG as u128 >> 10,
        u128::from(limits::MAX_ARTEFACT) >> 20,
        limits::MAX_SIGNATURES as u128,
    ];
    assert_eq!(values("## Of generators"), constants);
}
