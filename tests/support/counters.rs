//! The counters that orders show, against a count over their licenses.

use std::collections::BTreeMap;

use super::client::{Answer, Client};

/// Every order shows as many live licenses (emergency licenses are none) as there are, and no more than it allows.
pub(crate) fn assert_counters(client: &Client) {
    let mut counted = BTreeMap::new();
    for license in all(
        client,
        "findLicenses",
        "license",
        "<state>ACTIVE</state><kind>ACTIVATION</kind>",
    ) {
        *counted.entry(license.want("orderRef")).or_insert(0) += 1;
    }
    for order in all(client, "findOrders", "order", "") {
        let id = order.want("id");
        let live = counted.remove(&id).unwrap_or(0);
        assert_eq!(order.want("activeLicenses"), live.to_string(), "{id}");
        if let Some(most) = order.get("maxActivations") {
            let most: usize = most.parse().expect("a number");
            assert!(most == 0 || live <= most, "{id}: {live} of {most}");
        }
    }
    assert_eq!(counted, BTreeMap::new(), "licenses of no order");
}

/// All entities that an operation finds, page by page.
fn all(client: &Client, operation: &str, name: &str, filter: &str) -> Vec<Answer> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let request = format!("{filter}<pageSize>1000</pageSize>{cursor}");
        let page = client.internal(operation, &request).expect("a page");
        found.extend(page.elements(name));
        match page.get("nextCursor") {
            Some(next) => cursor = format!("<cursor>{next}</cursor>"),
            None => return found,
        }
    }
}
