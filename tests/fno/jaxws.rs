//! The contract from Java: a client and a service of JAX-WS, both made of the served WSDL alone.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::PATH;
use super::caller::token;
use super::remote::{MACHINE, fulfillment, server_for};
use super::texts::claims;
use crate::clients::succeeded;
use crate::support::{Answer, Client, ETHERNET, Fault, Server, Shop};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fno/jaxws")
}

/// A program of the folder, which knows the WSDL of this server.
fn java(class: &str, server: &Server, work: &Path) -> Command {
    let mut command = Command::new(folder().join("run"));
    command
        .arg(class)
        .current_dir(work)
        .env("LDS_URL", format!("{}{PATH}", server.url))
        .stdin(Stdio::null());
    command
}

/// What a program printed: lines that begin so.
struct Told(String);

impl Told {
    fn line(&self, beginning: &str) -> &str {
        let mut lines = self
            .0
            .lines()
            .filter_map(|line| line.strip_prefix(beginning));
        let line = lines.find_map(|line| line.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {beginning} in:\n{}", self.0))
    }
}

/// A server with a generator that composes hosts.
fn server_with_dongles(work: &Path) -> Server {
    let library = work.join("dongle.so");
    let include = folder().join("../../../plugin-api/include");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-I"])
        .arg(include)
        .arg("-o")
        .arg(&library)
        .arg(folder().join("dongle.c"))
        .output();
    succeeded(&built.expect("cc runs"));
    Server::start_with(&format!(
        "[plugins.dongle]\npackage = '{}'\n",
        library.display()
    ))
}

#[test]
#[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
fn a_client_of_jax_ws_calls_every_operation() {
    let work = tempfile::tempdir().expect("a folder");
    let server = server_with_dongles(work.path());
    let output = java("Client", &server, work.path())
        .env("LDS_SECRET", token(&server, "generator"))
        .env(
            "LDS_KEY",
            server.place().data().join("signers/default.pub.pem"),
        )
        .output();
    let told = Told(succeeded(&output.expect("Java runs")));
    assert_eq!(told.line("ping"), "hällo");
    assert_text(&told);
    assert_checks(&told);
    assert_refusals(&told);
}

/// The text is signed, and grants what the client asked for.
fn assert_text(told: &Told) {
    assert_eq!(told.line("complete"), "true");
    assert_eq!(told.line("file"), "license.jwt");
    assert_eq!(told.line("name"), "license.jwt license.jwt");
    assert_eq!(
        (told.line("verified"), told.line("forged")),
        ("true", "false")
    );
    let claims = claims(told.line("text"));
    assert_eq!(claims["sub"], "Müller & Söhne");
    assert_eq!(claims["product"]["code"], "Editor");
    assert_eq!(claims["features"][0]["count"], 6);
    assert_eq!(claims["features"][0]["expiresOn"], "2099-12-31");
    assert_eq!(claims["hosts"][0]["value"], "001122aabbcc");
}

fn assert_checks(told: &Told) {
    assert_eq!(told.line("product"), "0");
    let refused = told.line("refused product");
    assert!(
        refused.starts_with("1 ") && refused.contains("vendor"),
        "{refused}"
    );
    assert_eq!((told.line("model"), told.line("refused model")), ("0", "1"));
    assert_eq!(told.line("host"), "AB-7");
}

/// Each is the exception that the WSDL declares, not one of the client's own.
fn assert_refusals(told: &Told) {
    for (what, name) in [
        ("host", "HostTypeUnsupported"),
        ("consolidated", "UnsupportedOperation"),
        ("consolidated names", "UnsupportedOperation"),
        ("license", "InvalidRequest"),
    ] {
        assert_eq!(told.line(&format!("fault of {what}:")), name);
    }
    let message = told.line("message of license:");
    assert!(message.contains("fulfillCount"), "{message}");
}

/// The vendor's service; it ends with this.
struct Service {
    process: Child,
    url: String,
}

impl Service {
    fn start(work: &Path) -> Self {
        let wsdl = Server::start();
        let mut process = java("Generator", &wsdl, work)
            .stdout(Stdio::piped())
            .spawn()
            .expect("Java runs");
        let mut ready = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output)
            .read_line(&mut ready)
            .expect("a line");
        let url = ready.trim().strip_prefix("ready ").map(str::to_owned);
        let url = url.unwrap_or_else(|| panic!("it does not start: {ready}"));
        Self { process, url }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
fn a_service_of_jax_ws_is_a_generator() {
    let work = tempfile::tempdir().expect("a folder");
    let service = Service::start(work.path());
    let server = server_for(&service.url, "");
    let terms = format!(
        "<terms>{ETHERNET}<expiry><kind>FIXED</kind><date>2099-12-31</date></expiry></terms>"
    );
    let shop = Shop::with(Client::new(&server), "partner", "", &terms);
    assert_its_texts(&shop);
    for (wish, code, message) in [
        ("barred", "GeneratorRejected", "Barred since Monday."),
        ("unknown", "GeneratorUnavailable", ""),
        ("broken", "GeneratorUnavailable", ""),
        ("pending", "GeneratorUnavailable", ""),
    ] {
        let refused = wish_for(&shop, wish)
            .map(|license| license.0)
            .expect_err(wish);
        assert_eq!(refused.code, code, "{wish}: {}", refused.message);
        assert!(
            refused.message.contains(message),
            "{wish}: {}",
            refused.message
        );
        assert!(
            !refused.message.contains("No space left"),
            "{}",
            refused.message
        );
    }
    assert_withdrawn(&shop.client);
    server.assert_answers();
}

/// What is handed out is what the service wrote of what it was told.
fn assert_its_texts(shop: &Shop) {
    let license = wish_for(shop, "text").expect("a license");
    let expected = format!(
        "Größe: 1\nLICENSE {} ACTIVATION\nFOR Miller & Sons\nBY hello\nPRODUCT editor\n\
         EXPIRES 2099-12-31T00:00:00\nHOST ETHERNET 001122aabbcc\nFEATURE base 3.0 0\n",
        fulfillment(&license.want("id"))
    );
    assert_eq!(license.want("text"), expected);
    let bundle = wish_for(shop, "bundle").expect("a license");
    let expected = expected.replacen(
        &fulfillment(&license.want("id")),
        &fulfillment(&bundle.want("id")),
        1,
    );
    assert_eq!(bundle.all("name"), ["license.lic", "license.bin"]);
    assert_eq!(bundle.want("text"), expected);
    assert_eq!(bundle.want("data"), "AAH/");
}

/// The license of an order that asks the service for this.
fn wish_for(shop: &Shop, wish: &str) -> Result<Answer, Fault> {
    let attribute = format!("<attribute><name>wish</name><value>{wish}</value></attribute>");
    shop.activate(&shop.order(&attribute), MACHINE)
}

/// A product that the service does not take is the vendor's no, in the vendor's words.
fn assert_withdrawn(client: &Client) {
    let product = "<product><code>withdrawn</code><name>W</name><generator>partner</generator>\
        <feature><name>base</name><version>3.0</version><count>0</count></feature>\
        <terms/></product>";
    let stored = client
        .internal("storeProducts", product)
        .expect("an answer");
    assert_eq!(stored.want("code"), "GeneratorRejected", "{}", stored.0);
    assert_eq!(stored.want("message"), "The product was withdrawn.");
}
