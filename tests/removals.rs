//! Licenses that the vendor asks back, over the wire, on both databases.

use crate::support::{Client, Server, Shop, assert_counters, machine, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";

on_both! {
    a_license_is_asked_back_and_its_machine_confirms
    a_request_is_taken_back
}

fn change(shop: &Shop, operation: &str, id: &str, reason: &str) -> String {
    let request = format!("<id>{id}</id>{reason}<requestId>{operation}</requestId>");
    let answer = shop.client.internal(operation, &request);
    answer.expect("an answer").want("status")
}

fn ask(shop: &Shop, id: &str) {
    let reason = "<reason>we change to floating licenses</reason>";
    assert_eq!(change(shop, "requestRemovals", id, reason), "SUCCESS");
}

fn a_license_is_asked_back_and_its_machine_confirms(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    let id = shop
        .activate(&order, MACHINE)
        .expect("a license")
        .want("id");
    let confirm = || {
        let machine = machine(&order, MACHINE);
        shop.client.activation("confirmRemoval", &machine)
    };
    let early = confirm().err().expect("nobody asked");
    assert_eq!(early.code, "RemovalNotRequested");
    ask(&shop, &id);
    let info = format!("<orderId>{order}</orderId>");
    let info = shop.client.activation("getOrderInfo", &info);
    assert_eq!(
        info.expect("what is needed").want("removalRequested"),
        "true"
    );
    let asked = shop
        .client
        .internal("findLicenses", "<state>REMOVAL_REQUESTED</state>");
    let asked = asked.expect("licenses");
    assert_eq!((asked.want("id"), asked.get("by")), (id.clone(), None));
    assert_eq!(asked.want("reason"), "we change to floating licenses");
    let suspend = format!("<id>{order}</id><reason>unpaid</reason>");
    shop.client
        .internal("suspendOrders", &suspend)
        .expect("suspended");

    let gone = confirm().expect("a removal");
    assert_eq!(
        (gone.want("id"), gone.want("state")),
        (id, "REMOVED".into())
    );
    assert_eq!(confirm().expect("the same answer").0, gone.0);
    let removed = shop
        .client
        .internal("findLicenses", "<state>REMOVED</state>");
    let removed = removed.expect("licenses");
    assert_eq!(removed.want("by"), "CUSTOMER");
    assert_eq!(removed.want("reason"), "we change to floating licenses");
    assert_counters(&shop.client);
}

fn a_request_is_taken_back(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    let first = shop.activate(&order, MACHINE).expect("a license");
    let id = first.want("id");
    ask(&shop, &id);
    let asked = shop.activate(&order, MACHINE).expect("the license");
    assert_eq!(asked.want("state"), "REMOVAL_REQUESTED");
    assert_eq!(asked.want("text"), first.want("text"));
    assert_eq!(change(&shop, "cancelRemovalRequests", &id, ""), "SUCCESS");
    let again = shop.activate(&order, MACHINE).expect("the license");
    assert_eq!(again.0, first.0);
    let kept = shop
        .client
        .internal("getLicense", &format!("<id>{id}</id>"));
    assert_eq!(kept.expect("the license").get("removal"), None);
}
