//! kill -9 in the middle of a storm of activations: what was acknowledged is there afterwards, as
//! it was told, once. `LDS_CRASHES` sets how often; 20 is what continuous integration does.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{Client, Server, Shop, machine};

const STORM: usize = 8;
const ORDERS: usize = 400;

#[test]
fn no_acknowledged_license_is_lost_changed_or_doubled() {
    let crashes: usize = std::env::var("LDS_CRASHES").map_or(20, |n| n.parse().expect("a number"));
    let mut server = Server::start();
    let mut acknowledged: HashMap<String, String> = HashMap::new();
    for round in 0..crashes {
        let shop = Shop {
            client: Client::new(&server),
            ..shop(&server, round)
        };
        let orders = shop.orders(ORDERS, "");
        // From hardly begun to nearly through.
        let pause = Duration::from_millis(5 + (round as u64 * 37) % 180);
        acknowledged.extend(storm(&mut server, &shop, &orders, pause));
        server = server.crash_and_restart();
        check(&Client::new(&server), &acknowledged);
    }
    assert!(acknowledged.len() > crashes, "the storms did nothing");
}

fn shop(server: &Server, round: usize) -> Shop {
    let client = Client::new(server);
    if round == 0 {
        return Shop::new(client);
    }
    let id = |operation: &str| {
        client
            .internal(operation, "<pageSize>1</pageSize>")
            .expect("a list")
            .want("id")
    };
    Shop {
        customer: id("findCustomers"),
        product: id("findProducts"),
        client: client.clone(),
    }
}

/// Activates until the server is killed; what was told before.
fn storm(
    server: &mut Server,
    shop: &Shop,
    orders: &[String],
    pause: Duration,
) -> HashMap<String, String> {
    let told = Mutex::new(HashMap::new());
    let dead = AtomicBool::new(false);
    thread::scope(|scope| {
        for part in orders.chunks(orders.len().div_ceil(STORM)) {
            let (told, dead) = (&told, &dead);
            scope.spawn(move || {
                for order in part {
                    let call = shop.client.call(
                        "/soap/activation/v1",
                        crate::support::ACTIVATION,
                        "activate",
                        &machine(order, "001122aabbcc"),
                    );
                    match call {
                        Ok(answer) => drop(
                            told.lock()
                                .expect("a lock")
                                .insert(order.clone(), answer.expect("a license").0),
                        ),
                        Err(_) if dead.load(Ordering::SeqCst) => return,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        thread::sleep(pause);
        dead.store(true, Ordering::SeqCst);
        server.kill();
    });
    told.into_inner().expect("a lock")
}

fn check(client: &Client, acknowledged: &HashMap<String, String>) {
    for (order, told) in acknowledged {
        let again = client
            .activation("activate", &machine(order, "001122aabbcc"))
            .expect("the license");
        assert_eq!(again.0, *told);
    }
    let mut cursor = String::new();
    loop {
        let page = client
            .internal("findOrders", &format!("<pageSize>1000</pageSize>{cursor}"))
            .expect("orders");
        assert!(
            page.all("activeLicenses")
                .iter()
                .all(|count| count == "0" || count == "1")
        );
        match page.get("nextCursor") {
            Some(next) => cursor = format!("<cursor>{next}</cursor>"),
            None => break,
        }
    }
    let live = client.internal(
        "findLicenses",
        "<state>ACTIVE</state><pageSize>1</pageSize><withTotal>true</withTotal>",
    );
    let live: usize = live
        .expect("licenses")
        .want("total")
        .parse()
        .expect("a number");
    assert!(live >= acknowledged.len());
}
