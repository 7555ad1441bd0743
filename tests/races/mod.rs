//! Callers at once, on the embedded store and on two servers of one PostgreSQL: every answer fits
//! some order in which the calls could have come one after another.

use std::sync::Mutex;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use crate::support::{Answer, Client, Fault, Server, Shop};

const CALLERS: usize = 64;

/// Terms that bind a license to one Ethernet address, for any number of machines.
const ANY_NUMBER: &str = "<terms><maxActivations>0</maxActivations><hostLock>REQUIRED</hostLock>\
    <hostRule><type>ETHERNET</type></hostRule></terms>";

/// Runs each race on both databases.
macro_rules! races {
    ($($name:ident)+) => {
        mod on_sqlite {
            $(#[test] fn $name() {
                let server = crate::support::Server::start();
                super::$name(&super::Crowd::of(&[&server]));
            })+
        }
        mod on_two_servers_of_one_postgres {
            $(#[test] fn $name() {
                let config = crate::support::on_postgres();
                let first = crate::support::Server::start_with(&config);
                let second = first.further(&config);
                super::$name(&super::Crowd::of(&[&first, &second]));
            })+
        }
    };
}

mod activations;
mod administrators;
mod changes;
mod imports;
mod manuals;
mod moves;
mod places;
mod removals;
mod requests;
mod sales;
mod states;

/// Callers, spread over the servers of one database.
struct Crowd<'a> {
    servers: &'a [&'a Server],
    clients: Vec<Client>,
}

/// What a call came to, and when.
struct Told<T> {
    begun: Instant,
    ended: Instant,
    answer: T,
}

impl<'a> Crowd<'a> {
    fn of(servers: &'a [&'a Server]) -> Self {
        let clients = servers.iter().map(|server| Client::new(server));
        Self {
            servers,
            clients: clients.collect(),
        }
    }

    fn client(&self) -> &Client {
        &self.clients[0]
    }

    /// With these terms.
    fn shop(&self, terms: &str) -> Shop {
        Shop::with(self.client().clone(), "token", "", terms)
    }

    /// The same call by all at once.
    fn at_once<T: Send>(&self, call: impl Fn(usize, &Client) -> T + Sync) -> Vec<T> {
        let call = &call;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..CALLERS)
                .map(|i| {
                    let client = self.clients[i % self.clients.len()].clone();
                    scope.spawn(move || call(i, &client))
                })
                .collect();
            let ends = threads.into_iter().map(ScopedJoinHandle::join);
            ends.map(|end| end.expect("a caller")).collect()
        })
    }

    /// All call, but one of them, amid the others, does this: when, and what the others were told.
    fn around<A: Send, T: Send>(
        &self,
        amid: impl Fn(&Client) -> A + Sync,
        call: impl Fn(usize, &Client) -> Vec<Told<T>> + Sync,
    ) -> (Told<A>, Vec<Told<T>>) {
        let done = Mutex::new(None);
        let told = self.at_once(|i, client| {
            if i == CALLERS / 2 {
                *done.lock().expect("a lock") = Some(timed(|| amid(client)));
                return Vec::new();
            }
            call(i, client)
        });
        let done = done.into_inner().expect("a lock").expect("it was done");
        (done, told.into_iter().flatten().collect())
    }
}

impl<T> Told<T> {
    /// Whether this was over before the other began.
    fn before<U>(&self, other: &Told<U>) -> bool {
        self.ended < other.begun
    }
}

fn timed<T>(call: impl FnOnce() -> T) -> Told<T> {
    let begun = Instant::now();
    let answer = call();
    Told {
        begun,
        ended: Instant::now(),
        answer,
    }
}

/// Activates by way of this client.
fn activate(client: &Client, order: &str, address: &str) -> Result<Answer, Fault> {
    client.activation("activate", &crate::support::machine(order, address))
}

/// A machine of each caller's own, and more than one.
fn address(caller: usize, number: usize) -> String {
    format!("{caller:06x}{number:06x}")
}

/// The ids of the live licenses.
fn live(client: &Client) -> Vec<String> {
    let found = client.internal(
        "findLicenses",
        "<state>ACTIVE</state><pageSize>1000</pageSize>",
    );
    let licenses = found.expect("licenses").elements("license");
    licenses.iter().map(|license| license.want("id")).collect()
}
