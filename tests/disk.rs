//! A data directory that takes no more: a disk that is full, one that turned read-only. Callers
//! get a clear fault, what was told stays as it was told, nothing is half-written, and on it goes
//! as soon as the disk takes writes again.

use std::collections::HashMap;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use crate::support::message::{CUSTOMERS, XML, outcome};
use crate::support::{Answer, Client, Finished, Place, Server, Shop, assert_counters, machine};

const MACHINE: &str = "001122aabbcc";
const CUSTOMER: &str = "<customer><name>Ada</name></customer>";
const CALLERS: usize = 8;
/// What is left free.
const FREE: u64 = 1 << 20;
/// Activations that take far more than that.
const ORDERS: usize = 2000;

/// The licenses that were told, by their Order IDs, and the Order IDs that got a fault.
#[derive(Default)]
struct Told {
    licenses: HashMap<String, String>,
    refused: Vec<String>,
}

impl Told {
    /// A disk that takes no more, as callers see it: what is stored is read, nothing is written.
    fn assert_stuck(&self, server: &Server) {
        let client = Client::new(server);
        server.assert_answers();
        self.assert_unchanged(&client);
        for order in &self.refused {
            let nothing = client.activation("getLicense", &machine(order, MACHINE));
            assert_eq!(nothing.err().expect("no license").code, "NoLicense");
        }
        assert_unavailable(server, &self.refused[0]);
        for (operation, content) in [
            ("storeCustomers", CUSTOMER),
            ("activateLicense", &machine(&self.refused[0], MACHINE)),
        ] {
            let fault = client.internal(operation, content).err().expect(operation);
            assert_eq!(fault.code, "Unavailable", "{operation}");
        }
        self.assert_counters(&client);
    }

    /// Every license as it was told, by both operations that tell it.
    fn assert_unchanged(&self, client: &Client) {
        for (order, told) in &self.licenses {
            for operation in ["activate", "getLicense"] {
                let again = client.activation(operation, &machine(order, MACHINE));
                let again = license(&again.expect("the license"));
                assert_eq!(again, *told, "{operation}");
            }
        }
    }

    fn assert_counters(&self, client: &Client) {
        assert_counters(client);
        let count = "<state>ACTIVE</state><pageSize>1</pageSize><withTotal>true</withTotal>";
        let found = client.internal("findLicenses", count).expect("licenses");
        assert_eq!(found.want("total"), self.licenses.len().to_string());
    }

    /// The disk takes writes again: so does the server, and it still does after a crash.
    fn assert_goes_on(mut self, server: Server) {
        let shop = Shop {
            client: Client::new(&server),
            customer: String::new(),
            product: String::new(),
        };
        for order in std::mem::take(&mut self.refused) {
            let made = shop.activate(&order, MACHINE).expect("a license");
            self.licenses.insert(order, license(&made));
        }
        self.assert_unchanged(&shop.client);
        self.assert_counters(&shop.client);
        let server = server.crash_and_restart();
        let client = Client::new(&server);
        self.assert_unchanged(&client);
        self.assert_counters(&client);
    }
}

/// The license in a reply, whatever the reply is called.
fn license(reply: &Answer) -> String {
    reply.elements("result").remove(0).0
}

/// The whole fault of an activation that can't be stored.
fn assert_unavailable(server: &Server, order: &str) {
    let message = CUSTOMERS.message("activate", &machine(order, MACHINE));
    let response = server.post(CUSTOMERS, &[XML], message.as_bytes());
    let text = response.text();
    let fault = outcome(&response).err().expect("a fault");
    assert_eq!((fault.status, fault.kind.as_str()), (500, "Server"));
    assert_eq!(fault.code, "Unavailable");
    assert!(text.contains("retryable>true<"), "{text}");
    for internal in ["disk", "database", "SQL", "/"] {
        assert!(!fault.message.contains(internal), "{}", fault.message);
    }
}

/// Callers at once activate these orders, each until his first fault.
fn activate_until_refused(shop: &Shop, orders: &[String]) -> Told {
    let told = Mutex::new(Told::default());
    thread::scope(|scope| {
        for part in orders.chunks(orders.len().div_ceil(CALLERS)) {
            let told = &told;
            scope.spawn(move || {
                for order in part {
                    let answer = shop.activate(order, MACHINE);
                    let mut told = told.lock().expect("a lock");
                    match answer {
                        Ok(answer) => drop(told.licenses.insert(order.clone(), license(&answer))),
                        Err(fault) => {
                            assert_eq!(fault.code, "Unavailable");
                            return told.refused.push(order.clone());
                        }
                    }
                }
            });
        }
    });
    told.into_inner().expect("a lock")
}

#[test]
fn a_disk_that_fills_up() {
    let (place, disk) = Place::on_disk();
    let server = Server::start_at(place);
    let shop = Shop::new(Client::new(&server));
    let orders: Vec<_> = (0..2).flat_map(|_| shop.orders(ORDERS / 2, "")).collect();
    let (before, after) = orders.split_at(CALLERS);
    let mut told = activate_until_refused(&shop, before);
    disk.fill_but(FREE);
    let then = activate_until_refused(&shop, after);
    assert_eq!(then.refused.len(), CALLERS, "the disk was not filled");
    assert!(!then.licenses.is_empty(), "the disk was full before");
    told.licenses.extend(then.licenses);
    told.refused = then.refused;
    disk.fill_but(0);
    fill_what_the_server_holds(&shop.client);
    told.assert_stuck(&server);
    assert!(server.log().contains("full"), "{}", server.log());
    disk.make_room();
    told.assert_goes_on(server);
}

/// The server can reuse pages that it has on the disk already; the smallest writes take the last.
fn fill_what_the_server_holds(client: &Client) {
    let stored = (0..ORDERS).find_map(|_| client.internal("storeCustomers", CUSTOMER).err());
    assert_eq!(stored.expect("a full disk").code, "Unavailable");
}

/// As a file system that the kernel turned read-only after an error: what is open stays open, and
/// every write to it fails. Mounting it read-only is refused as long as anything is open, so
/// another limit makes the writes fail.
#[test]
fn a_data_directory_that_takes_no_more_writes() {
    let place = Place::launched_by(&["env", "--ignore-signal=XFSZ"]);
    let server = Server::start_at(place);
    let shop = Shop::new(Client::new(&server));
    let orders = shop.orders(CALLERS * 2, "");
    let (before, after) = orders.split_at(CALLERS);
    let mut told = activate_until_refused(&shop, before);
    assert_eq!(told.licenses.len(), CALLERS);
    limit_files(&server, "0");
    told.refused = activate_until_refused(&shop, after).refused;
    assert_eq!(told.refused.len(), CALLERS);
    told.assert_stuck(&server);
    limit_files(&server, "unlimited");
    told.assert_goes_on(server);
}

/// The bytes that a file may have where the server writes to it.
fn limit_files(server: &Server, bytes: &str) {
    let process = server.process().to_string();
    let limit = format!("--fsize={bytes}:unlimited");
    let status = Command::new("prlimit")
        .args(["--pid", &process, &limit])
        .status()
        .expect("prlimit of util-linux runs");
    assert!(status.success());
}

/// A machine that comes up with its disk mounted read-only.
#[test]
fn a_server_does_not_start_on_a_read_only_data_directory() {
    let (place, disk) = Place::on_disk();
    let server = Server::start_at(place);
    let shop = Shop::new(Client::new(&server));
    let orders = shop.orders(CALLERS, "");
    let told = activate_until_refused(&shop, &orders);
    let place = server.crash();
    disk.remount("ro");
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let error = Finished::of(&mut place.command(&serve)).failure();
    let data = place.data();
    let data = data.to_str().expect("UTF-8");
    assert!(error.contains(data), "{error}");
    assert!(error.contains("Read-only file system"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    disk.remount("rw");
    told.assert_goes_on(Server::at(place));
}
