//! The promises of the service, over the wire, on both databases.

use crate::support::{Client, ETHERNET, Server, Shop, machine, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";
const OTHER: &str = "00-11-22-AA-BB-CD";

on_both! {
    the_same_license_for_the_same_machine
    a_removed_license_never_comes_back
    an_order_id_is_never_given_out_twice
    a_dry_run_writes_nothing
    a_repeated_request_is_not_done_again
    state_changes_only_by_named_operations
    counters_equal_counts
    a_batch_with_a_failure
    an_atomic_batch_that_failed_stays_failed
    a_customer_moves_within_the_allowance
    another_machine_is_refused
    an_order_that_is_suspended_hands_nothing_out
}

fn the_same_license_for_the_same_machine(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    let first = shop.activate(&order, MACHINE).expect("a license");
    let spelled = order.to_lowercase().replace('-', " ");
    for (order, address) in [
        (order.as_str(), "001122aabbcc"),
        (spelled.as_str(), "00:11:22:aa:bb:cc"),
    ] {
        let again = shop.activate(order, address).expect("the license again");
        assert_eq!(again.0, first.0);
        let fetched = shop
            .client
            .activation("getLicense", &machine(order, address))
            .expect("the license");
        assert_eq!(fetched.want("text"), first.want("text"));
    }
    let by_staff = shop
        .client
        .internal("activateLicense", &machine(&order, MACHINE))
        .expect("the license");
    assert_eq!(
        (by_staff.want("id"), by_staff.want("text")),
        (first.want("id"), first.want("text"))
    );
    let found = shop
        .client
        .internal(
            "findLicenses",
            "<host><value>00-11-22-aa-bb-cc</value></host>",
        )
        .expect("licenses");
    assert_eq!(found.all("text"), [first.want("text")]);
}

fn another_machine_is_refused(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    shop.activate(&order, MACHINE).expect("a license");
    assert_eq!(
        shop.activate(&order, OTHER)
            .err()
            .map(|fault| fault.code)
            .as_deref(),
        Some("NoActivationsLeft")
    );
}

fn a_removed_license_never_comes_back(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    let first = shop.activate(&order, MACHINE).expect("a license");
    let id = first.want("id");
    let remove = format!("<id>{id}</id><reason>gone</reason>");
    for _ in 0..2 {
        let removed = shop
            .client
            .internal("removeLicenses", &remove)
            .expect("removed");
        assert_eq!(
            (removed.want("status"), removed.want("failed")),
            ("SUCCESS".into(), "0".into())
        );
    }
    let missing = shop
        .client
        .activation("getLicense", &machine(&order, MACHINE))
        .err()
        .expect("no license");
    assert_eq!(missing.code, "NoLicense");
    let second = shop.activate(&order, MACHINE).expect("a new license");
    assert_ne!(second.want("id"), id);
    let old = shop
        .client
        .internal("getLicense", &format!("<id>{id}</id>"))
        .expect("the old one");
    assert_eq!(
        (old.want("state"), old.want("text")),
        ("REMOVED".into(), first.want("text"))
    );
}

fn an_order_id_is_never_given_out_twice(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let mut ids = shop.orders(300, "");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((count, ids.len()), (300, 300));
    let own = format!(
        "<order><orderId>{}</orderId><customerId>{}</customerId><productId>{}</productId></order>",
        ids[0], shop.customer, shop.product
    );
    let refused = shop
        .client
        .internal("storeOrders", &own)
        .expect("an answer");
    assert_eq!(refused.want("code"), "AlreadyExists");
}

fn a_dry_run_writes_nothing(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    let dry = format!("{}<dryRun>true</dryRun>", machine(&order, MACHINE));
    let tried = shop.client.internal("activateLicense", &dry);
    let warning = tried.expect("a dry run").elements("extra").remove(0);
    assert_eq!(warning.want("name"), "NOT_FOR_USE");
    let preview = shop
        .client
        .internal("previewLicense", &machine(&order, MACHINE))
        .expect("a preview");
    assert_eq!(preview.want("code"), "NOT_FOR_USE");
    let none = shop
        .client
        .activation("getLicense", &machine(&order, MACHINE))
        .err()
        .expect("no license");
    assert_eq!(none.code, "NoLicense");
    let found = shop
        .client
        .internal("findLicenses", "<withTotal>true</withTotal>")
        .expect("licenses");
    assert_eq!(found.want("total"), "0");
    let dry = "<customer><name>Nobody</name></customer><dryRun>true</dryRun>";
    shop.client
        .internal("storeCustomers", dry)
        .expect("a dry run");
    let found = shop.client.internal(
        "findCustomers",
        "<text><value>nobody</value><match>CONTAINS</match></text>",
    );
    assert_eq!(found.expect("customers").all("name").len(), 0);
    texts_of_dry_runs_are_told_from_licenses(&shop, &order);
}

fn texts_of_dry_runs_are_told_from_licenses(shop: &Shop, order: &str) {
    let license = shop
        .client
        .internal("activateLicense", &machine(order, MACHINE));
    let license = license.expect("a license");
    assert!(license.elements("extra").is_empty());
    let id = format!("<id>{}</id>", license.want("id"));
    let other = machine("", OTHER).replace("<orderId></orderId>", "");
    let new_host = other.replace("host>", "newHost>");
    for (operation, request) in [
        ("replaceLicenses", format!("{id}<reason>x</reason>")),
        ("rehostLicense", format!("{id}{new_host}")),
        (
            "generateLicense",
            format!(
                "<customerId>{}</customerId><productId>{}</productId>{other}",
                shop.customer, shop.product
            ),
        ),
        (
            "emergencyLicense",
            format!(
                "{}<days>3</days><reason>x</reason>",
                machine(order, MACHINE)
            ),
        ),
    ] {
        let dry = format!("{request}<dryRun>true</dryRun>");
        let tried = shop.client.internal(operation, &dry).expect(operation);
        let told = tried.elements("extra");
        assert_eq!(told.len(), 1, "{operation}: {}", tried.0);
        assert_eq!(told[0].want("name"), "NOT_FOR_USE");
    }
    // What is there already is the license itself.
    let again = format!("{}<dryRun>true</dryRun>", machine(order, MACHINE));
    let again = shop.client.internal("activateLicense", &again);
    assert!(again.expect("the license").elements("extra").is_empty());
}

fn a_repeated_request_is_not_done_again(server: &Server) {
    let client = Client::new(server);
    let request =
        |name: &str| format!("<customer><name>{name}</name></customer><requestId>r-1</requestId>");
    let first = client
        .internal("storeCustomers", &request("Aalto"))
        .expect("a customer");
    let again = client
        .internal("storeCustomers", &request("Aalto"))
        .expect("the same customer");
    assert_eq!(again.0, first.0);
    let other = client
        .internal("storeCustomers", &request("Baalto"))
        .err()
        .expect("a conflict");
    assert_eq!(other.code, "IdempotencyConflict");
    let found = client
        .internal("findCustomers", "<withTotal>true</withTotal>")
        .expect("customers");
    assert_eq!(found.want("total"), "1");
    // Of what is gone by now its id is told, and it is not made anew.
    let id = first.want("id");
    let delete = format!("<id>{id}</id><reason>By mistake.</reason>");
    client
        .internal("deleteCustomers", &delete)
        .expect("deleted");
    let gone = client
        .internal("storeCustomers", &request("Aalto"))
        .expect("the same answer");
    assert_eq!(
        (gone.want("status"), gone.elements("customer").len()),
        ("SUCCESS".into(), 0)
    );
    let told = gone.elements("extra").remove(0);
    assert_eq!((told.want("name"), told.want("value")), ("id".into(), id));
}

fn state_changes_only_by_named_operations(server: &Server) {
    let client = Client::new(server);
    client
        .internal(
            "storeCustomers",
            "<customer><name>Aalto</name><externalRef>C-1</externalRef></customer>",
        )
        .expect("a customer");
    let change = "<customer><id>ext:C-1</id><revision>1</revision><name>Aalto</name><externalRef>C-1</externalRef><state>BLOCKED</state></customer>";
    let refused = client
        .internal("storeCustomers", change)
        .expect("an answer");
    assert_eq!(
        (refused.want("code"), refused.want("field")),
        ("InvalidRequest".into(), "state".into())
    );
}

fn counters_equal_counts(server: &Server) {
    let terms = "<terms><maxActivations>3</maxActivations><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule></terms>";
    let shop = Shop::with(Client::new(server), "token", "", terms);
    let order = shop.order("");
    for i in 0..5 {
        let _ = shop.activate(&order, &format!("{i:012x}"));
    }
    let live = shop
        .client
        .internal("findLicenses", "<state>ACTIVE</state>")
        .expect("licenses")
        .all("issuedAt")
        .len();
    let found = shop.client.internal("findOrders", "").expect("orders");
    assert_eq!((found.want("activeLicenses"), live), ("3".into(), 3));
    assert_eq!(found.want("activationsLeft"), "0");
}

fn a_batch_with_a_failure(server: &Server) {
    let client = Client::new(server);
    let items = "<customer><name>One</name><externalRef>X</externalRef></customer>\
        <customer><name>Two</name><externalRef>X</externalRef></customer>";
    let atomic = client
        .internal("storeCustomers", &format!("{items}<atomic>true</atomic>"))
        .expect("an answer");
    assert_eq!(
        (atomic.want("status"), atomic.want("failed")),
        ("FAILURE".into(), "1".into())
    );
    let found = client
        .internal("findCustomers", "<withTotal>true</withTotal>")
        .expect("customers");
    assert_eq!(found.want("total"), "0");
    let partial = client.internal("storeCustomers", items).expect("an answer");
    assert_eq!(
        (partial.want("status"), partial.want("code")),
        ("PARTIAL_FAILURE".into(), "AlreadyExists".into())
    );
    assert_eq!(partial.all("index"), ["0", "1"]);
}

/// An entity with this reference, ready to be stored.
fn referred(shop: &Shop, entity: &str, reference: &str) -> String {
    let (customer, product) = (&shop.customer, &shop.product);
    let members = match entity {
        "user" => {
            format!("<login>{reference}</login><displayName>Ada</displayName><role>SALES</role>")
        }
        "customer" => "<name>Ada</name>".to_owned(),
        "product" => format!(
            "<code>{reference}</code><name>Ada</name><generator>token</generator>\
             <terms>{ETHERNET}</terms>"
        ),
        _ => format!("<customerId>{customer}</customerId><productId>{product}</productId>"),
    };
    format!("<{entity}>{members}<externalRef>{reference}</externalRef></{entity}>")
}

/// Whatever is stored: nothing is written, and the same request is answered alike, even when it
/// would succeed by now.
fn an_atomic_batch_that_failed_stays_failed(server: &Server) {
    let shop = Shop::new(Client::new(server));
    for (entity, plural) in [
        ("user", "Users"),
        ("customer", "Customers"),
        ("product", "Products"),
        ("order", "Orders"),
    ] {
        let call = |verb: &str, content: &str| {
            let answer = shop.client.internal(&format!("{verb}{plural}"), content);
            answer.unwrap_or_else(|fault| panic!("{verb}{plural}: {fault:?}"))
        };
        let item = |reference: &str| referred(&shop, entity, reference);
        let total = || call("find", "<withTotal>true</withTotal>").want("total");
        let before = total();
        let stored = call("store", &item("taken"));
        assert_eq!(stored.want("status"), "SUCCESS", "{}", stored.0);
        let batch = [&item("free"), &item("taken"), "<atomic>true</atomic>"].concat();
        let request = format!("{batch}<requestId>{entity}</requestId>");
        let failed = call("store", &request);
        assert_eq!(
            ["status", "total", "failed"].map(|member| failed.want(member)),
            ["FAILURE", "2", "1"],
            "{}",
            failed.0
        );
        assert_eq!(failed.all("code"), ["AlreadyExists"]);
        let deleted = call("delete", "<id>ext:taken</id><reason>By mistake.</reason>");
        assert_eq!(deleted.want("status"), "SUCCESS", "{}", deleted.0);
        assert_eq!(call("store", &request).0, failed.0);
        assert_eq!(total(), before, "{plural}");
        assert_eq!(call("store", &batch).want("status"), "SUCCESS");
    }
}

fn a_customer_moves_within_the_allowance(server: &Server) {
    let terms = "<terms><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule>\
        <movesAllowed><count>1</count></movesAllowed></terms>";
    let shop = Shop::with(Client::new(server), "token", "", terms);
    let order = shop.order("");
    let first = shop.activate(&order, MACHINE).expect("a license");
    let moved = shop
        .client
        .activation("deactivate", &machine(&order, MACHINE))
        .expect("a removal");
    assert_eq!(
        (moved.want("id"), moved.want("state")),
        (first.want("id"), "REMOVED".into())
    );
    assert_eq!(moved.get("text"), None);
    let again = shop
        .client
        .activation("deactivate", &machine(&order, MACHINE))
        .expect("the same answer");
    assert_eq!(again.0, moved.0);
    shop.activate(&order, OTHER)
        .expect("a license for the other machine");
    let refused = shop
        .client
        .activation("deactivate", &machine(&order, OTHER))
        .err()
        .expect("no move left");
    assert_eq!(refused.code, "AllowanceExhausted");
    let info = shop
        .client
        .activation("getOrderInfo", &format!("<orderId>{order}</orderId>"))
        .expect("what is needed");
    assert_eq!(
        (info.want("movesLeft"), info.want("activationsLeft")),
        ("0".into(), "0".into())
    );
}

fn an_order_that_is_suspended_hands_nothing_out(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    shop.activate(&order, MACHINE).expect("a license");
    let by_key = format!("<id>{order}</id>");
    shop.client
        .internal("suspendOrders", &format!("{by_key}<reason>unpaid</reason>"))
        .expect("suspended");
    for operation in ["activate", "getLicense"] {
        let refused = shop
            .client
            .activation(operation, &machine(&order, MACHINE))
            .err()
            .expect("nothing");
        assert_eq!(refused.code, "OrderSuspended");
    }
    shop.client
        .internal("resumeOrders", &by_key)
        .expect("resumed");
    shop.activate(&order, MACHINE).expect("the license");
    shop.client
        .internal("revokeOrders", &format!("{by_key}<reason>fraud</reason>"))
        .expect("revoked");
    assert_eq!(
        shop.activate(&order, MACHINE)
            .err()
            .map(|fault| fault.code)
            .as_deref(),
        Some("OrderRevoked")
    );
}
