//! Clients that take their time: each is let go of, and none is in the way of another.

use std::thread;
use std::time::{Duration, Instant};

use crate::support::http::{basic, head, request};
use crate::support::message::{STAFF, XML, outcome};
use crate::support::{Client, PASSWORD, Server};

/// Within a limit of 300 ms, and far less than the defaults.
const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_slow_head_is_not_waited_for() {
    let server = Server::start_with("[http]\nheader_time_ms = 300\n");
    let started = Instant::now();
    let mut connection = server.connect();
    connection.send(b"POST /soap/v1 HTTP/1.1\r\nHost: loc");
    if let Some(response) = connection.try_receive() {
        assert_eq!(response.status, 408);
    }
    assert!(connection.is_closed());
    assert!(started.elapsed() > Duration::from_millis(250), "too soon");
    assert!(started.elapsed() < SOON);
    server.assert_answers();
}

#[test]
fn a_slow_body_is_not_waited_for() {
    let server = Server::start_with("[http]\nbody_time_ms = 300\n");
    let started = Instant::now();
    let mut connection = server.connect();
    connection.send(&head("POST", "/soap/v1", &[XML, ("Content-Length", "100")]));
    connection.send(b"<");
    assert_eq!(connection.receive().status, 408);
    assert!(started.elapsed() > Duration::from_millis(250), "too soon");
    assert!(started.elapsed() < SOON);
    server.assert_answers();
}

/// Bytes that trickle in do not extend the time.
#[test]
fn a_trickling_body_is_not_waited_for() {
    let server = Server::start_with("[http]\nbody_time_ms = 300\n");
    let mut connection = server.connect();
    connection.send(&head(
        "POST",
        "/soap/v1",
        &[XML, ("Content-Length", "100000")],
    ));
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(600) {
        connection.send(b" ");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(connection.receive().status, 408);
    assert!(started.elapsed() < SOON);
}

#[test]
fn connections_beyond_the_limit_wait_for_their_turn() {
    let server = Server::start_with("[http]\nmax_connections = 2\n");
    let message = STAFF.message("getServiceInfo", "");
    let request = request("POST", "/soap/v1", &[XML], message.as_bytes());
    let mut first = server.connect();
    let mut second = server.connect();
    for connection in [&mut first, &mut second] {
        outcome(&connection.exchange(&request)).expect("served");
    }
    let mut third = server.connect();
    third.send(&request);
    assert!(!third.has_answer_within(Duration::from_millis(200)));
    drop(first);
    outcome(&third.receive()).expect("served in its turn");
    outcome(&second.exchange(&request)).expect("served as before");
}

/// Meanwhile the server keeps no buffers for it.
#[test]
fn a_connection_that_has_waited_goes_on() {
    let server = Server::start();
    let mut connection = server.connect();
    for millis in [0, 30, 100, 300] {
        thread::sleep(Duration::from_millis(millis));
        outcome(&connection.exchange(&service_info())).expect("served");
    }
}

#[test]
fn what_came_early_of_a_request_waits_for_the_rest_of_it() {
    let server = Server::start();
    let (mut connection, request) = (server.connect(), service_info());
    for early in [1, 20, request.len() - 1] {
        connection.send(&[&request[..], &request[..early]].concat());
        outcome(&connection.receive()).expect("served");
        thread::sleep(Duration::from_millis(100));
        connection.send(&request[early..]);
        outcome(&connection.receive()).expect("served");
    }
}

fn service_info() -> Vec<u8> {
    let message = STAFF.message("getServiceInfo", "");
    request("POST", STAFF.path, &[XML], message.as_bytes())
}

/// A refused request's body is no request, however late it comes.
#[test]
fn what_follows_a_refusal_is_not_looked_at() {
    let server = Server::start();
    let customer = "<customer><name>Smuggled</name></customer>";
    let message = STAFF.message("storeCustomers", customer);
    let admin = basic("admin", PASSWORD);
    let inner = request(
        "POST",
        STAFF.path,
        &[XML, ("Authorization", &admin)],
        message.as_bytes(),
    );
    let length = inner.len().to_string();
    for (path, headers) in [
        (STAFF.path, [XML, ("Content-Length", "99999999")]),
        (
            STAFF.path,
            [("Content-Type", "image/png"), ("Content-Length", &length)],
        ),
        ("/soap/nowhere", [XML, ("Content-Length", &length)]),
    ] {
        for millis in [0, 30, 100] {
            let mut connection = server.connect();
            connection.send(&head("POST", path, &headers));
            thread::sleep(Duration::from_millis(millis));
            connection.send(&inner);
            thread::sleep(Duration::from_millis(100));
            connection.send(&inner);
        }
    }
    let client = Client::new(&server);
    let found = client.internal("findCustomers", "<withTotal>true</withTotal>");
    assert_eq!(found.expect("found").want("total"), "0");
}

#[test]
fn two_lengths_are_refused_in_a_head_that_came_in_pieces_too() {
    let server = Server::start();
    let whole = service_info();
    let chunked = format!(
        "{:x}\r\n{}\r\n0\r\n\r\n",
        4096,
        STAFF.message("getServiceInfo", "") + &" ".repeat(4096)
    );
    let first = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        STAFF.path
    );
    let mut connection = server.connect();
    connection.send(&[&whole[..], first.as_bytes()].concat());
    outcome(&connection.receive()).expect("served");
    thread::sleep(Duration::from_millis(100));
    connection.send(format!("POSTX: 1\r\nContent-Type: text/xml\r\n\r\n{chunked}").as_bytes());
    assert_eq!(connection.receive().status, 400);
}
