//! Orders against what they are of, and references that can be given once.

use std::collections::BTreeSet;

use super::{ANY_NUMBER, Crowd, Told, timed};
use crate::support::{Answer, Client, Fault, Shop};

races! {
    one_reference
    one_order_id
    a_product_that_retires
    a_customer_that_is_deleted
    a_product_that_is_deleted
}

/// Many create the same reference: one does.
fn one_reference(crowd: &Crowd) {
    let customer = "<customer><name>One</name><externalRef>ONE</externalRef></customer>";
    assert_one(&crowd.at_once(|_, client| client.internal("storeCustomers", customer)));
}

/// Many bring the same Order ID along: one order has it.
fn one_order_id(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let order = format!(
        "<order><orderId>IMPORTED0000000000001</orderId><customerId>{}</customerId>\
         <productId>{}</productId></order>",
        shop.customer, shop.product
    );
    assert_one(&crowd.at_once(|_, client| client.internal("storeOrders", &order)));
    let found = crowd.client().internal("findOrders", "").expect("orders");
    assert_eq!(found.all("orderId").len(), 1);
}

fn assert_one(answers: &[Result<Answer, Fault>]) {
    let answers = answers
        .iter()
        .map(|answer| answer.as_ref().expect("an answer"));
    let (made, refused): (Vec<_>, Vec<_>) =
        answers.partition(|answer| answer.want("status") == "SUCCESS");
    assert_eq!(made.len(), 1);
    for answer in refused {
        assert_eq!(answer.want("code"), "AlreadyExists");
    }
}

/// Callers that order while one does something about what they order.
fn order_around(
    crowd: &Crowd,
    shop: &Shop,
    operation: &str,
    id: &str,
) -> (Told<Answer>, Vec<Told<Result<Answer, Fault>>>) {
    let order = format!(
        "<order><customerId>{}</customerId><productId>{}</productId></order>",
        shop.customer, shop.product
    );
    let (done, told) = crowd.around(
        |client| {
            let request = format!("<id>{id}</id><reason>race</reason>");
            client.internal(operation, &request).expect("an answer")
        },
        |_, client| {
            let call = || client.internal("createOrders", &order);
            (0..4).map(|_| timed(call)).collect()
        },
    );
    assert_eq!(ordered(&told), stored(crowd.client()));
    (done, told)
}

/// The Order IDs that were told.
fn ordered(told: &[Told<Result<Answer, Fault>>]) -> BTreeSet<String> {
    let made = told.iter().filter_map(|told| told.answer.as_ref().ok());
    made.map(|answer| answer.want("orderId")).collect()
}

/// The Order IDs that there are.
fn stored(client: &Client) -> BTreeSet<String> {
    let found = client.internal("findOrders", "<pageSize>1000</pageSize>");
    found.expect("orders").all("orderId").into_iter().collect()
}

fn a_product_that_retires(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let (retired, told) = order_around(crowd, &shop, "retireProducts", &shop.product);
    assert_eq!(retired.answer.want("status"), "SUCCESS");
    for told in &told {
        match &told.answer {
            Ok(_) => assert!(!retired.before(told), "ordered after it was retired"),
            Err(fault) => {
                assert!(!told.before(&retired), "refused before it was retired");
                assert_eq!(fault.code, "ActionNotAllowed");
            }
        }
    }
}

fn a_customer_that_is_deleted(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let (deleted, told) = order_around(crowd, &shop, "deleteCustomers", &shop.customer);
    assert_deleted_or_in_use(&deleted.answer, &told);
}

fn a_product_that_is_deleted(crowd: &Crowd) {
    let shop = crowd.shop(ANY_NUMBER);
    let (deleted, told) = order_around(crowd, &shop, "deleteProducts", &shop.product);
    assert_deleted_or_in_use(&deleted.answer, &told);
}

/// Either somebody ordered first, or nobody orders any more.
fn assert_deleted_or_in_use(deleted: &Answer, told: &[Told<Result<Answer, Fault>>]) {
    if deleted.want("status") == "SUCCESS" {
        assert_eq!(ordered(told), BTreeSet::new());
    } else {
        assert_eq!(deleted.want("code"), "InUse");
        assert_eq!(ordered(told).len(), told.len());
    }
}
