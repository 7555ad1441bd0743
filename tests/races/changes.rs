//! Activations against a change of what their licenses are cut from: a license holds what was
//! true when it was made, never what was over by then, and what was told stays.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{ANY_NUMBER, CALLERS, Crowd, activate, address, live, timed};
use crate::support::{Answer, Client, Shop, assert_counters};

races! {
    a_change_of_the_order
    a_change_of_the_product
    a_change_of_the_customer
    fewer_activations
    two_changes_of_one_revision
}

/// A change of one value, and the claim of the license that shows it.
struct Change {
    entity: &'static str,
    find: &'static str,
    store: &'static str,
    old: &'static str,
    new: &'static str,
    claim: fn(&serde_json::Value) -> &serde_json::Value,
}

impl Change {
    /// Reads, and stores back with the value changed.
    fn make(&self, client: &Client) -> Answer {
        let changed = self.read(client).replace(self.old, self.new);
        let stored = client.internal(self.store, &changed).expect("an answer");
        assert_eq!(stored.want("status"), "SUCCESS", "{}", stored.0);
        stored
    }

    /// The only one of its kind, as an element.
    fn read(&self, client: &Client) -> String {
        let found = client.internal(self.find, "").expect("a list");
        found.elements(self.entity).remove(0).0
    }

    /// What a license shows.
    fn shown(&self, license: &Answer) -> String {
        let text = license.want("text");
        let payload = text.split('.').nth(1).expect("a payload");
        let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        let claims = serde_json::from_slice(&payload).expect("JSON");
        (self.claim)(&claims).as_str().expect("a text").to_owned()
    }
}

fn a_change_of_the_order(crowd: &Crowd) {
    assert_changed(
        crowd,
        &Change {
            entity: "order",
            find: "findOrders",
            store: "storeOrders",
            old: "3.0",
            new: "4.0",
            claim: |claims| &claims["features"][0]["version"],
        },
    );
}

fn a_change_of_the_product(crowd: &Crowd) {
    assert_changed(
        crowd,
        &Change {
            entity: "product",
            find: "findProducts",
            store: "storeProducts",
            old: "Old Press",
            new: "New Press",
            claim: |claims| &claims["iss"],
        },
    );
}

fn a_change_of_the_customer(crowd: &Crowd) {
    assert_changed(
        crowd,
        &Change {
            entity: "customer",
            find: "findCustomers",
            store: "storeCustomers",
            old: "Miller &amp; Sons",
            new: "Miller",
            claim: |claims| &claims["sub"],
        },
    );
}

fn assert_changed(crowd: &Crowd, change: &Change) {
    let setting = "<setting><name>issuer</name><value>Old Press</value></setting>";
    let shop = Shop::with(crowd.client().clone(), "token", setting, ANY_NUMBER);
    let order = shop.order("");
    let first = activate(crowd.client(), &order, "ffffffffffff").expect("a license");
    let old = change.shown(&first);
    assert_eq!(old, change.old.replace("&amp;", "&"));
    let (changed, told) = crowd.around(
        |client| {
            change.make(client);
            live(client)
        },
        |i, client| {
            let machines = (0..4).map(|number| address(i, number));
            let calls = machines.map(|machine| {
                let license = timed(|| activate(client, &order, &machine));
                (machine, license)
            });
            calls
                .map(|(machine, told)| super::Told {
                    begun: told.begun,
                    ended: told.ended,
                    answer: (machine, told.answer.expect("a license")),
                })
                .collect()
        },
    );
    assert_eq!(told.len(), (CALLERS - 1) * 4);
    for told in told {
        let (machine, license) = &told.answer;
        let shown = change.shown(license);
        assert!(shown == old || shown == change.new, "{shown}");
        assert!(shown == old || !told.before(&changed), "changed before");
        let by_then = changed.answer.contains(&license.want("id"));
        assert!(shown != old || by_then, "stored after the change");
        let again = activate(crowd.client(), &order, machine).expect("the license");
        assert_eq!(again.0, license.0);
    }
    let last = activate(crowd.client(), &order, "fffffffffffe").expect("a license");
    assert_eq!(change.shown(&last), change.new);
    assert_counters(crowd.client());
}

/// An order is cut down to two while it is activated: no license is added beyond that.
fn fewer_activations(crowd: &Crowd) {
    let order = crowd.shop(ANY_NUMBER).order("");
    let change = Change {
        entity: "order",
        find: "findOrders",
        store: "storeOrders",
        old: "<maxActivations>0<",
        new: "<maxActivations>2<",
        claim: |claims| claims,
    };
    let (changed, told) = crowd.around(
        |client| change.make(client),
        |i, client| {
            let machines = (0..4).map(|number| address(i, number));
            let calls = machines.map(|machine| timed(|| activate(client, &order, &machine)));
            calls.collect()
        },
    );
    let made = told.iter().filter(|told| told.answer.is_ok());
    let (late, early): (Vec<_>, Vec<_>) = made.partition(|told| changed.before(told));
    let made = early.len() + late.len();
    assert!(made >= 2, "{made} of 2");
    assert!(
        late.len() <= 2_usize.saturating_sub(early.len()),
        "too many"
    );
    for refused in told.iter().filter(|told| !told.before(&changed)) {
        if let Err(fault) = &refused.answer {
            assert_eq!(fault.code, "NoActivationsLeft");
        }
    }
    let refused_early = told
        .iter()
        .any(|told| told.before(&changed) && told.answer.is_err());
    assert!(!refused_early, "refused before the change");
    assert_eq!(live(crowd.client()).len(), made);
}

/// All change what they read: one of them does, the others are told that it is not that any more.
fn two_changes_of_one_revision(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    shop.order("<notes>nobody's</notes>");
    let order = shop.client.internal("findOrders", "").expect("orders");
    let order = order.elements("order").remove(0).0;
    let answers = crowd.at_once(|i, client| {
        let changed = order.replace("nobody's", &format!("caller {i}'s"));
        client.internal("storeOrders", &changed).expect("an answer")
    });
    let (done, refused): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer.want("status") == "SUCCESS");
    assert_eq!(done.len(), 1);
    for answer in refused {
        assert_eq!(answer.want("code"), "StaleRevision");
    }
    let found = shop.client.internal("findOrders", "").expect("orders");
    assert_eq!(found.want("notes"), done[0].want("notes"));
    assert_eq!(found.want("revision"), "2");
}
