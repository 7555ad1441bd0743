//! Whoever is first, there is one license, and never more than were sold.

use std::collections::HashSet;

use super::{Crowd, activate, address, live};
use crate::support::{Shop, assert_counters};

races! { one_machine many_machines machines_that_share_hosts everything_at_once }

/// All callers on one order and one machine: one license, told to all.
fn one_machine(crowd: &Crowd) {
    let shop = Shop::new(crowd.client().clone());
    for _ in 0..5 {
        let order = shop.order("");
        let answers = crowd.at_once(|_, client| {
            let license = activate(client, &order, "001122aabbcc");
            license.expect("a license").0
        });
        assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 1);
    }
    assert_counters(crowd.client());
}

/// Each caller with a machine of his own, on an order for three.
fn many_machines(crowd: &Crowd) {
    let terms = "<terms><maxActivations>3</maxActivations><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule></terms>";
    let order = crowd.shop(terms).order("");
    let answers = crowd.at_once(|i, client| activate(client, &order, &address(i, 0)));
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 3);
    for fault in refused.into_iter().filter_map(Result::err) {
        assert_eq!(fault.code, "NoActivationsLeft");
    }
    assert_counters(crowd.client());
}

/// Any two of these machines have two hosts in common: they are the same machine.
fn machines_that_share_hosts(crowd: &Crowd) {
    let terms = "<terms><maxActivations>0</maxActivations><hostLock>REQUIRED</hostLock>\
        <hostRule><type>ETHERNET</type><min>2</min><max>3</max></hostRule><minHosts>2</minHosts>\
        <hostMatch>AT_LEAST</hostMatch><hostMatchCount>2</hostMatchCount></terms>";
    let shop = crowd.shop(terms);
    for _ in 0..5 {
        let order = shop.order("");
        let answers = crowd.at_once(|i, client| {
            let hosts = (0..4).filter(|host| *host != i % 4).map(|host| {
                format!("<host><type>ETHERNET</type><value>00000000000{host}</value></host>")
            });
            let hosts: String = hosts.collect();
            let request = format!("<orderId>{order}</orderId>{hosts}");
            let answer = client.activation("activate", &request);
            answer.expect("a license").0
        });
        assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 1);
    }
    assert_eq!(live(crowd.client()).len(), 5);
    assert_counters(crowd.client());
}

/// Activations against suspensions, removals and changes of the same order.
fn everything_at_once(crowd: &Crowd) {
    let shop = Shop::new(crowd.client().clone());
    let order = shop.order("");
    crowd.at_once(|i, client| match i % 4 {
        0 => drop(activate(client, &order, "001122aabbcc")),
        1 => drop(client.internal(
            "suspendOrders",
            &format!("<id>{order}</id><reason>race</reason>"),
        )),
        2 => drop(client.internal("resumeOrders", &format!("<id>{order}</id>"))),
        _ => {
            for id in live(client) {
                drop(client.internal(
                    "removeLicenses",
                    &format!("<id>{id}</id><reason>race</reason>"),
                ));
            }
        }
    });
    shop.client
        .internal("resumeOrders", &format!("<id>{order}</id>"))
        .expect("resumed");
    shop.activate(&order, "001122aabbcc").expect("a license");
    assert_counters(crowd.client());
}
