//! Activations against removals of the same license.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use super::{Crowd, Told, activate, live, timed};
use crate::support::{Client, Shop, assert_counters};

races! { a_removal }

const MACHINE: &str = "001122aabbcc";

/// What is removed is never handed out to whoever comes later; at any time there is one license.
fn a_removal(crowd: &Crowd) {
    let shop = Shop::new(crowd.client().clone());
    let order = shop.order("");
    // Those who remove may be the first to come to their turn, and must find something.
    let first = activate(crowd.client(), &order, MACHINE).expect("a license");
    let removed: Mutex<HashMap<String, Told<()>>> = Mutex::default();
    let told = crowd.at_once(|i, client| {
        if i % 2 == 0 {
            let calls = (0..8).map(|_| timed(|| activate(client, &order, MACHINE)));
            return calls.collect();
        }
        for _ in 0..4 {
            for id in live(client) {
                let told = timed(|| remove(client, &id));
                // The first acknowledgement counts.
                let mut removed = removed.lock().expect("a lock");
                match removed.get(&id) {
                    Some(earlier) if earlier.ended < told.ended => {}
                    _ => drop(removed.insert(id, told)),
                }
            }
        }
        Vec::new()
    });
    let removed = removed.into_inner().expect("a lock");
    assert!(!removed.is_empty(), "nothing was removed");
    let mut ids = BTreeSet::from([first.want("id")]);
    for told in told.into_iter().flatten() {
        let id = told.answer.as_ref().expect("a license").want("id");
        let late = removed.get(&id).is_some_and(|gone| gone.before(&told));
        assert!(!late, "{id} came back to life");
        ids.insert(id);
    }
    let live = live(crowd.client());
    assert!(live.len() <= 1, "{live:?}");
    let gone = crowd.client().internal(
        "findLicenses",
        "<state>REMOVED</state><pageSize>1000</pageSize>",
    );
    let gone = gone.expect("licenses").elements("license");
    let gone: BTreeSet<_> = gone.iter().map(|license| license.want("id")).collect();
    assert_eq!(gone, removed.into_keys().collect());
    ids.extend(gone.iter().cloned());
    let all: BTreeSet<_> = gone.into_iter().chain(live).collect();
    assert_eq!(ids, all, "a license that nobody was told of, or lost");
    assert_counters(crowd.client());
}

fn remove(client: &Client, id: &str) {
    let request = format!("<id>{id}</id><reason>race</reason>");
    let answer = client.internal("removeLicenses", &request);
    assert_eq!(answer.expect("an answer").want("status"), "SUCCESS");
}
