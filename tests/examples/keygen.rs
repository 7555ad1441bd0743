//! An old key generator as a plugin, by the commands of `docs/port-a-keygen.md`.

use std::path::Path;
use std::process::Command;

use super::folder;
use crate::clients::succeeded;
use crate::docs::quotations;
use crate::support::{Client, ETHERNET, Place, Server, Shop};

/// Signed by a key that is made here; the line that the operator trusts it by.
fn sign(package: &Path) -> String {
    let key = package.with_file_name("vendor.pem");
    let mut openssl = Command::new("openssl");
    let openssl = openssl.args(["genpkey", "-algorithm", "ed25519", "-out"]);
    succeeded(&openssl.arg(&key).output().expect("openssl runs"));
    let mut lds = Command::new(env!("CARGO_BIN_EXE_lds"));
    let lds = lds.args(["plugin", "sign"]).arg(package);
    succeeded(&lds.arg("--key").arg(&key).output().expect("it runs"))
}

#[test]
fn its_keys_are_handed_out() {
    let place = tempfile::tempdir().expect("a folder");
    let package = place.path().join("keygen");
    let mut copy = Command::new("cp");
    let copy = copy.arg("-r").arg(folder("keygen")).arg(&package);
    succeeded(&copy.output().expect("cp runs"));
    let trust = format!(
        "[http.management]\nlisten = \"127.0.0.1:0\"\n[plugin_trust.acme]\nids = [\"com.example\"]\n{}",
        sign(&package)
    );
    let place = Place::new(&trust);
    let path = package.to_str().expect("UTF-8");
    for command in ["check", "install"] {
        let mut lds = place.command(&["plugin", command, path]);
        succeeded(&lds.output().expect("it runs"));
    }
    let server = Server::start_at(place);
    let terms = format!("<terms>{ETHERNET}</terms>");
    let shop = Shop::with(Client::new(&server), "acme-keys", "", &terms);
    let order = shop.order("");
    let license = shop
        .activate(&order, "00-11-22-AA-BB-CC")
        .expect("a license");
    let mut keygen = Command::new(folder("keygen").join("keygen"));
    let keygen = keygen.args(["-product", "base", "-host", "001122aabbcc", "-seats", "0"]);
    let key = succeeded(&keygen.output().expect("it runs"));
    assert_eq!(license.want("text"), key);
}

#[test]
fn the_page_quotes_it() {
    let root = folder("keygen").join("../..");
    let page = std::fs::read_to_string(root.join("docs/port-a-keygen.md")).expect("the page");
    let quotations = quotations(&page);
    assert_eq!(quotations.len(), 2);
    for (file, text) in quotations {
        let file = std::fs::read_to_string(root.join(file)).expect("a file");
        assert!(file.contains(text), "not in it:\n{text}");
    }
}
