//! Licenses that take another one's place, or come besides any: one wins, and all are told of it.

use std::collections::HashSet;

use super::{Crowd, activate, address, live};
use crate::support::{Client, assert_counters, machine};

races! {
    two_machines_want_one_license rehosts_against_activations replacements_against_activations
    emergencies_at_once
}

fn terms(machines: usize) -> String {
    format!(
        "<terms><maxActivations>{machines}</maxActivations><hostLock>REQUIRED</hostLock>\
         <hostRule><type>ETHERNET</type></hostRule><movesAllowed><count>1000</count></movesAllowed>\
         <emergencyAllowed><count>2</count><days>3</days></emergencyAllowed></terms>"
    )
}

fn rehost(order: &str, from: &str, to: &str) -> String {
    let new = format!("<newHost><type>ETHERNET</type><value>{to}</value></newHost>");
    machine(order, from) + &new
}

fn count(client: &Client, filter: &str) -> usize {
    let found = client.internal(
        "findLicenses",
        &format!("{filter}<pageSize>1000</pageSize>"),
    );
    found.expect("licenses").elements("license").len()
}

fn moves_left(client: &Client, order: &str) -> usize {
    let info = client.activation("getOrderInfo", &format!("<orderId>{order}</orderId>"));
    let left = info.expect("the order").want("movesLeft");
    left.parse().expect("a number")
}

/// The license of one machine goes to one of four others, once, and is counted once.
fn two_machines_want_one_license(crowd: &Crowd) {
    let order = crowd.shop(&terms(1)).order("");
    let from = address(0, 0);
    activate(crowd.client(), &order, &from).expect("a license");
    let answers = crowd.at_once(|i, client| {
        let request = rehost(&order, &from, &address(1, i % 4));
        client.activation("rehost", &request)
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    let won: HashSet<_> = won
        .into_iter()
        .filter_map(Result::ok)
        .map(|a| a.0)
        .collect();
    assert_eq!(won.len(), 1);
    for fault in lost.into_iter().filter_map(Result::err) {
        assert_eq!(fault.code, "NoLicense");
    }
    let client = crowd.client();
    assert_eq!((live(client).len(), moves_left(client, &order)), (1, 999));
    assert_counters(client);
}

/// A license goes to and fro while both machines are activated: never more than one is live, and
/// every rehost that was told is a license that was replaced and a move that was counted.
fn rehosts_against_activations(crowd: &Crowd) {
    let order = crowd.shop(&terms(1)).order("");
    let (here, there) = (address(0, 0), address(0, 1));
    activate(crowd.client(), &order, &here).expect("a license");
    crowd.at_once(|i, client| {
        let (from, to) = if i % 4 < 2 {
            (&here, &there)
        } else {
            (&there, &here)
        };
        for _ in 0..4 {
            let told = match i % 2 {
                0 => activate(client, &order, from),
                _ => client.activation("rehost", &rehost(&order, from, to)),
            };
            if let Err(fault) = told {
                let expected = ["NoActivationsLeft", "NoLicense", "Unavailable"];
                assert!(expected.contains(&&*fault.code), "{fault:?}");
            }
        }
    });
    let client = crowd.client();
    assert_eq!(live(client).len(), 1);
    let replaced = count(client, "<state>REPLACED</state>");
    assert!(replaced > 0, "nothing was moved");
    assert_eq!(moves_left(client, &order), 1000 - replaced);
    assert_counters(client);
}

/// A license is replaced again and again while its machine asks for it: an activation always gets
/// one, and each was replaced by one other.
fn replacements_against_activations(crowd: &Crowd) {
    let order = crowd.shop(&terms(1)).order("");
    activate(crowd.client(), &order, &address(0, 0)).expect("a license");
    let told = crowd.at_once(|i, client| {
        let mut told = Vec::new();
        for _ in 0..3 {
            if i % 4 > 0 {
                let license = activate(client, &order, &address(0, 0));
                told.push(license.expect("a license").want("id"));
                continue;
            }
            for id in live(client) {
                let replace = format!("<id>{id}</id><reason>race</reason>");
                client
                    .internal("replaceLicenses", &replace)
                    .expect("an answer");
            }
        }
        told
    });
    let client = crowd.client();
    let found = client
        .internal("findLicenses", "<pageSize>1000</pageSize>")
        .expect("licenses");
    let licenses = found.elements("license");
    let known: HashSet<_> = licenses.iter().map(|license| license.want("id")).collect();
    assert!(told.into_iter().flatten().all(|id| known.contains(&id)));
    let places: Vec<_> = licenses.iter().filter_map(|l| l.get("replaces")).collect();
    assert!(!places.is_empty(), "nothing was replaced");
    assert_eq!(places.iter().collect::<HashSet<_>>().len(), places.len());
    assert_eq!((live(client).len(), licenses.len()), (1, places.len() + 1));
    assert_counters(client);
}

/// Three machines want an emergency license, two may have one: each gets one, told to all.
fn emergencies_at_once(crowd: &Crowd) {
    let order = crowd.shop(&terms(1)).order("");
    let answers = crowd
        .at_once(|i, client| client.activation("emergency", &machine(&order, &address(0, i % 3))));
    let (given, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    let given: HashSet<_> = given
        .into_iter()
        .filter_map(Result::ok)
        .map(|a| a.0)
        .collect();
    assert_eq!(given.len(), 2);
    for fault in refused.into_iter().filter_map(Result::err) {
        assert_eq!(fault.code, "AllowanceExhausted");
    }
    assert_eq!(count(crowd.client(), "<kind>EMERGENCY</kind>"), 2);
    assert_counters(crowd.client());
}
