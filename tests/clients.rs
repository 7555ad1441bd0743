//! Clients that we did not write, as their users install them. `scripts/setup test` does that.

mod pages;
mod stacks;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::support::{Client, Server, Shop};

/// The folder of the built programs.
pub(crate) fn programs() -> PathBuf {
    let lds = PathBuf::from(env!("CARGO_BIN_EXE_lds"));
    lds.parent().expect("a folder").to_owned()
}

/// Python with zeep and `PyJWT`, beside the folder of the built programs.
pub(crate) fn python() -> Command {
    let python = programs().join("../venv/bin/python");
    assert!(
        python.exists(),
        "no {}: run scripts/setup test",
        python.display()
    );
    let mut command = Command::new(python);
    command.arg("-B").stdin(Stdio::null());
    command
}

pub(crate) fn succeeded(output: &Output) -> String {
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    printed
}

/// The demonstration checks each of its steps by itself and fails at the first that is not so.
#[test]
fn zeep_tells_the_whole_story_from_the_served_wsdls() {
    let kit = programs().join("kit");
    assert!(
        kit.exists(),
        "no {}: cargo build --package lds-kit",
        kit.display()
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/demo.py");
    let output = python()
        .arg(script)
        .arg(programs())
        .output()
        .expect("Python runs");
    let told = succeeded(&output);
    for step in [
        "license.jwt",
        "license.lic",
        "Refused: ",
        "kill -9",
        "Done in",
    ] {
        assert!(told.contains(step), "no {step} in:\n{told}");
    }
}

#[test]
fn curl_gets_a_license_with_one_line() {
    let server = Server::start();
    let order = Shop::new(Client::new(&server)).order("");
    let message = format!(
        "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>\
         <activate xmlns='urn:license-distribution-service:activation:v1'>\
         <orderId>{order}</orderId><host><type>ETHERNET</type><value>00-11-22-AA-BB-CC</value></host>\
         </activate></Body></Envelope>"
    );
    let url = format!("{}/soap/activation/v1", server.url);
    let output = Command::new("curl")
        .args([
            "--silent",
            "--fail",
            &url,
            "-H",
            "Content-Type: text/xml",
            "-d",
            &message,
        ])
        .output()
        .expect("curl runs");
    assert!(succeeded(&output).contains("license.jwt"));
}

/// Any library for JSON web tokens reads the license, with the public key that lies in the data
/// directory; of a license with one sign changed it says no.
#[test]
fn pyjwt_verifies_a_license_with_the_public_key() {
    const READ: &str = "import jwt, sys\n\
        key = open(sys.argv[1]).read()\n\
        claims = jwt.decode(sys.argv[2], key, algorithms=['EdDSA'])\n\
        print(claims['product']['code'], claims['hosts'][0]['value'])\n";
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let license = shop
        .activate(&shop.order(""), "001122aabbcc")
        .expect("a license")
        .want("text");
    let key = server.place().data().join("signers/default.pub.pem");
    let read = |token: &str| {
        python()
            .args(["-c", READ])
            .arg(&key)
            .arg(token)
            .output()
            .expect("Python runs")
    };
    assert_eq!(succeeded(&read(&license)).trim(), "editor 001122aabbcc");
    let forged = license.replacen(".eyJ", ".eyK", 1);
    let refused = read(&forged);
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && errors.contains("InvalidSignatureError"),
        "{errors}"
    );
}
