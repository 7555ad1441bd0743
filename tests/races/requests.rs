//! Requests that are repeated at once: each is done once.

use std::collections::HashSet;

use super::{ANY_NUMBER, Crowd, live};
use crate::support::{assert_counters, machine};

races! { one_request one_request_for_orders one_request_for_two_machines }

/// Many repeat one request: it is done once.
fn one_request(crowd: &Crowd) {
    let request = "<customer><name>Once</name></customer><requestId>race</requestId>";
    let answers = crowd.at_once(|_, client| {
        let answer = client.internal("storeCustomers", request);
        answer.expect("an answer").want("id")
    });
    assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 1);
}

/// The same Order IDs are told to all, and there are no others.
fn one_request_for_orders(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let request = format!(
        "<order><customerId>{}</customerId><productId>{}</productId></order><count>3</count>\
         <requestId>race</requestId>",
        shop.customer, shop.product
    );
    let answers = crowd.at_once(|_, client| {
        let answer = client.internal("createOrders", &request);
        answer.expect("orders").all("orderId")
    });
    assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 1);
    let found = crowd.client().internal("findOrders", "").expect("orders");
    let mut found = found.all("orderId");
    let mut told = answers[0].clone();
    found.sort();
    told.sort();
    assert_eq!((found.len(), found), (3, told));
}

/// One of the machines gets its license; who asks for the other has used the same name for
/// something else.
fn one_request_for_two_machines(crowd: &Crowd) {
    let order = crowd.shop(ANY_NUMBER).order("");
    let answers = crowd.at_once(|i, client| {
        let address = format!("00000000000{}", i % 2);
        let request = machine(&order, &address);
        let request = format!("{request}<requestId>race</requestId>");
        (i % 2, client.internal("activateLicense", &request))
    });
    let mut won = HashSet::new();
    for (machine, answer) in &answers {
        match answer {
            Ok(license) => drop(won.insert((machine, license.want("id")))),
            Err(fault) => assert_eq!(fault.code, "IdempotencyConflict"),
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    let (winner, id) = won.into_iter().next().expect("a winner");
    for (machine, answer) in &answers {
        assert_eq!(machine == winner, answer.is_ok());
    }
    assert_eq!(live(crowd.client()), [id]);
    assert_counters(crowd.client());
}
