//! The recipe of `plugins/token/README.md`, as it is pasted.

use std::path::Path;
use std::process::{Command, Output};

use super::{block, read};
use crate::support::{Client, Server, Shop};

fn run(folder: &Path, script: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", script]).current_dir(folder);
    shell.output().expect("a shell")
}

#[test]
fn openssl_verifies_a_license_as_the_page_says() {
    let page = read("plugins/token/README.md");
    let recipe = block(&page, "sh");
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let license = shop.activate(&shop.order(""), "001122aabbcc");
    let license = license.expect("a license").want("text");
    let place = server.place();
    let key = place.data().join("signers/default.pub.pem");
    std::fs::copy(key, place.folder().join("default.pub.pem")).expect("the public key");
    place.file("license.jwt", &license);
    let verified = run(place.folder(), recipe);
    assert!(verified.status.success(), "{verified:?}");
    place.file("license.jwt", &license.replacen(".eyJ", ".eyK", 1));
    assert!(!run(place.folder(), recipe).status.success());
}
