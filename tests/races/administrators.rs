//! Administrators that delete, lock and disable each other, and themselves: one always remains.

use super::Crowd;
use crate::support::{Client, PASSWORD};

races! { deleted locked disabled }

const LOGINS: [&str; 4] = ["admin", "ada", "grace", "joan"];

fn deleted(crowd: &Crowd) {
    assert_one_remains(crowd, "deleteUsers");
}

fn locked(crowd: &Crowd) {
    assert_one_remains(crowd, "lockUsers");
}

fn disabled(crowd: &Crowd) {
    assert_one_remains(crowd, "disableUsers");
}

fn assert_one_remains(crowd: &Crowd, operation: &str) {
    for login in &LOGINS[1..] {
        crowd.servers[0].place().create_administrator_called(login);
    }
    let clients: Vec<_> = LOGINS
        .iter()
        .zip(crowd.servers.iter().cycle())
        .map(|(login, server)| Client::with(&server.url, login, PASSWORD))
        .collect();
    let found = crowd.client().internal("findUsers", "").expect("users");
    let ids = found.all("id");
    assert_eq!(ids.len(), LOGINS.len());
    crowd.at_once(|i, _| {
        for id in &ids {
            let request = format!("<id>{id}</id><reason>race</reason>");
            let client = &clients[i % clients.len()];
            if let Err(fault) = client.internal(operation, &request) {
                // Another one was quicker.
                let gone = ["AuthenticationRequired", "RateLimited"];
                assert!(gone.contains(&&*fault.code), "{fault:?}");
            }
        }
    });
    let lists = clients
        .iter()
        .map(|client| client.internal("findUsers", ""));
    let found: Vec<_> = lists.filter_map(Result::ok).collect();
    assert_eq!(found.len(), 1, "administrators that are left");
    let states = found[0].all("state");
    let active = states.iter().filter(|state| *state == "ACTIVE");
    assert_eq!(active.count(), 1, "{states:?}");
}
