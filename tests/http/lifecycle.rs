//! How a server comes and goes, and what it tells its operator.

use std::time::{Duration, Instant};

use crate::support::http::{Connection, Response, head, request};
use crate::support::message::{STAFF, XML, outcome};
use crate::support::{Client, Server};

fn ask(server: &Server, path: &str) -> Response {
    let address = server.management.trim_start_matches("http://");
    Connection::open(address).exchange(&request("GET", path, &[], b""))
}

#[test]
fn health_and_readiness_are_told_to_the_operator_alone() {
    let server = Server::start();
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(ask(&server, path).status, 200, "{path}");
        assert_eq!(server.get(path, &[]).status, 404, "{path}");
    }
    assert_eq!(ask(&server, "/soap/v1?wsdl").status, 404);
}

#[test]
fn requests_are_counted_by_operation_and_outcome() {
    let server = Server::start();
    let client = Client::new(&server);
    for _ in 0..3 {
        client.internal("findCustomers", "").expect("found");
    }
    let nothing = client.internal("getLicense", "<id>nothing</id>");
    assert_eq!(nothing.err().expect("no license").code, "NotFound");
    let metrics = ask(&server, "/metrics").text();
    let value = |labels: [&str; 2]| {
        let line = metrics.lines().find(|line| {
            let counts = line.contains("_total{");
            counts && labels.iter().all(|label| line.contains(label))
        });
        let line = line.unwrap_or_else(|| panic!("no {labels:?} in:\n{metrics}"));
        line.rsplit(' ').next().unwrap_or_default().to_owned()
    };
    assert_eq!(value(["findCustomers", "\"OK\""]), "3");
    assert_eq!(value(["getLicense", "NotFound"]), "1");
}

#[test]
fn an_idle_server_stops_at_once_and_without_complaint() {
    let mut server = Server::start();
    let mut idle = server.connect();
    let message = STAFF.message("getServiceInfo", "");
    let request = request("POST", STAFF.path, &[XML], message.as_bytes());
    outcome(&idle.exchange(&request)).expect("served");
    let started = Instant::now();
    let status = server.stop();
    assert_eq!(status.code(), Some(0), "{}", server.log());
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    assert!(idle.is_closed());
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}

/// A request that has begun is answered, and load balancers are told to send no more.
#[test]
fn what_has_begun_is_finished() {
    let server = Server::start();
    let message = STAFF.message("getServiceInfo", "");
    let length = message.len().to_string();
    let mut begun = server.connect();
    let headers = [XML, ("Content-Length", &length), ("Expect", "100-continue")];
    // The server asks for the body: the request has begun for sure.
    let asked = begun.exchange(&head("POST", STAFF.path, &headers));
    assert_eq!(asked.status, 100);
    server.terminate();
    let deadline = Instant::now() + Duration::from_secs(10);
    while ask(&server, "/readyz").status != 503 {
        assert!(Instant::now() < deadline, "it is ready for ever");
    }
    outcome(&begun.exchange(message.as_bytes())).expect("answered");
    assert!(begun.is_closed());
}

#[test]
fn what_was_acknowledged_is_there_after_a_power_cut() {
    let server = Server::start();
    let customer = "<customer><name>Ada</name></customer>";
    let stored = Client::new(&server).internal("storeCustomers", customer);
    let id = stored.expect("stored").want("id");
    let server = server.crash_and_restart();
    let found = Client::new(&server).internal("findCustomers", &format!("<id>{id}</id>"));
    assert_eq!(found.expect("found").all("name"), ["Ada"]);
}
