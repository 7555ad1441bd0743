//! What activations were told, against what is there after a failure.

use std::collections::HashMap;

use super::client::{Client, machine};

/// The address of the machine of every storm.
pub(crate) const ADDRESS: &str = "001122aabbcc";
/// Orders that are asked for at once.
const MOST_ORDERS: usize = 500;

/// Order IDs, and the answers that their activations got.
pub(crate) type Told = HashMap<String, String>;

/// Every license as it was told.
pub(crate) fn assert_unchanged(client: &Client, told: &Told) {
    for (order, told) in told {
        let again = client.activation("activate", &machine(order, ADDRESS));
        assert_eq!(again.expect("the license").0, *told);
    }
}

/// What was told is counted; what was not told is there whole or not at all.
pub(crate) fn assert_counted(client: &Client, orders: &[String], told: &Told) {
    for orders in orders.chunks(MOST_ORDERS) {
        let ids = format!("<id>{}</id>", orders.join("</id><id>"));
        let found = client.internal("findOrders", &format!("{ids}<pageSize>1000</pageSize>"));
        let found = found.expect("orders").elements("order");
        assert_eq!(found.len(), orders.len());
        for order in found {
            let id = order.want("orderId");
            let license = client.activation("getLicense", &machine(&id, ADDRESS));
            let counted = order.want("activeLicenses");
            assert_eq!(counted, u8::from(license.is_ok()).to_string(), "{id}");
            assert!(license.is_ok() || !told.contains_key(&id), "{id} is lost");
        }
    }
}
