//! Customers that release licenses by themselves: no more than they may, whoever is first.

use std::collections::BTreeMap;

use super::{Crowd, activate, address};
use crate::support::{Answer, Client, assert_counters, machine};

races! { more_moves_than_are_allowed a_move_against_activations }

const MACHINES: usize = 8;
const MOVES: usize = 3;

fn terms(machines: usize) -> String {
    format!(
        "<terms><maxActivations>{machines}</maxActivations><hostLock>REQUIRED</hostLock>\
         <hostRule><type>ETHERNET</type></hostRule>\
         <movesAllowed><count>{MOVES}</count></movesAllowed></terms>"
    )
}

fn order_info(client: &Client, order: &str) -> Answer {
    let request = format!("<orderId>{order}</orderId>");
    let info = client.activation("getOrderInfo", &request);
    info.expect("the order")
}

/// Eight machines, several callers on each, three moves: three machines are released.
fn more_moves_than_are_allowed(crowd: &Crowd) {
    let order = crowd.shop(&terms(MACHINES)).order("");
    for i in 0..MACHINES {
        activate(crowd.client(), &order, &address(i, 0)).expect("a license");
    }
    let answers = crowd.at_once(|i, client| {
        let i = i % MACHINES;
        let request = machine(&order, &address(i, 0));
        (i, client.activation("deactivate", &request))
    });
    let mut released = BTreeMap::new();
    for (i, answer) in answers {
        match answer {
            Ok(answer) => {
                assert_eq!(answer.want("state"), "REMOVED");
                assert_eq!(
                    released.entry(i).or_insert(answer.want("id")),
                    &answer.want("id")
                );
            }
            Err(fault) => assert_eq!(fault.code, "AllowanceExhausted"),
        }
    }
    assert_eq!(released.len(), MOVES);
    for i in 0..MACHINES {
        let request = machine(&order, &address(i, 0));
        let license = crowd.client().activation("getLicense", &request);
        assert_eq!(license.is_err(), released.contains_key(&i), "machine {i}");
    }
    let info = order_info(crowd.client(), &order);
    assert_eq!(info.want("movesLeft"), "0");
    assert_eq!(info.want("activationsLeft"), MOVES.to_string());
    assert_counters(crowd.client());
}

/// A license is released and made anew by many: it is released as often as is allowed, and each
/// release is of another license.
fn a_move_against_activations(crowd: &Crowd) {
    let order = crowd.shop(&terms(1)).order("");
    activate(crowd.client(), &order, &address(0, 0)).expect("a license");
    crowd.at_once(|i, client| {
        let request = machine(&order, &address(0, 0));
        let (operation, code) = match i % 2 {
            0 => ("activate", None),
            _ => ("deactivate", Some("AllowanceExhausted")),
        };
        for _ in 0..4 {
            if let Err(fault) = client.activation(operation, &request) {
                assert_eq!(Some(&*fault.code), code, "{operation}");
            }
        }
    });
    let client = crowd.client();
    activate(client, &order, &address(0, 0)).expect("a license");
    let left = order_info(client, &order).want("movesLeft");
    let left: usize = left.parse().expect("a number");
    let removed = client.internal("findLicenses", "<state>REMOVED</state>");
    let removed = removed.expect("licenses").elements("license");
    assert_eq!(removed.len(), MOVES - left);
    assert!(!removed.is_empty(), "nothing was released");
    assert_eq!(super::live(client).len(), 1);
    assert_counters(client);
}
