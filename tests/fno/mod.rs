//! `FlexNet` Operations has its license texts written here: its contract, from outside.

mod caller;
mod golden;
mod hostile;
mod jaxws;
mod remote;
mod texts;
mod zeep;

use crate::support::{Answer, Client, GENERATOR};

const PATH: &str = "/flexnet/services/LicenseGeneratorService";

/// What a call was refused with.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    status: u16,
    name: String,
    message: String,
}

/// A call at the service's path or one behind it.
fn call_at(client: &Client, path: &str, element: &str, content: &str) -> Result<Answer, Refused> {
    let (status, text) = client
        .exchange(&format!("{PATH}{path}"), GENERATOR, element, content)
        .expect("an answer");
    let answer = Answer(text);
    if status == 200 {
        return Ok(answer);
    }
    assert!(answer.0.contains("<licGeneratorException "), "{}", answer.0);
    Err(Refused {
        status,
        name: answer.want("name"),
        message: answer.want("message"),
    })
}

fn call(client: &Client, element: &str, content: &str) -> Result<Answer, Refused> {
    call_at(client, "", element, content)
}

/// A license of two copies, each of three seats, for one machine.
const SEATS: &str = "<fulfilementID>FID-1</fulfilementID><fulfillCount>2</fulfillCount>\
    <overdraftCount>0</overdraftCount>\
    <customHost><hostIdentifier>00-11-22-AA-BB-CC</hostIdentifier></customHost>\
    <verifyRequest>false</verifyRequest><activationID>ACT-1</activationID>\
    <expirationDate>2099-12-31T00:00:00.000-08:00</expirationDate>\
    <entitlementID>ENT-1</entitlementID>\
    <soldTo><id>7</id><name>miller</name><displayName>Miller &amp; Sons</displayName></soldTo>\
    <entitledProducts><name>Editor</name><version>3.0</version><suite>false</suite>\
    <maintenance>false</maintenance><licensedProduct>true</licensedProduct>\
    <needsDatedVersion>false</needsDatedVersion>\
    <features><name>base</name><count>3</count><version>3.0</version></features>\
    </entitledProducts>";

/// The same, for the bundled generator `token`.
fn seats() -> String {
    format!("{SEATS}{TOKEN}")
}

const TOKEN: &str = "<licenseTechnology><name>token</name></licenseTechnology>";
