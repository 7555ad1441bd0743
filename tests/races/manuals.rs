//! Licenses without an order against their customer, who is blocked or erased.

use super::{ANY_NUMBER, Crowd, timed};
use crate::support::{Client, Shop};

races! { a_block an_erasure }

/// Four licenses by each caller, while something is done to their customer.
fn around(crowd: &Crowd, operation: &str, code: &str) -> (Shop, usize) {
    let shop = crowd.shop(ANY_NUMBER);
    let generate = format!(
        "<customerId>{}</customerId><productId>{}</productId><host><type>ETHERNET</type>\
         <value>00-11-22-AA-BB-CC</value></host>",
        shop.customer, shop.product
    );
    let (done, told) = crowd.around(
        |client: &Client| {
            let request = format!("<id>{}</id><reason>race</reason>", shop.customer);
            let answer = client.internal(operation, &request).expect("an answer");
            assert_eq!(answer.want("status"), "SUCCESS", "{}", answer.0);
        },
        |_, client| {
            let calls = (0..4).map(|_| timed(|| client.internal("generateLicense", &generate)));
            calls.collect()
        },
    );
    let mut made = 0;
    for told in &told {
        match &told.answer {
            Ok(_) => {
                assert!(!done.before(told), "made after {operation}");
                made += 1;
            }
            Err(fault) => assert_eq!(fault.code, code),
        }
    }
    (shop, made)
}

fn a_block(crowd: &Crowd) {
    let (shop, made) = around(crowd, "blockCustomers", "OrderSuspended");
    let found = shop
        .client
        .internal("findLicenses", "<withTotal>true</withTotal>");
    assert_eq!(found.expect("licenses").want("total"), made.to_string());
}

/// Whatever was made before, no text and no host of it is left.
fn an_erasure(crowd: &Crowd) {
    let (shop, made) = around(crowd, "eraseCustomers", "ActionNotAllowed");
    let found = shop
        .client
        .internal("findLicenses", "<pageSize>1000</pageSize>");
    let found = found.expect("licenses");
    assert_eq!(found.all("sha256").len(), made);
    for member in ["text", "data", "host"] {
        assert_eq!(found.get(member), None);
    }
}
