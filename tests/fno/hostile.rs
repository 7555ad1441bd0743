//! Every fault of the contract, and what should not be sent.

use super::{SEATS, call, call_at, seats};
use crate::support::{Client, Server};

/// What is changed in a good request, and what it is refused with.
const CHANGES: &[(&str, &str, &str, &str)] = &[
    (
        "<fulfilementID>FID-1</fulfilementID>",
        "",
        "InvalidRequest",
        "fulfilementID",
    ),
    ("FID-1", "a\nb", "InvalidRequest", "fulfilementID"),
    (
        "<fulfillCount>2",
        "<fulfillCount>0",
        "InvalidRequest",
        "fulfillCount",
    ),
    (
        "<fulfillCount>2",
        "<fulfillCount>-2",
        "InvalidRequest",
        "fulfillCount",
    ),
    (
        "<fulfillCount>2",
        "<fulfillCount>two",
        "InvalidRequest",
        "fulfillCount",
    ),
    (
        "<count>3",
        "<count>9007199254740991",
        "LimitExceeded",
        "entitledProducts[0].features[0].count",
    ),
    (
        "<count>3",
        "<count>9223372036854775808",
        "InvalidRequest",
        "entitledProducts[0].features[0].count",
    ),
    (
        "<name>base</name>",
        "",
        "InvalidRequest",
        "entitledProducts[0].features[0].name",
    ),
    (
        "<name>Editor</name>",
        "",
        "InvalidRequest",
        "entitledProducts[0].name",
    ),
    (
        "2099-12-31T",
        "2099-02-30T",
        "InvalidRequest",
        "expirationDate",
    ),
    ("00-11-22-AA-BB-CC", "&#1;", "InvalidRequest", ""),
    ("00-11-22-AA-BB-CC", "x", "HostInvalid", ""),
    (
        "<verifyRequest>false",
        "<verifyRequest>perhaps",
        "InvalidRequest",
        "verifyRequest",
    ),
    (
        "<verifyRequest>",
        "<requestType>OTHER</requestType><verifyRequest>",
        "InvalidRequest",
        "requestType",
    ),
    (
        "<fulfillCount>2</fulfillCount>",
        "<fulfillCount>2</fulfillCount><fulfillCount>3</fulfillCount>",
        "InvalidRequest",
        "fulfillCount",
    ),
];

#[test]
fn what_is_wrong_is_named() {
    let server = Server::start();
    let client = Client::new(&server);
    for (from, to, name, field) in CHANGES {
        let request = seats().replacen(from, to, 1);
        assert_ne!(request, seats(), "{from}");
        let refused = match call(&client, "GeneratorRequest", &request) {
            Ok(answer) => panic!("{from} to {to}: {}", answer.0),
            Err(refused) => refused,
        };
        assert_eq!(refused.status, 500, "{to}");
        assert_eq!(refused.name, *name, "{to}: {refused:?}");
        assert!(refused.message.contains(field), "{to}: {refused:?}");
    }
    server.assert_answers();
}

#[test]
fn without_a_product_there_is_nothing_to_write() {
    let server = Server::start();
    let (before, rest) = SEATS.split_once("<entitledProducts>").expect("a product");
    let (_, after) = rest.split_once("</entitledProducts>").expect("its end");
    let request = format!("{before}{after}{}", super::TOKEN);
    let refused = call(&Client::new(&server), "GeneratorRequest", &request).map(|answer| answer.0);
    let refused = refused.expect_err("no product");
    assert_eq!(refused.name, "InvalidRequest");
    assert!(refused.message.contains("entitledProducts"), "{refused:?}");
}

#[test]
fn what_no_generator_does_is_unsupported() {
    let server = Server::start();
    let client = Client::new(&server);
    let host =
        "<HostIdMap><key>mac</key><value>1</value></HostIdMap><HostIdType>ETHERNET</HostIdType>";
    for (path, element, content) in [
        (
            "",
            "FulfillmentRecordSet",
            "<fulfillments><fulfillmentId>1</fulfillmentId></fulfillments>",
        ),
        (
            "",
            "ConsolidatedLicenseResquest",
            "<licenseText>x</licenseText>",
        ),
        ("/token", "HostIdRequest", host),
    ] {
        let refused = call_at(&client, path, element, content).map(|answer| answer.0);
        assert_eq!(
            refused.expect_err(element).name,
            "UnsupportedOperation",
            "{element}"
        );
    }
    let other = host.replace("ETHERNET", "NO_TYPE");
    let refused = call_at(&client, "/token", "HostIdRequest", &other).map(|answer| answer.0);
    assert_eq!(refused.expect_err("no type").name, "HostTypeUnsupported");
}

#[test]
fn the_vendors_no_is_told() {
    let server = Server::start();
    // A node-locked feature of this generator is uncounted.
    let request = format!(
        "{SEATS}<licenseModel><modelTimeAttributes><attributes><name>VENDOR_NAME</name>\
         <value>acmed</value></attributes></modelTimeAttributes></licenseModel>\
         <licenseTechnology><name>flexnet</name></licenseTechnology>"
    );
    let refused = call(&Client::new(&server), "GeneratorRequest", &request).map(|answer| answer.0);
    assert_eq!(refused.expect_err("a no").name, "GeneratorRejected");
}

#[test]
fn a_generator_that_is_switched_off_writes_nothing() {
    let server = Server::start();
    let client = Client::new(&server);
    let off = "<id>token</id><reason>maintenance</reason>";
    client
        .internal("disableGenerators", off)
        .expect("switched off");
    let refused = call(&client, "GeneratorRequest", &seats()).map(|answer| answer.0);
    assert_eq!(refused.expect_err("off").name, "GeneratorUnavailable");
}

#[test]
fn other_elements_other_paths_and_depth_are_refused() {
    let server = Server::start();
    let client = Client::new(&server);
    for element in ["generateLicense", "findCustomers", "Status"] {
        let refused = call(&client, element, "").map(|answer| answer.0);
        assert_eq!(refused.expect_err(element).name, "InvalidRequest");
    }
    let (open, close) = ("<deep>".repeat(80), "</deep>".repeat(80));
    let deep = format!("{}{open}{close}", seats());
    let refused = call(&client, "GeneratorRequest", &deep).map(|answer| answer.0);
    assert!(refused.expect_err("too deep").message.contains("nested"));
    let feature = "<features><name>f</name><count>1</count><version>1</version></features>";
    let many = seats().replace("<features>", &format!("{}<features>", feature.repeat(1000)));
    let refused = call(&client, "GeneratorRequest", &many).map(|answer| answer.0);
    assert_eq!(refused.expect_err("too many").name, "LimitExceeded");
    for path in [
        "/flexnet/services/LicenseGeneratorService/",
        "/flexnet/services/Other",
    ] {
        let (status, _) = client
            .exchange(path, crate::support::GENERATOR, "pingRequest", "")
            .expect("an answer");
        assert_eq!(status, 404, "{path}");
    }
    server.assert_answers();
}
