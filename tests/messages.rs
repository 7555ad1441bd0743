//! A refusal of a name tells which names there are.

use crate::support::{Client, ETHERNET, Fault, Finished, Place, Server, Shop};

fn refused(client: &Client, operation: &str, content: &str) -> Fault {
    let answer = client.internal(operation, content);
    answer
        .err()
        .unwrap_or_else(|| panic!("{operation} is served"))
}

/// The failure of the only item: its code, field and message.
fn store(client: &Client, generator: &str, members: &str, terms: &str) -> (String, String, String) {
    let product = format!(
        "<product><code>editor</code><name>Editor</name><generator>{generator}</generator>{members}\
         <terms>{terms}</terms></product>"
    );
    let answer = client.internal("storeProducts", &product).expect("a batch");
    let failure = answer.elements("failure").remove(0);
    (
        failure.want("code"),
        failure.want("field"),
        failure.want("message"),
    )
}

fn texts(failure: &(String, String, String)) -> (&str, &str, &str) {
    (&failure.0, &failure.1, &failure.2)
}

#[test]
fn an_unknown_host_type_is_answered_with_those_there_are() {
    let server = Server::start();
    let client = Client::new(&server);
    let shop = Shop::new(client.clone());
    let order = shop.order("");
    let activate = |host_type: &str, value: &str| {
        let host = format!("<host><type>{host_type}</type><value>{value}</value></host>");
        let request = format!("<orderId>{order}</orderId>{host}");
        let refused = client.activation("activate", &request).err();
        let refused = refused.expect("a fault");
        assert_eq!(refused.code, "HostTypeUnsupported");
        assert_eq!(refused.field.as_deref(), Some("host[0].type"));
        refused.message
    };
    let known = "ANY, COMPOSITE, DISK_SERIAL, DISPLAY, ETHERNET, FLEXID, HOSTNAME, INTERNET, \
                 MACHINE_ID, USER";
    assert_eq!(
        activate("MAC", "001122aabbcc"),
        format!("The host type MAC is not taken here; there are: {known}.")
    );
    assert_eq!(
        activate("HOSTNAME", "cad-07"),
        "The host type HOSTNAME is not taken here; there are: ETHERNET."
    );
    let rule = "<hostLock>REQUIRED</hostLock><hostRule><type>MAC</type></hostRule>";
    let failure = store(&client, "token", "", rule);
    assert_eq!(
        texts(&failure),
        (
            "InvalidRequest",
            "terms.hostRule[0].type",
            "The host type MAC is not taken here; there are: ETHERNET, HOSTNAME, DISK_SERIAL, \
             MACHINE_ID, USER.",
        )
    );
}

#[test]
fn a_generator_that_is_not_in_service_is_answered_with_those_that_are() {
    let server = Server::start();
    let client = Client::new(&server);
    let failure = store(&client, "tokens", "", ETHERNET);
    assert_eq!(
        texts(&failure),
        (
            "InvalidRequest",
            "generator",
            "There is no generator tokens in service; there are: flexnet, token.",
        )
    );
    let failure = store(&client, "hello", "", ETHERNET);
    assert_eq!(
        texts(&failure),
        (
            "GeneratorUnavailable",
            "generator",
            "The generator hello is not in service (an example: a section [plugins.hello] puts it \
             into service); there are: flexnet, token.",
        )
    );
}

#[test]
fn an_unknown_setting_is_answered_with_those_there_are() {
    let server = Server::start();
    let client = Client::new(&server);
    let setting = "<setting><name>isuer</name><value>Acme</value></setting>";
    let failure = store(&client, "token", setting, ETHERNET);
    assert_eq!(
        texts(&failure),
        (
            "InvalidRequest",
            "setting[0].name",
            "The generator has no setting isuer; there are: issuer, audience.",
        )
    );
}

#[test]
fn a_wrong_id_is_answered_with_what_ids_look_like() {
    let server = Server::start();
    let wrong = refused(&Client::new(&server), "findCustomers", "<id>cus_nope</id>");
    assert_eq!(wrong.code, "NotFound");
    assert_eq!(
        wrong.message,
        "There is no such customer: its id is cus_ and 32 hexadecimal digits, or ext: and your \
         own reference."
    );
}

#[test]
fn a_date_after_all_calendars_is_told_with_its_member() {
    let server = Server::start();
    let late = "<kind>AFTER</kind><amount>9999</amount><unit>YEARS</unit><anchor>ORDER</anchor>";
    let terms = format!("<terms>{ETHERNET}<expiry>{late}</expiry></terms>");
    let shop = Shop::with(Client::new(&server), "token", "", &terms);
    let refused = shop.activate(&shop.order(""), "001122aabbcc").err();
    let refused = refused.expect("a fault");
    assert_eq!(refused.field.as_deref(), Some("terms.expiry.amount"));
    assert_eq!(
        refused.message,
        "The rule terms.expiry gives a day after the year 9999."
    );
}

#[test]
fn a_variable_that_was_probably_meant_is_refused() {
    let place = Place::new("");
    let show = |name: &str| {
        let mut command = place.command(&["config", "show"]);
        Finished::of(command.env(name, "127.0.0.1:1"))
    };
    assert_eq!(
        show("LDS_HTTP_LISTEN").failure(),
        "error: LDS_HTTP_LISTEN: unknown variable; did you mean LDS_HTTP__LISTEN?\n"
    );
    show("LDS_PORT_8080_TCP_ADDR").success();
}

#[test]
fn an_address_without_a_port_is_refused_in_words() {
    let place = Place::new("");
    let told = place.lds(&["serve", "--listen", "localhost"]);
    assert_eq!(told.code, Some(2));
    let told = told.failure();
    assert!(
        told.contains("localhost is no IP address with a port, such as 127.0.0.1:8080"),
        "{told}"
    );
}
