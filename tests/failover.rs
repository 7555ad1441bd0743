//! `PostgreSQL` with a synchronous standby: the standby takes over in the middle of a storm of
//! activations, or is gone for a while. `LDS_FAILOVERS` sets how often; continuous integration does
//! it once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use lds_postgres::Pair;

use crate::support::acknowledged::{ADDRESS, Told, assert_counted, assert_unchanged};
use crate::support::{Answer, Client, Server, Shop, assert_counters, machine};

/// Clients at once.
const STORM: usize = 8;
/// More than are activated before the standby has taken over.
const ORDERS: usize = 2000;
/// Licenses before the primary fails, and after a standby is there again.
const ENOUGH: usize = 50;
/// In which the server must go on; a single answer has less, the time of the client.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn a_standby_takes_over_and_no_acknowledged_license_is_lost_changed_or_doubled() {
    let rounds: usize =
        std::env::var("LDS_FAILOVERS").map_or(1, |rounds| rounds.parse().expect("a number"));
    let mut pair = Pair::start();
    let server = on(&pair);
    let shop = Shop::new(Client::new(&server));
    let mut told = Told::new();
    for _ in 0..rounds {
        let orders: Vec<_> = (0..4).flat_map(|_| shop.orders(ORDERS / 4, "")).collect();
        told.extend(storm(&mut pair, &shop, &orders));
    }
    assert_unchanged(&shop.client, &told);
    let orders: Vec<_> = told.keys().cloned().collect();
    assert_counted(&shop.client, &orders, &told);
    assert_counters(&shop.client);
    let audit = shop.client.internal("verifyAudit", "").expect("a verdict");
    assert_eq!(audit.want("intact"), "true", "{}", audit.0);
}

#[test]
fn a_license_that_no_standby_confirms_is_not_told_and_is_there_when_one_does() {
    let pair = Pair::start();
    let server = on(&pair);
    let shop = Shop::new(Client::new(&server));
    let (kept, order) = (shop.order(""), shop.order(""));
    let told = shop.activate(&kept, ADDRESS).expect("a license");
    pair.stop_standby();
    let refused = shop.activate(&order, ADDRESS).err().expect("no license");
    assert_eq!(refused.code, "Unavailable");
    let again = shop.activate(&kept, ADDRESS).expect("what is stored");
    assert_eq!(again.0, told.0);
    pair.restart_standby();
    let made = insist(&shop, &order, &AtomicUsize::new(0));
    let again = shop.activate(&order, ADDRESS).expect("the license");
    assert_eq!(again.0, made.0);
    assert_counters(&shop.client);
}

fn on(pair: &Pair) -> Server {
    Server::start_with(&format!("[store]\nurl = \"{}\"\n", pair.url))
}

/// Activates while the standby takes over; what was told.
fn storm(pair: &mut Pair, shop: &Shop, orders: &[String]) -> Told {
    let (sender, licenses) = mpsc::channel();
    let (over, refused) = (AtomicBool::new(false), AtomicUsize::new(0));
    let told = thread::scope(|scope| {
        for part in orders.chunks(orders.len().div_ceil(STORM)) {
            let (sender, over, refused) = (sender.clone(), &over, &refused);
            scope.spawn(move || activate(shop, part, &sender, over, refused));
        }
        let mut told = Told::new();
        told.extend(enough(&licenses));
        pair.lose_primary();
        assert_silent(shop, told.keys().next().expect("an order"));
        pair.promote();
        pair.add_standby();
        told.extend(licenses.try_iter());
        told.extend(enough(&licenses));
        over.store(true, Ordering::SeqCst);
        drop(sender);
        told.extend(licenses);
        told
    });
    assert!(refused.into_inner() > 0, "nobody met the fail-over");
    told
}

/// A standby is not asked: it may not have all that was told.
fn assert_silent(shop: &Shop, order: &str) {
    let license = shop
        .client
        .activation("getLicense", &machine(order, ADDRESS));
    assert_eq!(license.err().expect("no license").code, "Unavailable");
}

/// The next licenses.
fn enough(licenses: &Receiver<(String, String)>) -> Vec<(String, String)> {
    let next = || licenses.recv_timeout(PATIENCE).expect("the server goes on");
    (0..ENOUGH).map(|_| next()).collect()
}

/// One client of the storm.
fn activate(
    shop: &Shop,
    orders: &[String],
    told: &Sender<(String, String)>,
    over: &AtomicBool,
    refused: &AtomicUsize,
) {
    for order in orders {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let license = insist(shop, order, refused);
        told.send((order.clone(), license.0)).expect("a listener");
    }
}

/// Repeats an activation that can not be answered now, and counts how often.
fn insist(shop: &Shop, order: &str, refused: &AtomicUsize) -> Answer {
    let begun = Instant::now();
    loop {
        match shop.activate(order, ADDRESS) {
            Ok(license) => return license,
            Err(fault) => {
                assert_eq!(fault.code, "Unavailable", "{}", fault.message);
                assert!(begun.elapsed() < PATIENCE, "the server does not go on");
                refused.fetch_add(1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(20));
            }
        }
    }
}
