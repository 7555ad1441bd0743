//! The log: one line a request, and nothing in it that could be used.

use crate::support::http::basic;
use crate::support::message::{CUSTOMERS, STAFF, XML, outcome};
use crate::support::{Client, PASSWORD, Server, Shop, machine, mistyped};

const MACHINE: &str = "00-11-22-AA-BB-CC";

#[test]
fn no_credential_and_no_license_is_ever_logged() {
    let mut server = Server::start_with("[log]\nfilter = \"debug\"\n");
    let shop = Shop::new(Client::new(&server));
    let order = shop.order("");
    let license = shop.activate(&order, MACHINE).expect("activated");
    let create = "<name>ci</name><scope>read</scope>";
    let token = shop.client.internal("createToken", create).expect("made");
    let secret = token.want("secret");
    let authorization = format!("Bearer {secret}");
    let headers = [XML, ("Authorization", &*authorization)];
    let message = STAFF.message("findCustomers", "");
    outcome(&server.post(STAFF, &headers, message.as_bytes())).expect("found");
    // Also where they do not belong.
    for target in [
        format!("/activate?orderId={order}"),
        format!("/activate/{order}"),
    ] {
        server.get(&target, &[]);
    }
    let mistyped = mistyped(&order);
    let message = CUSTOMERS.message("activate", &machine(&mistyped, MACHINE));
    let refused = outcome(&server.post(CUSTOMERS, &[XML], message.as_bytes()));
    assert_eq!(refused.err().expect("no order").code, "OrderNotUsable");
    server.stop();
    let log = server.log();
    assert!(log.contains("activate"), "no line of it:\n{log}");
    let (bare, text) = (order.replace('-', ""), license.want("text"));
    let basic = basic("admin", PASSWORD);
    let secrets = [
        &*order,
        &bare,
        &mistyped,
        &secret,
        PASSWORD,
        &basic,
        text.trim(),
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

#[test]
fn a_request_is_one_line_with_its_correlation_id() {
    let mut server = Server::start_with("[log]\nformat = \"json\"\n");
    let message = STAFF.message("findCustomers", "");
    let response = server.post(STAFF, &[XML], message.as_bytes());
    let fault = outcome(&response).err().expect("nobody");
    assert!(!fault.correlation_id.is_empty());
    server.stop();
    let log = server.log();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .filter(|line| line.contains(&fault.correlation_id))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [line] = lines.as_slice() else {
        panic!("not one line of it:\n{log}");
    };
    assert_eq!(line["operation"], "findCustomers");
    assert_eq!(line["status"], 401);
    assert_eq!(line["level"], "INFO");
}
