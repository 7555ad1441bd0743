//! The activation dialog, without its window.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::support::{Client, Finished, Server, Shop};

use super::{commands, folder, shell};

const EXAMPLE: &str = "java-activation";

/// The addresses of this machine's cards, in normal form.
fn addresses() -> BTreeSet<String> {
    let cards = std::fs::read_dir("/sys/class/net").expect("a list of cards");
    let addresses = cards.filter_map(|card| {
        let text = std::fs::read_to_string(card.ok()?.path().join("address")).ok()?;
        Some(text.trim().replace(':', ""))
    });
    addresses.collect()
}

/// A copy to build in.
fn copy(to: &Path) {
    let copied = Command::new("cp")
        .arg("-r")
        .arg(folder(EXAMPLE).join("."))
        .arg(to)
        .status();
    assert!(copied.expect("cp runs").success());
}

#[test]
#[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
fn this_computer_is_activated_and_the_license_saved() {
    let (server, work) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let shop = Shop::new(Client::new(&server));
    copy(work.path());
    let [build, run] = commands(EXAMPLE).try_into().expect("to build, and to run");
    Finished::of(&mut shell(&server, work.path(), &build)).success();
    let order = shop.order("");
    let licenses = work.path().join("licenses");
    let activate = |order: &str| {
        let mut shell = shell(&server, work.path(), &run);
        Finished::of(shell.env("FOLDER", &licenses).env("ORDER_ID", order))
    };

    let saved = activate(&order).success();
    let request = format!("<orderId>{order}</orderId>");
    let license = shop
        .client
        .activation("getLicense", &request)
        .expect("a license");
    assert!(
        addresses().contains(&license.want("value")),
        "{}",
        license.0
    );
    let content = std::fs::read_to_string(saved.trim_end()).expect("a saved license");
    assert_eq!(content, license.want("text"));

    // Again: the same; and what is refused is told in the service's words.
    assert_eq!(activate(&order.to_lowercase()).success(), saved);
    let unknown = shop
        .client
        .activation("getLicense", "<orderId>nonsense</orderId>");
    let refused = unknown.map(|license| license.0).expect_err("no such order");
    assert_eq!(activate("nonsense").failure().trim_end(), refused.message);
    let left = std::fs::read_dir(&licenses).expect("a folder").count();
    assert_eq!(left, 1, "nothing half-written is left");
}
