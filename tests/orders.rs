//! Orders over the wire, on both databases.

use crate::support::{
    Answer, Client, ETHERNET, Server, Shop, assert_counters, inner, leaves, machine, on_both,
};

on_both! {
    an_order_that_was_found_can_be_stored_back
    an_order_that_was_never_activated_is_deleted
    an_order_that_was_made_and_deleted_is_told_of_by_its_id
    a_reset_gives_moves_anew
    an_upgrade_takes_the_place_of_its_parent
}

const MACHINE: &str = "00-11-22-AA-BB-CC";

const EVERYTHING: &str = "<terms><quantity>3</quantity><maxActivations>2</maxActivations>\
    <hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type><min>0</min><max>3</max></hostRule>\
    <hostMatch>AT_LEAST</hostMatch><hostMatchCount>1</hostMatchCount>\
    <expiry><kind>AFTER</kind><amount>1</amount><unit>YEARS</unit><anchor>EACH_ACTIVATION</anchor></expiry>\
    <maintenance><kind>FIXED</kind><date>2099-12-31</date></maintenance>\
    <licensee><kind>FIXED</kind><text>Linz &amp; Co</text></licensee>\
    <movesAllowed><count>2</count><perDays>30</perDays></movesAllowed>\
    <emergencyAllowed><count>1</count><perDays>365</perDays><days>7</days></emergencyAllowed></terms>\
    <feature><name>base</name><version>3.0</version><count>0</count></feature>\
    <feature><name>extra</name><attribute><name>sku</name><value> E 1 </value></attribute></feature>\
    <validFrom>2020-01-01</validFrom><validUntil>2099-12-31</validUntil><notes>two\nlines</notes>\
    <externalRef>O-1</externalRef><attribute><name>tier</name><value> gold </value></attribute>";

fn found(client: &Client) -> Answer {
    let found = client.internal("findOrders", "<externalRef>O-1</externalRef>");
    found.expect("the order")
}

/// Found, stored as it is: nothing changes. One member changed and stored: nothing else changes.
fn an_order_that_was_found_can_be_stored_back(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order(EVERYTHING);
    shop.activate(&order, MACHINE).expect("a license");
    let before = found(&shop.client);
    let members = inner(&before.0, "order");
    let store = |members: &str| {
        let item = format!("<order>{members}</order>");
        let stored = shop.client.internal("storeOrders", &item);
        stored.expect("an answer")
    };
    assert_eq!(inner(&store(&members).0, "order"), members);
    let noted = members.replace("two\nlines", "three");
    store(&noted);
    let after = found(&shop.client);
    let (before, after) = (leaves(&before.0), leaves(&after.0));
    let changed = |(name, text): &(String, String)| format!("{name}={text}");
    let new: Vec<_> = after.iter().filter(|leaf| !before.contains(leaf)).collect();
    let names: Vec<_> = new.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["revision", "notes", "updatedAt"]);
    assert_eq!(
        (changed(new[0]), changed(new[1])),
        ("revision=2".into(), "notes=three".into())
    );
    assert_eq!(after.len(), before.len());
    assert_eq!(store(&noted).want("code"), "StaleRevision");
}

fn an_order_that_was_never_activated_is_deleted(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let (used, unused) = (shop.order(""), shop.order(""));
    shop.activate(&used, MACHINE).expect("a license");
    let request = format!("<id>{used}</id><id>{unused}</id><requestId>delete</requestId>");
    let delete = || {
        let answer = shop.client.internal("deleteOrders", &request);
        answer.expect("an answer")
    };
    let answer = delete();
    assert_eq!(answer.want("status"), "PARTIAL_FAILURE");
    assert_eq!(answer.want("code"), "InUse");
    assert_eq!(delete().0, answer.0, "a repeated request is answered alike");
    let left = shop.client.internal("findOrders", "").expect("orders");
    assert_eq!(left.all("orderId"), [used]);
    let gone = shop.activate(&unused, MACHINE).err().expect("nothing");
    assert_eq!(gone.code, "OrderNotUsable");
}

/// A repeated request answers for every order that it made, and makes none anew.
fn an_order_that_was_made_and_deleted_is_told_of_by_its_id(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let request = format!(
        "<order><customerId>{}</customerId><productId>{}</productId></order>\
         <count>3</count><requestId>create</requestId>",
        shop.customer, shop.product
    );
    let create = || {
        let made = shop.client.internal("createOrders", &request);
        let made = made.expect("orders");
        let ids = |element: &str, id: &str| -> Vec<String> {
            let found = made.elements(element);
            found.iter().map(|found| found.want(id)).collect()
        };
        (
            ids("order", "id"),
            ids("extra", "name"),
            ids("extra", "value"),
        )
    };
    let (made, ..) = create();
    let deleted = format!("<id>{}</id><id>{}</id>", made[0], made[2]);
    let deleted = shop.client.internal("deleteOrders", &deleted);
    assert_eq!(deleted.expect("an answer").want("status"), "SUCCESS");
    let (left, names, gone) = create();
    assert_eq!(left, [made[1].clone()]);
    assert_eq!(names, ["id", "id"]);
    assert_eq!(gone, [made[0].clone(), made[2].clone()]);
    let found = shop.client.internal("findOrders", "").expect("orders");
    assert_eq!(found.elements("order").len(), 1);
}

fn a_reset_gives_moves_anew(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order(&format!(
        "<terms>{ETHERNET}<movesAllowed><count>1</count></movesAllowed></terms>"
    ));
    let deactivate = || {
        shop.activate(&order, MACHINE).expect("a license");
        let machine = machine(&order, MACHINE);
        shop.client.activation("deactivate", &machine)
    };
    deactivate().expect("a move");
    let refused = deactivate().err().expect("the moves are used up");
    assert_eq!(refused.code, "AllowanceExhausted");
    let reset = |request: &str| {
        let answer = shop.client.internal("resetAllowances", request);
        assert_eq!(answer.expect("an answer").want("status"), "SUCCESS");
    };
    let request = format!("<id>{order}</id>");
    reset(&format!("{request}<dryRun>true</dryRun>"));
    deactivate().err().expect("a dry run gives nothing");
    reset(&request);
    deactivate().expect("a move");
}

fn an_upgrade_takes_the_place_of_its_parent(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("<externalRef>O-1</externalRef>");
    let first = shop.activate(&order, MACHINE).expect("a license");
    let request = "<id>ext:O-1</id><relation>UPGRADE</relation>\
         <feature><name>extra</name></feature><requestId>upgrade</requestId>";
    let derive = || {
        let made = shop.client.internal("deriveOrder", request);
        made.expect("an order")
    };
    let made = derive();
    assert_eq!(derive().0, made.0, "a repeated request is answered alike");
    let parent = found(&shop.client);
    assert_eq!(parent.want("state"), "REVOKED");
    let descent = ["parentRef", "rootRef"].map(|member| made.want(member));
    assert_eq!(descent, [parent.want("id"), parent.want("id")]);
    assert_eq!(made.want("relation"), "UPGRADE");
    let gone = shop
        .client
        .internal("findLicenses", "<state>REMOVED</state>");
    assert_eq!(gone.expect("licenses").all("id"), [first.want("id")]);
    let refused = shop.activate(&order, MACHINE).err().expect("nothing");
    assert_eq!(refused.code, "OrderRevoked");
    let upgraded = shop.activate(&made.want("orderId"), MACHINE);
    assert_ne!(upgraded.expect("a license").want("id"), first.want("id"));
    let family = format!("<rootRef>{}</rootRef>", parent.want("id"));
    let family = shop.client.internal("findOrders", &family).expect("orders");
    assert_eq!(family.elements("order").len(), 2);
    assert_counters(&shop.client);
}
