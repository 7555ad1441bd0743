//! Once a WSDL was released, clients are made from it: what they know stays, and nothing comes to
//! them that they do not know. The released ones lie in `wsdl/released`, a folder for each version;
//! those for SOAP 1.2 differ in the binding alone, which another test sees to.

use std::fs;
use std::path::{Path, PathBuf};

use super::surface::{Surface, signature};
use super::tree::Node;
use crate::operation::Service;
use crate::{Version, wsdl};

const OWN: [(Service, &str); 2] = [
    (
        Service::LicenseDistribution,
        "license-distribution-service.wsdl",
    ),
    (Service::Activation, "activation-service.wsdl"),
];
/// The contract of `FlexNet` Operations, to which nothing can be added either.
const GIVEN: &str = "license-generator-service.wsdl";
/// With every shape that there is.
const VENDORS: &str =
    include_str!("../../../../wsdl/released/1.0/license-distribution-service.wsdl");

fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/released");
    let versions = fs::read_dir(folder).unwrap();
    versions.map(|version| version.unwrap().path()).collect()
}

fn released(version: &Path, file: &str) -> Node {
    Node::parse(&fs::read_to_string(version.join(file)).unwrap())
}

fn served(service: Service) -> Node {
    Node::parse(wsdl::document(service, Version::Soap11))
}

#[test]
fn clients_of_every_released_version_are_served() {
    let releases = releases();
    assert!(!releases.is_empty());
    for version in releases {
        for (service, file) in OWN {
            let old = Surface::of(&released(&version, file));
            let complaints = old.complaints(&Surface::of(&served(service)));
            assert_eq!(complaints, [""; 0], "{file} of {}", version.display());
        }
        let given = signature(&served(Service::Generator));
        assert_eq!(given, signature(&released(&version, GIVEN)));
    }
}

/// What is told of 1.0 with one piece of text in place of another, which is there once.
fn told(old: &str, new: &str) -> Vec<String> {
    assert_eq!(VENDORS.matches(old).count(), 1, "{old}");
    let later = Node::parse(&VENDORS.replace(old, new));
    let before = Surface::of(&Node::parse(VENDORS));
    before.complaints(&Surface::of(&later))
}

/// The text from a start, which is there once, to the first end after it.
fn piece(start: &str, end: &str) -> &'static str {
    let at = VENDORS.find(start).unwrap();
    let length = VENDORS[at..].find(end).unwrap() + end.len();
    &VENDORS[at..at + length]
}

/// A complex type with its members.
fn kind(name: &str) -> &'static str {
    piece(
        &format!("<xs:complexType name=\"{name}\">"),
        "</xs:complexType>",
    )
}

/// A member, without its explanation, of no type in particular.
fn member(kind: &'static str, name: &str) -> &'static str {
    let at = kind.find(&format!("<xs:element name=\"{name}\"")).unwrap();
    let length = kind[at..].find('>').unwrap() + 1;
    &kind[at..at + length]
}

/// What is told when a member of a type is written in another way.
fn told_of_member(of: &str, name: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    let (kind, element) = (kind(of), member(kind(of), name));
    told(kind, &kind.replace(element, &write(element)))
}

#[test]
fn words_for_people_may_change_and_operations_be_added() {
    let said = "The name, printed as licensee.";
    assert_eq!(told(said, "The name."), [""; 0]);
    let operation = piece("<wsdl:operation name=\"lockUsers\">", "</wsdl:operation>");
    let another = operation.replace("name=\"lockUsers\"", "name=\"praiseUsers\"");
    assert_eq!(told(operation, &(another + operation)), [""; 0]);
}

#[test]
fn what_is_gone_is_named() {
    let operation = piece("<wsdl:operation name=\"lockUsers\">", "</wsdl:operation>");
    assert_eq!(told(operation, ""), ["operation lockUsers is gone"]);
    let message = piece("<wsdl:message name=\"lockUsersInput\">", "</wsdl:message>");
    assert_eq!(told(message, ""), ["message lockUsersInput is gone"]);
    let element = piece("<xs:element name=\"lockUsers\"", "</xs:element>");
    assert_eq!(told(element, ""), ["element lockUsers is gone"]);
    assert_eq!(
        told(kind("LockUsersRequest"), ""),
        ["type LockUsersRequest is gone"]
    );
    let kind = kind("Contact");
    let phone = &kind[kind.find("<xs:element name=\"phone\"").unwrap()..];
    let phone = &phone[..phone.find("</xs:element>").unwrap() + "</xs:element>".len()];
    assert_eq!(
        told(kind, &kind.replace(phone, "")),
        ["Contact.phone is gone"]
    );
    let value = "<xs:enumeration value=\"PREFIX\"/>";
    assert_eq!(told(value, ""), ["type TextMatch is another one"]);
}

#[test]
fn what_is_another_one_is_named() {
    let long = |element: &str| element.replace("xs:int", "xs:long");
    assert_eq!(
        told_of_member("Customer", "revision", long),
        ["Customer.revision is another one"]
    );
    let needed = |element: &str| element.replace(" minOccurs=\"0\"", "");
    assert_eq!(
        told_of_member("FindOrdersRequest", "customerId", needed),
        ["FindOrdersRequest.customerId is another one"]
    );
    let single = |element: &str| element.replace(" maxOccurs=\"unbounded\"", "");
    assert_eq!(
        told_of_member("Order", "feature", single),
        ["Order.feature is another one"]
    );
    let action = "soapAction=\"urn:license-distribution-service:v1#lockUsers\"";
    assert_eq!(
        told(action, "soapAction=\"\""),
        ["binding of lockUsers is another one"]
    );
    let pattern = "<xs:pattern value=\"[0-9]{4}-[0-9]{2}-[0-9]{2}\"/>";
    assert_eq!(told(pattern, ""), ["type CalendarDate is another one"]);
}

#[test]
fn members_in_another_order_are_told() {
    let kind = kind("FindEventsRequest");
    let swapped = kind
        .replace("name=\"cursor\"", "name=\"x\"")
        .replace("name=\"type\"", "name=\"cursor\"")
        .replace("name=\"x\"", "name=\"type\"");
    let told = told(kind, &swapped);
    let order = "FindEventsRequest has its members in another order";
    assert!(told.iter().any(|told| told == order), "{told:?}");
}

const NEW: &str = "<xs:element name=\"new\" type=\"xs:string\" minOccurs=\"0\"/>";

fn at_the_end(of: &str, added: &str) -> Vec<String> {
    let kind = kind(of);
    told(
        kind,
        &kind.replace("</xs:sequence>", &format!("{added}</xs:sequence>")),
    )
}

#[test]
fn requests_may_have_new_members_at_their_end_that_are_optional() {
    assert_eq!(at_the_end("FindOrdersRequest", NEW), [""; 0]);
    let needed = NEW.replace(" minOccurs=\"0\"", "");
    assert_eq!(
        at_the_end("FindOrdersRequest", &needed),
        ["FindOrdersRequest.new is new and not optional"]
    );
    let before = |element: &str| format!("{NEW}{element}");
    assert_eq!(
        told_of_member("FindOrdersRequest", "sort", before),
        ["FindOrdersRequest.new is new before older ones"]
    );
}

#[test]
fn replies_may_have_no_new_members() {
    // Of a reply alone, of an entity, deep in one, of the fault.
    for of in ["FindOrdersResult", "Order", "DateRule", "ServiceFault"] {
        let told = at_the_end(of, NEW);
        assert_eq!(told, [format!("{of}.new is new in replies")]);
    }
}
