//! The shop, as its payment provider and its buyers see it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};

use aws_lc_rs::hmac;

use crate::support::{Client, Server, Shop, inner};

use super::{commands, folder, shell};

const SECRET: &str = "shared with the provider";

/// The shop's web server, with its folders.
struct Web {
    url: String,
    process: Child,
    log: BufReader<ChildStderr>,
    work: tempfile::TempDir,
}

impl Web {
    fn start(server: &Server) -> Self {
        let work = tempfile::tempdir().expect("a folder");
        for folder in ["data", "mails"] {
            std::fs::create_dir(work.path().join(folder)).expect("a folder");
        }
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let command = format!("exec {}", commands("php-shop")[0]);
        let mut process = shell(server, &folder("php-shop"), &command)
            .env("PORT", port.to_string())
            .env("SHOP_SECRET", SECRET)
            .env("SHOP_URL", &url)
            .env("SHOP_DATA", work.path().join("data"))
            .env("SHOP_MAILS", work.path().join("mails"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("PHP runs");
        let mut log = BufReader::new(process.stderr.take().expect("a pipe"));
        let mut line = String::new();
        while !line.contains("started") {
            line.clear();
            assert_ne!(log.read_line(&mut line).expect("a line"), 0, "PHP ended");
        }
        Self {
            url,
            process,
            log,
            work,
        }
    }

    fn pay(&self, body: &str, secret: &str) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, body.as_bytes());
        let hex = tag.as_ref().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes all");
            hex
        });
        let url = format!("{}/paid.php", self.url);
        let answer = agent().post(url).header("Signature", hex).send(body);
        answer.expect("an answer").status().as_u16()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.work.path().join(name)
    }

    /// Stops it; what it logged.
    fn stop(mut self) -> String {
        self.process.kill().expect("PHP was there");
        self.process.wait().expect("PHP ends");
        let mut text = String::new();
        self.log.read_to_string(&mut text).expect("a log");
        text
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.build().into()
}

fn page(url: &str) -> (u16, String) {
    let mut answer = agent().get(url).call().expect("an answer");
    let text = answer.body_mut().read_to_string().expect("text");
    (answer.status().as_u16(), text)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn body(number: &str, article: &str) -> String {
    format!(
        r#"{{"number": "{number}", "article": "{article}", "count": 2,
            "buyer": {{"number": "K-42", "name": "Müller & Söhne", "email": "eva@example.com"}}}}"#
    )
}

/// A vendor whose product carries the shop's article number.
fn vendor(server: &Server) -> Shop {
    let shop = Shop::new(Client::new(server));
    let find = format!("<id>{}</id>", shop.product);
    let found = shop
        .client
        .internal("findProducts", &find)
        .expect("a product");
    let product = inner(&found.0, "product");
    let named = product.replace("<state>", "<externalRef>A-1</externalRef><state>");
    let stored = shop
        .client
        .internal("storeProducts", &format!("<product>{named}</product>"));
    assert_eq!(stored.expect("an answer").want("status"), "SUCCESS");
    shop
}

fn order_ids(shop: &Shop) -> Vec<String> {
    let find = "<customerId>ext:K-42</customerId>";
    let found = shop.client.internal("findOrders", find).expect("orders");
    found.all("orderId")
}

/// The Order IDs of a mail, and the link in it.
fn mail(path: &Path) -> (Vec<String>, String) {
    let text = std::fs::read_to_string(path).expect("a mail");
    assert!(text.starts_with("To: eva@example.com\n"), "{text}");
    let ids = text.lines().filter_map(|line| line.strip_prefix("    "));
    let link = text.lines().find(|line| line.starts_with("http"));
    (
        ids.map(str::to_owned).collect(),
        link.expect("a link").to_owned(),
    )
}

#[test]
#[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
fn a_paid_order_is_mailed_and_shown_once_however_often_it_is_told() {
    let server = Server::start();
    let (shop, web) = (vendor(&server), Web::start(&server));
    let paid = body("2026-0815", "A-1");
    assert_eq!(web.pay(&paid, SECRET), 200);
    assert_eq!(web.pay(&paid, SECRET), 200);
    let (mailed, link) = mail(&web.file("mails/2026-0815.txt"));
    let (mut sold, mut sorted) = (order_ids(&shop), mailed.clone());
    sold.sort_unstable();
    sorted.sort_unstable();
    assert_eq!(sorted, sold);
    assert_eq!(sold.len(), 2);
    let (status, shown) = page(&link);
    assert_eq!(status, 200);
    for id in &mailed {
        assert!(shown.contains(id), "no {id} in {shown}");
        shop.activate(id, "001122aabbcc").expect("a license");
    }

    // The shop lost its record of it: the service has not.
    std::fs::remove_file(web.file("data/2026-0815.json")).expect("a record");
    std::fs::remove_file(web.file("mails/2026-0815.txt")).expect("a mail");
    assert_eq!(web.pay(&paid, SECRET), 200);
    assert_eq!(mail(&web.file("mails/2026-0815.txt")).0, mailed);
    assert_eq!(order_ids(&shop).len(), 2);
    web.stop();
}

#[test]
#[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
fn who_is_not_the_provider_or_the_buyer_gets_nothing() {
    let server = Server::start();
    let (shop, web) = (vendor(&server), Web::start(&server));
    let paid = body("2026-0816", "A-1");
    assert_eq!(web.pay(&paid, "guessed"), 403);
    assert_eq!(web.pay("{}", SECRET), 400);
    let guessed = format!("{}/order.php?number=2026-0816&seal=0", web.url);
    assert_eq!(page(&guessed).0, 404);
    let unknown = shop
        .client
        .internal("findOrders", "<customerId>ext:K-42</customerId>");
    assert!(unknown.map_or_else(|_| true, |found| found.all("orderId").is_empty()));
    web.stop();
}

#[test]
#[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
fn faults_are_told_apart_by_whether_to_try_again() {
    let server = Server::start();
    let (_shop, web) = (vendor(&server), Web::start(&server));
    assert_eq!(web.pay(&body("2026-0817", "A-none"), SECRET), 500);
    assert!(!web.file("mails/2026-0817.txt").exists());
    drop(server);
    assert_eq!(web.pay(&body("2026-0818", "A-1"), SECRET), 503);
    let log = web.stop();
    assert!(log.contains("order 2026-0817: NotFound: "), "{log}");
}
