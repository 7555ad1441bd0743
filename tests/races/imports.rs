//! Licenses that were issued elsewhere against activations of the same machines.

use std::collections::BTreeSet;

use super::{Crowd, address, live};
use crate::support::{Client, assert_counters, machine};

races! { one_machine the_last_places one_reference }

fn import(client: &Client, order: &str, address: &str, more: &str) -> Result<String, String> {
    let members = machine(order, address);
    let item = format!(
        "<item>{members}<file><name>a.lic</name><mediaType>text/plain</mediaType>\
         <text>old</text></file><issuedAt>2019-03-01T08:30:00Z</issuedAt>{more}</item>"
    );
    let answer = client.internal("importLicenses", &item);
    let answer = answer.map_err(|fault| fault.code)?;
    answer
        .get("code")
        .map_or_else(|| Ok(answer.want("id")), Err)
}

/// Half of them import, half activate: all are told of one license or that it is there.
fn one_machine(crowd: &Crowd) {
    let shop = crowd.shop(super::ANY_NUMBER);
    let order = shop.order("");
    let told = crowd.at_once(|i, client| {
        if i % 2 == 0 {
            return import(client, &order, &address(0, 0), "");
        }
        let license = super::activate(client, &order, &address(0, 0));
        license
            .map(|license| license.want("id"))
            .map_err(|fault| fault.code)
    });
    let ids: BTreeSet<_> = told.iter().flatten().cloned().collect();
    assert_eq!(ids.len(), 1, "{told:?}");
    for code in told.iter().filter_map(|told| told.as_ref().err()) {
        assert_eq!(code, "AlreadyExists");
    }
    assert_eq!(live(crowd.client()), ids.into_iter().collect::<Vec<_>>());
    assert_counters(crowd.client());
}

/// Three places for as many machines as there are callers.
fn the_last_places(crowd: &Crowd) {
    let terms = "<terms><maxActivations>3</maxActivations><hostLock>REQUIRED</hostLock>\
        <hostRule><type>ETHERNET</type></hostRule></terms>";
    let shop = crowd.shop(terms);
    let order = shop.order("");
    let told = crowd.at_once(|i, client| {
        if i % 2 == 0 {
            return import(client, &order, &address(i, 0), "");
        }
        let license = super::activate(client, &order, &address(i, 0));
        license
            .map(|license| license.want("id"))
            .map_err(|fault| fault.code)
    });
    let made: BTreeSet<_> = told.iter().flatten().cloned().collect();
    assert_eq!(made.len(), 3, "{told:?}");
    for code in told.iter().filter_map(|told| told.as_ref().err()) {
        assert_eq!(code, "NoActivationsLeft");
    }
    let live: BTreeSet<_> = live(crowd.client()).into_iter().collect();
    assert_eq!(live, made);
    assert_counters(crowd.client());
}

/// Each brings another license by the same reference, under an order of its own.
fn one_reference(crowd: &Crowd) {
    let shop = crowd.shop(super::ANY_NUMBER);
    let orders = shop.orders(super::CALLERS, "");
    let reference = "<externalRef>old-1</externalRef>";
    let told = crowd.at_once(|i, client| import(client, &orders[i], &address(i, 0), reference));
    assert_eq!(told.iter().flatten().count(), 1, "{told:?}");
    for code in told.iter().filter_map(|told| told.as_ref().err()) {
        assert_eq!(code, "AlreadyExists");
    }
    assert_counters(crowd.client());
}
