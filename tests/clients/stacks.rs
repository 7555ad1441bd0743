//! Each SOAP stack tells the same story from the served WSDLs alone. What it printed is compared
//! with what the server answers to plain messages, so that no client is believed on its own word.
//!
//! `tests/clients/README.md` tells the story and what a client prints.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{Answer, Client, PASSWORD, Server, Shop, machine};

use super::{programs, succeeded};

const NAME: &str = "Müller & Söhne <Wien>";
const NOTES: &str = "Calls back on Monday.";
const LAPTOP: &str = "00-11-22-AA-BB-CC";
const DESKTOP: &str = "00-11-22-DD-EE-FF";

/// A test for each stack, named as its folder.
macro_rules! stacks {
    ($($stack:ident)*) => {
        /// The folders of the stacks that are tested.
        pub(super) const STACKS: &[&str] = &[$(stringify!($stack)),*];

        $(
            #[test]
            #[ignore = "wants what `scripts/setup clients` installs; `make test-clients` runs it"]
            fn $stack() {
                tell(stringify!($stack));
            }
        )*
    };
}

stacks!(
    curl cxf gsoap jaxws kdsoap mono_asmx node_soap php soap4r soap_lite strong_soap suds zeep
);

/// Those whose program goes on to sign in with a password digest.
const DIGESTS: [&str; 10] = [
    "curl",
    "cxf",
    "gsoap",
    "kdsoap",
    "node_soap",
    "php",
    "soap_lite",
    "strong_soap",
    "suds",
    "zeep",
];

/// What a client printed: lines that begin with a word of the story.
struct Told(String);

impl Told {
    fn line(&self, word: &str) -> &str {
        let mut lines = self.0.lines().filter_map(|line| line.strip_prefix(word));
        let line = lines.find_map(|line| line.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {word} in:\n{}", self.0))
    }
}

fn folder(stack: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/clients")
        .join(stack)
}

/// Lets a stack tell the story to a server of its own, and checks every fact.
fn tell(stack: &str) {
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let token = digest_token(&shop.client);
    let told = run(stack, &server, &shop, &token);
    assert_customer(&shop.client, stack, &told);
    assert_license(&shop.client, &told);
    assert_fault(&shop.client, &told);
    assert_batch(&shop.client, stack, &told);
    assert_digest(&shop.client, stack, &told);
}

/// A token for password digests, which may read.
fn digest_token(client: &Client) -> Answer {
    let wanted = "<name>digest</name><scope>read</scope><digest>true</digest>";
    client.internal("createToken", wanted).expect("a token")
}

/// The client's own `run`, in a new folder for what it generates.
fn run(stack: &str, server: &Server, shop: &Shop, token: &Answer) -> Told {
    let work = tempfile::tempdir().expect("a folder");
    let output = Command::new(folder(stack).join("run"))
        .current_dir(work.path())
        .env("LDS_URL", &server.url)
        .env("LDS_USER", "admin")
        .env("LDS_PASSWORD", PASSWORD)
        .env("LDS_PRODUCT", &shop.product)
        .env("LDS_REF", stack)
        .env("LDS_TOKEN", token.want("id"))
        .env("LDS_SECRET", token.want("secret"))
        .env("LDS_INSTALLED", programs().join("../clients"))
        .env("LDS_PYTHON", programs().join("../venv/bin/python"))
        .stdin(Stdio::null())
        .output()
        .expect("the client's `run` is there and executable");
    Told(succeeded(&output))
}

fn customer(client: &Client, external_ref: &str) -> Answer {
    let find = format!("<externalRef>{external_ref}</externalRef>");
    let found = client
        .internal("findCustomers", &find)
        .expect("an answer")
        .elements("customer");
    let [customer] = found.try_into().unwrap_or_else(|found: Vec<Answer>| {
        panic!("{} customers are called {external_ref}", found.len())
    });
    customer
}

/// Created once, found whole, and after the change all else is as it was.
fn assert_customer(client: &Client, stack: &str, told: &Told) {
    let customer = customer(client, stack);
    assert_eq!(customer.want("id"), told.line("created"));
    assert_eq!(told.line("found"), NAME);
    assert_eq!(customer.want("revision"), told.line("stored"));
    assert_eq!(customer.want("revision"), "2");
    assert_eq!(customer.want("notes"), NOTES);
    assert_eq!(customer.all("name"), [NAME, "Eva Muster", "Jo", "segment"]);
    assert_eq!(customer.want("email"), "eva@example.com");
    assert_eq!(customer.want("city"), "Wien");
    assert_eq!(customer.want("value"), "gold");
    assert_eq!(customer.want("state"), "ACTIVE");
}

/// The license that the client was given is the one that is stored.
fn assert_license(client: &Client, told: &Told) {
    let order = told.line("order");
    let license = client
        .activation("getLicense", &machine(order, LAPTOP))
        .expect("a license");
    assert_eq!(license.want("id"), told.line("license"));
    assert_eq!(license.want("text"), told.line("text"));
}

/// The fault that the client saw is the one that anybody sees.
fn assert_fault(client: &Client, told: &Told) {
    let fault = client
        .activation("activate", &machine(told.line("order"), DESKTOP))
        .map(|license| license.0)
        .expect_err("no second machine");
    assert_eq!(told.line("fault"), "NoActivationsLeft");
    assert_eq!(fault.code, told.line("fault"));
    assert_eq!(fault.message, told.line("message"));
}

/// The item that failed was told, and the other one is there.
fn assert_batch(client: &Client, stack: &str, told: &Told) {
    assert_eq!(told.line("batch"), "PARTIAL_FAILURE 1 of 2");
    assert_eq!(told.line("failure"), "1 StaleRevision");
    let other = customer(client, &format!("{stack}-2"));
    assert_eq!(other.want("name"), "Good & Co");
}

/// Who signs in with a digest was let in by the token, and saw what the token may see.
fn assert_digest(client: &Client, stack: &str, told: &Told) {
    let tokens = client.internal("findTokens", "").expect("tokens");
    let is_used = tokens.get("lastUsedAt").is_some();
    assert_eq!(is_used, DIGESTS.contains(&stack));
    if is_used {
        assert_eq!(told.line("digest"), NAME);
    }
}
