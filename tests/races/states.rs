//! Activations against an order that is taken away.

use std::collections::BTreeSet;

use super::{ANY_NUMBER, Crowd, activate, address, live, timed};
use crate::support::assert_counters;

races! { a_suspension a_revocation }

fn a_suspension(crowd: &Crowd) {
    assert_taken_away(crowd, "suspendOrders", "OrderSuspended");
}

fn a_revocation(crowd: &Crowd) {
    assert_taken_away(crowd, "revokeOrders", "OrderRevoked");
}

/// Whoever comes before gets a license, whoever comes after gets none, and there are as many
/// licenses as were told.
fn assert_taken_away(crowd: &Crowd, operation: &str, code: &str) {
    let order = crowd.shop(ANY_NUMBER).order("");
    let (taken, told) = crowd.around(
        |client| {
            let request = format!("<id>{order}</id><reason>race</reason>");
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
