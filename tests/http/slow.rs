//! Clients that take their time: each is let go of, and none is in the way of another.

use std::thread;
use std::time::{Duration, Instant};

use crate::support::Server;
use crate::support::http::{head, request};
use crate::support::message::{STAFF, XML, outcome};

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
