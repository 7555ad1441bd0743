//! What each operation answers, as it lies in `wsdl/messages/replies/fno`.

use super::{PATH, TOKEN, seats};
use crate::operations::golden;
use crate::support::{Client, GENERATOR, Server, inner};

const PRODUCT: &str = "<name>Editor</name><suite>false</suite><maintenance>false</maintenance>\
    <licensedProduct>true</licensedProduct><needsDatedVersion>false</needsDatedVersion>\
    <features><name>base</name><count>3</count><version>3.0</version></features>";
const MODEL: &str = "<name>m</name><modelTimeAttributes><attributes><name>USE_SERVER</name>\
    <value>maybe</value></attributes></modelTimeAttributes>\
    <LicenseTechnology><name>flexnet</name></LicenseTechnology>";
const HOST: &str = "<HostIdMap><key>mac</key><value>1</value></HostIdMap>\
    <HostIdType>ETHERNET</HostIdType>";

/// An operation, and the element and content of a request; those that no bundled generator serves
/// answer with their fault.
fn requests() -> [(&'static str, &'static str, String); 8] {
    let product = format!("{PRODUCT}{TOKEN}<deployed>true</deployed>");
    let defined = "<licenseFileDefinitions><name>main</name></licenseFileDefinitions>";
    let record = "<fulfillments><fulfillmentId>1</fulfillmentId></fulfillments>";
    let consolidated = "<licenseText>x</licenseText>";
    [
        ("ping", "pingRequest", "<str>hällo</str>".to_owned()),
        ("validateProduct", "ProductRequest", product),
        (
            "validateLicenseModel",
            "LicenseModelRequest",
            MODEL.to_owned(),
        ),
        ("generateLicense", "GeneratorRequest", seats()),
        (
            "generateLicenseFilenames",
            "FileNamesRequest",
            seats() + defined,
        ),
        (
            "consolidateFulfillments",
            "FulfillmentRecordSet",
            record.to_owned(),
        ),
        (
            "generateConsolidatedLicenseFilenames",
            "ConsolidatedLicenseResquest",
            consolidated.to_owned(),
        ),
        (
            "generateCustomHostIdentifier",
            "HostIdRequest",
            HOST.to_owned(),
        ),
    ]
}

/// A fault's message ends with the id under which the server's log has the call.
fn without_correlation(detail: &str) -> String {
    let (message, rest) = detail.split_once(" [").expect("a correlation");
    let (_, rest) = rest.split_once(']').expect("its end");
    format!("{message} […]{rest}")
}

#[test]
fn every_operation_answers_as_it_is_written_down() {
    let server = Server::start();
    let client = Client::new(&server);
    let (mut wrong, requests) = (Vec::new(), requests());
    for (operation, element, content) in &requests {
        let path = match *element {
            "HostIdRequest" => format!("{PATH}/token"),
            _ => PATH.to_owned(),
        };
        let answer = client.exchange(&path, GENERATOR, element, content);
        let (status, text) = answer.expect("an answer");
        let reply = if status == 200 {
            inner(&text, "Body")
        } else {
            without_correlation(&inner(&text, "detail"))
        };
        wrong.extend(golden::complaint("fno", operation, &reply));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(requests.len(), golden::count("fno"));
}
