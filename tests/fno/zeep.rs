//! A client that knows the served WSDL alone.

use crate::clients::{python, succeeded};
use crate::support::{PASSWORD, Server};

const STORY: &str = r#"
import datetime, sys, requests, zeep
from zeep.transports import Transport
session = requests.Session()
session.auth = ("admin", sys.argv[2])
url = sys.argv[1] + "/flexnet/services/LicenseGeneratorService/token?wsdl"
client = zeep.Client(url, transport=Transport(session=session))
print(client.service.ping(str="hello").str)
product = dict(name="Editor", suite=False, maintenance=False, licensedProduct=True,
               needsDatedVersion=False, features=[dict(name="base", count=3, version="3.0")])
request = dict(fulfilementID="FID-1", fulfillCount=1, overdraftCount=0, verifyRequest=False,
               activationID="A", entitlementID="E", entitledProducts=[product],
               expirationDate=datetime.datetime(2099, 12, 31),
               customHost=dict(hostIdentifier="ETHERNET=001122aabbcc"))
response = client.service.generateLicense(**request)
print(response.complete, response.licenseFileName, response.licenseText.count("."))
status = client.service.validateProduct(deployed=True, **product)
print(status.code)
names = client.service.generateLicenseFilenames(**request)
print(names[0].value if isinstance(names, list) else names.licenseFileNames[0].value)
try:
    client.service.generateLicense(**dict(request, fulfillCount=0))
except zeep.exceptions.Fault as fault:
    [element] = fault.detail
    detail = client.get_element(element.tag).parse(element, client.wsdl.types)
    print(detail.name)
try:
    client.service.consolidateFulfillments(fulfillments=[dict(fulfillmentId="1")])
except zeep.exceptions.Fault as fault:
    [element] = fault.detail
    print(client.get_element(element.tag).parse(element, client.wsdl.types).name)
"#;

#[test]
fn zeep_speaks_the_contract() {
    let server = Server::start();
    let output = python()
        .args(["-c", STORY, &server.url, PASSWORD])
        .output()
        .expect("Python runs");
    let told = succeeded(&output);
    let expected = [
        "hello",
        "True license.jwt 2",
        "0",
        "license.jwt",
        "InvalidRequest",
        "UnsupportedOperation",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}
