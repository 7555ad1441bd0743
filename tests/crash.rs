//! kill -9 in the middle of a storm of activations: what was acknowledged is there afterwards, as
//! it was told, once. `LDS_CRASHES` sets how often; 20 is what continuous integration does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::acknowledged::{ADDRESS, Told, assert_counted, assert_unchanged};
use crate::support::{Client, Server, Shop, assert_counters, machine};

const STORM: usize = 8;
const ORDERS: usize = 400;

#[test]
fn no_acknowledged_license_is_lost_changed_or_doubled() {
    let crashes: usize = std::env::var("LDS_CRASHES").map_or(20, |n| n.parse().expect("a number"));
    let mut server = Server::start();
    let mut acknowledged = Told::new();
    for round in 0..crashes {
        let shop = Shop {
            client: Client::new(&server),
            ..shop(&server, round)
        };
        let orders = shop.orders(ORDERS, "");
        // From hardly begun to nearly through.
        let pause = Duration::from_millis(5 + (round as u64 * 37) % 180);
        let told = storm(&mut server, &shop, &orders, pause);
        server = server.crash_and_restart();
        let client = Client::new(&server);
        assert_unchanged(&client, &told);
        assert_counted(&client, &orders, &told);
        acknowledged.extend(told);
    }
    assert!(acknowledged.len() > crashes, "the storms did nothing");
    // What earlier crashes left is still there after the later ones.
    let client = Client::new(&server);
    assert_unchanged(&client, &acknowledged);
    assert_counters(&client);
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
fn storm(server: &mut Server, shop: &Shop, orders: &[String], pause: Duration) -> Told {
    let told = Mutex::new(Told::new());
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
                        &machine(order, ADDRESS),
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
