//! The accounting export: every license once, whenever a run was cut off.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{Client, Finished, Server, Shop};

use super::{commands, folder, shell};

const EXAMPLE: &str = "python-accounting";
/// A port that nobody listens at.
const NOWHERE: &str = "http://127.0.0.1:1";

fn export(server: &Server, into: &Path) -> String {
    let mut shell = shell(server, &folder(EXAMPLE), &commands(EXAMPLE)[0]);
    Finished::of(shell.env("FOLDER", into)).success()
}

/// The lines of a file without its head.
fn lines(into: &Path, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(into.join(file)).expect("a file");
    text.lines().skip(1).map(str::to_owned).collect()
}

fn remove(shop: &Shop, license: &str) {
    let request = format!("<id>{license}</id><reason>Returned.</reason>");
    shop.client
        .internal("removeLicenses", &request)
        .expect("an answer");
}

#[test]
fn licenses_are_exported_once_with_customer_and_product() {
    let (server, into) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let shop = Shop::new(Client::new(&server));
    assert_eq!(export(&server, into.path()), "");
    let order = shop.order("");
    let license = shop.activate(&order, "001122aabbcc").expect("a license");
    let license = license.want("id");
    assert_eq!(export(&server, into.path()), "licenses-000001.csv\n");
    assert_eq!(export(&server, into.path()), "");
    remove(&shop, &license);
    assert_eq!(export(&server, into.path()), "licenses-000002.csv\n");

    let [created] = &lines(into.path(), "licenses-000001.csv")[..] else {
        panic!("one license was made");
    };
    let cells: Vec<_> = created.split(',').collect();
    assert_eq!(cells[1..4], ["license.created", &license, "ACTIVATION"]);
    assert!(cells[4].starts_with("ord_"), "{created}");
    assert_eq!(cells[5..], ["", "Miller & Sons", "editor", "Editor"]);
    let [removed] = &lines(into.path(), "licenses-000002.csv")[..] else {
        panic!("one license was removed");
    };
    assert!(removed.contains(&format!(",license.removed,{license},")));
}

#[test]
fn a_run_that_was_cut_off_is_repeated_into_the_same_file() {
    let (server, into) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let shop = Shop::new(Client::new(&server));
    shop.activate(&shop.order(""), "001122aabbcc")
        .expect("a license");
    export(&server, into.path());
    // As it is when power fails after the file is there and before the cursor is.
    std::fs::remove_file(into.path().join("state.json")).expect("a state");
    shop.activate(&shop.order(""), "001122ddeeff")
        .expect("a license");
    assert_eq!(export(&server, into.path()), "licenses-000001.csv\n");
    assert_eq!(lines(into.path(), "licenses-000001.csv").len(), 2);
    let left = std::fs::read_dir(into.path()).expect("a folder");
    let left: BTreeSet<_> = left
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    assert_eq!(
        left,
        [".lock", "licenses-000001.csv", "state.json"]
            .map(str::to_owned)
            .into()
    );
}

#[test]
fn a_server_that_is_away_or_lets_nobody_in_fails_the_run_and_keeps_the_cursor() {
    let (server, into) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let shop = Shop::new(Client::new(&server));
    shop.activate(&shop.order(""), "001122aabbcc")
        .expect("a license");
    for (name, value) in [("LDS_PASSWORD", "wrong"), ("LDS_URL", NOWHERE)] {
        let mut away = shell(&server, &folder(EXAMPLE), &commands(EXAMPLE)[0]);
        away.env("FOLDER", into.path()).env(name, value);
        let said = Finished::of(&mut away).failure();
        assert!(said.starts_with("export: "), "{said}");
        assert!(!into.path().join("state.json").exists(), "{name}");
    }
    assert_eq!(export(&server, into.path()), "licenses-000001.csv\n");
}

#[test]
fn names_are_no_formulas() {
    let (server, into) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let shop = Shop::new(Client::new(&server));
    let stored = shop.client.internal(
        "storeCustomers",
        "<customer><name>=1+1</name><externalRef>K-1</externalRef></customer>",
    );
    let order = format!(
        "<order><customerId>{}</customerId><productId>{}</productId></order>",
        stored.expect("a customer").want("id"),
        shop.product
    );
    let order = shop
        .client
        .internal("createOrders", &order)
        .expect("an order");
    shop.activate(&order.want("orderId"), "001122aabbcc")
        .expect("a license");
    export(&server, into.path());
    let [line] = &lines(into.path(), "licenses-000001.csv")[..] else {
        panic!("one license was made");
    };
    assert!(line.contains(",K-1,'=1+1,"), "{line}");
}
