//! Activations against an order, or its customer, that is taken away.

use std::collections::BTreeSet;

use super::{ANY_NUMBER, Crowd, activate, address, live, timed};
use crate::support::{Client, Fault, Shop, assert_counters, machine};

races! { a_suspension a_revocation a_block an_erasure a_deletion an_upgrade }

fn a_suspension(crowd: &Crowd) {
    assert_taken_away(crowd, "suspendOrders", "OrderSuspended", |_, order| {
        order.to_owned()
    });
}

fn a_revocation(crowd: &Crowd) {
    assert_taken_away(crowd, "revokeOrders", "OrderRevoked", |_, order| {
        order.to_owned()
    });
}

fn a_block(crowd: &Crowd) {
    assert_taken_away(crowd, "blockCustomers", "OrderSuspended", |shop, _| {
        shop.customer.clone()
    });
}

/// Revoked and erased amid activations and removals: no text and no host is stored after it.
fn an_erasure(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let order = shop.order("");
    let erase = |client: &Client| {
        for (operation, id) in [("revokeOrders", &order), ("eraseCustomers", &shop.customer)] {
            let request = format!("<id>{id}</id><reason>race</reason>");
            let answer = client.internal(operation, &request).expect("an answer");
            assert_eq!(answer.want("status"), "SUCCESS", "{}", answer.0);
        }
    };
    let (erased, told) = crowd.around(erase, |i, client| {
        let machines = (0..4).map(|number| address(i, number));
        let calls = machines.map(|machine| {
            timed(|| {
                let license = activate(client, &order, &machine)?;
                let remove = format!("<id>{}</id><reason>race</reason>", license.want("id"));
                client.internal("removeLicenses", &remove)?;
                Ok::<_, Fault>(license)
            })
        });
        calls.collect()
    });
    for told in &told {
        match &told.answer {
            Ok(_) => assert!(!erased.before(told), "handed out to an erased customer"),
            Err(fault) => assert_eq!(fault.code, "OrderRevoked"),
        }
    }
    let found = crowd
        .client()
        .internal("findLicenses", "<pageSize>1000</pageSize>");
    let found = found.expect("licenses");
    let made = told.iter().filter(|told| told.answer.is_ok()).count();
    assert_eq!(found.all("sha256").len(), made);
    for member in ["text", "data", "host"] {
        assert_eq!(found.get(member), None);
    }
    assert_counters(crowd.client());
}

/// Whoever comes before gets a license, whoever comes after gets none, and there are as many
/// licenses as were told.
fn assert_taken_away(
    crowd: &Crowd,
    operation: &str,
    code: &str,
    of: impl Fn(&Shop, &str) -> String,
) {
    let shop = crowd.shop(ANY_NUMBER);
    let order = shop.order("");
    let subject = of(&shop, &order);
    let (taken, told) = crowd.around(
        |client| {
            let request = format!("<id>{subject}</id><reason>race</reason>");
            let answer = client.internal(operation, &request).expect("an answer");
            (answer, live(client))
        },
        |i, client| {
            let machines = (0..4).map(|number| address(i, number));
            let calls = machines.map(|machine| timed(|| activate(client, &order, &machine)));
            calls.collect()
        },
    );
    let (answer, by_then) = &taken.answer;
    assert_eq!(answer.want("status"), "SUCCESS");
    let by_then: BTreeSet<_> = by_then.iter().cloned().collect();
    let mut licenses = BTreeSet::new();
    for told in told {
        match &told.answer {
            Ok(license) => {
                assert!(!taken.before(&told), "handed out after {operation}");
                licenses.insert(license.want("id"));
            }
            Err(fault) => {
                assert!(!told.before(&taken), "refused before {operation}");
                assert_eq!(fault.code, code);
            }
        }
    }
    let live: BTreeSet<_> = live(crowd.client()).into_iter().collect();
    assert_eq!(live, licenses);
    assert_eq!(live, by_then, "stored after {operation}");
    let later = activate(crowd.client(), &order, &address(0, 0));
    assert_eq!(later.err().expect("nothing").code, code);
    assert_counters(crowd.client());
}

/// An order is deleted, and nobody gets a license of it, or it is kept, and everybody does. Staff
/// activates: who shows too many Order IDs that there are none of is let wait.
fn a_deletion(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let orders = shop.orders(16, "");
    let (deleted, told) = crowd.around(
        |client| {
            let ids = orders.join("</id><id>");
            let request = format!("<id>{ids}</id>");
            let answer = client
                .internal("deleteOrders", &request)
                .expect("an answer");
            answer.elements("item")
        },
        |i, client| {
            let activate = |order: &String| {
                let request = machine(order, &address(i, 0));
                let answer = client.internal("activateLicense", &request);
                (order.clone(), answer)
            };
            let calls = orders.iter().map(|order| timed(|| activate(order)));
            calls.collect()
        },
    );
    let kept: BTreeSet<_> = std::iter::zip(&orders, &deleted.answer)
        .filter(|(_, item)| item.get("code").is_some_and(|code| code == "InUse"))
        .map(|(order, _)| order.clone())
        .collect();
    let found = crowd.client().internal("findOrders", "").expect("orders");
    assert_eq!(
        found.all("orderId").into_iter().collect::<BTreeSet<_>>(),
        kept
    );
    for told in &told {
        let (order, answer) = &told.answer;
        let code = answer.as_ref().err().map(|fault| fault.code.as_str());
        let expected = (!kept.contains(order)).then_some("OrderNotUsable");
        assert_eq!(code, expected, "{order}");
    }
    assert_counters(crowd.client());
}

/// Whoever comes before the upgrade gets a license, which is removed by it; whoever comes after
/// gets none.
fn an_upgrade(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let order = shop.order("");
    let request = format!("<id>{order}</id><relation>UPGRADE</relation>");
    let (upgraded, told) = crowd.around(
        |client| client.internal("deriveOrder", &request).expect("an order"),
        |i, client| {
            let machines = (0..4).map(|number| address(i, number));
            let calls = machines.map(|machine| timed(|| activate(client, &order, &machine)));
            calls.collect()
        },
    );
    let mut licenses = BTreeSet::new();
    for told in told {
        match &told.answer {
            Ok(license) => {
                assert!(!upgraded.before(&told), "handed out after the upgrade");
                licenses.insert(license.want("id"));
            }
            Err(fault) => {
                assert!(!told.before(&upgraded), "refused before the upgrade");
                assert_eq!(fault.code, "OrderRevoked");
            }
        }
    }
    assert_eq!(live(crowd.client()), Vec::<String>::new());
    let filter = "<state>REMOVED</state><pageSize>1000</pageSize>";
    let removed = crowd.client().internal("findLicenses", filter);
    let removed = removed.expect("licenses").elements("license");
    let removed: BTreeSet<_> = removed.iter().map(|license| license.want("id")).collect();
    assert_eq!(removed, licenses);
    let new = upgraded.answer.want("orderId");
    activate(crowd.client(), &new, &address(0, 0)).expect("a license of the new order");
    assert_counters(crowd.client());
}
