//! Callers at once: whoever is first, there is one license, and never more than were sold.

use std::collections::HashSet;
use std::thread;

use crate::support::{Answer, Client, Fault, Postgres, Server, Shop};

const CALLERS: usize = 64;

/// The same call by many at once, spread over the servers.
fn at_once<T: Send>(clients: &[Client], call: impl Fn(usize, &Client) -> T + Sync) -> Vec<T> {
    let call = &call;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CALLERS)
            .map(|i| {
                let client = clients[i % clients.len()].clone();
                scope.spawn(move || call(i, &client))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a caller"))
            .collect()
    })
}

fn activate(shop: &Shop, client: &Client, order: &str, address: &str) -> Result<Answer, Fault> {
    Shop {
        client: client.clone(),
        ..shop.clone()
    }
    .activate(order, address)
}

/// All callers on one order and one machine: one license, told to all.
fn one_machine(servers: &[&Server]) {
    let clients: Vec<_> = servers.iter().map(|server| Client::new(server)).collect();
    let shop = Shop::new(clients[0].clone());
    for _ in 0..5 {
        let order = shop.order("");
        let answers = at_once(&clients, |_, client| {
            activate(&shop, client, &order, "001122aabbcc")
                .expect("a license")
                .0
        });
        assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 1);
    }
    check_counters(&shop);
}

/// Each caller with a machine of his own, on an order for three.
fn many_machines(servers: &[&Server]) {
    let clients: Vec<_> = servers.iter().map(|server| Client::new(server)).collect();
    let terms = "<terms><maxActivations>3</maxActivations><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule></terms>";
    let shop = Shop::with(clients[0].clone(), "token", "", terms);
    let order = shop.order("");
    let answers = at_once(&clients, |i, client| {
        activate(&shop, client, &order, &format!("{i:012x}"))
    });
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 3);
    for fault in refused.into_iter().filter_map(Result::err) {
        assert_eq!(fault.code, "NoActivationsLeft");
    }
    check_counters(&shop);
}

/// Activations against suspensions, removals and changes of the same order.
fn everything_at_once(servers: &[&Server]) {
    let clients: Vec<_> = servers.iter().map(|server| Client::new(server)).collect();
    let shop = Shop::new(clients[0].clone());
    let order = shop.order("");
    at_once(&clients, |i, client| match i % 4 {
        0 => drop(activate(&shop, client, &order, "001122aabbcc")),
        1 => drop(client.internal(
            "suspendOrders",
            &format!("<id>{order}</id><reason>race</reason>"),
        )),
        2 => drop(client.internal("resumeOrders", &format!("<id>{order}</id>"))),
        _ => {
            let found = client
                .internal("findLicenses", "<state>ACTIVE</state>")
                .expect("licenses");
            for id in found
                .all("id")
                .into_iter()
                .filter(|id| id.starts_with("lic_"))
            {
                drop(client.internal(
                    "removeLicenses",
                    &format!("<id>{id}</id><reason>race</reason>"),
                ));
            }
        }
    });
    shop.client
        .internal("resumeOrders", &format!("<id>{order}</id>"))
        .expect("resumed");
    activate(&shop, &clients[0], &order, "001122aabbcc").expect("a license");
    check_counters(&shop);
}

/// Many create the same reference: one does.
fn one_reference(servers: &[&Server]) {
    let clients: Vec<_> = servers.iter().map(|server| Client::new(server)).collect();
    let customer = "<customer><name>One</name><externalRef>ONE</externalRef></customer>";
    let answers = at_once(&clients, |_, client| {
        client
            .internal("storeCustomers", customer)
            .expect("an answer")
    });
    let made = answers
        .iter()
        .filter(|answer| answer.want("status") == "SUCCESS")
        .count();
    assert_eq!(made, 1);
    for answer in answers
        .iter()
        .filter(|answer| answer.want("status") != "SUCCESS")
    {
        assert_eq!(answer.want("code"), "AlreadyExists");
    }
}

/// Many repeat one request: it is done once.
fn one_request(servers: &[&Server]) {
    let clients: Vec<_> = servers.iter().map(|server| Client::new(server)).collect();
    let request = "<customer><name>Once</name></customer><requestId>race</requestId>";
    let answers = at_once(&clients, |_, client| {
        client
            .internal("storeCustomers", request)
            .expect("an answer")
            .want("id")
    });
    assert_eq!(answers.iter().collect::<HashSet<_>>().len(), 1);
}

fn check_counters(shop: &Shop) {
    let live = shop
        .client
        .internal(
            "findLicenses",
            "<state>ACTIVE</state><pageSize>1000</pageSize>",
        )
        .expect("licenses");
    let orders = shop
        .client
        .internal("findOrders", "<pageSize>1000</pageSize>")
        .expect("orders");
    let counted: usize = orders
        .all("activeLicenses")
        .iter()
        .map(|count| count.parse::<usize>().expect("a number"))
        .sum();
    assert_eq!(counted, live.all("issuedAt").len());
}

macro_rules! races {
    ($($name:ident)+) => {
        mod on_sqlite {
            use super::*;
            $(#[test] fn $name() { super::$name(&[&Server::start()]); })+
        }
        mod on_two_servers_of_one_postgres {
            use super::*;
            $(#[test] fn $name() {
                let database = Postgres::new();
                let first = Server::start_with(&database.config());
                let second = first.further(&database.config());
                super::$name(&[&first, &second]);
            })+
        }
    };
}

races! { one_machine many_machines everything_at_once one_reference one_request }
