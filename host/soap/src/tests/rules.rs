//! The rules that keep the WSDLs readable for every client stack.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::Schema;
use super::tree::{Node, WSDL, XS};
use super::{SERVICES, visit_all};
use crate::operation::{Operation, Service, Visitor};
use crate::{Version, wsdl};

const SOAP11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";

fn document(service: Service) -> Node {
    Node::parse(wsdl::document(service, Version::Soap11))
}

fn schema(wsdl: &Node) -> &Node {
    let types = wsdl.child(WSDL, "types").unwrap();
    types.child(XS, "schema").unwrap()
}

struct Names(BTreeMap<&'static str, Vec<&'static str>>);

impl Visitor for Names {
    fn visit<O: Operation>(&mut self) {
        self.0
            .entry(O::SERVICE.namespace())
            .or_default()
            .push(O::NAME);
    }
}

/// The names of a service's operations, in the order of the table.
fn names(service: Service) -> Vec<&'static str> {
    let mut names = Names(BTreeMap::new());
    visit_all(&mut names);
    names.0.remove(service.namespace()).unwrap()
}

#[test]
fn the_wsdl_has_the_operations_that_work_and_no_other() {
    for service in SERVICES {
        let wsdl = document(service);
        for part in ["portType", "binding"] {
            let part = wsdl.child(WSDL, part).unwrap();
            let listed: BTreeSet<_> = part.children(WSDL, "operation").map(Node::label).collect();
            assert_eq!(listed, names(service).into_iter().collect());
        }
    }
}

#[test]
fn operations_are_document_literal_wrapped() {
    for service in SERVICES {
        let wsdl = document(service);
        let schema = Schema::of(service);
        let messages = |name: &str| {
            let message = wsdl
                .children(WSDL, "message")
                .find(|message| message.label() == name);
            let parts: Vec<_> = message.unwrap().children(WSDL, "part").collect();
            assert_eq!(parts.len(), 1);
            (
                parts[0].label().to_owned(),
                parts[0].attribute("element").unwrap().to_owned(),
            )
        };
        for name in names(service) {
            let part = |element: &str| ("parameters".to_owned(), format!("tns:{element}"));
            assert_eq!(messages(&format!("{name}Input")), part(name));
            assert_eq!(
                messages(&format!("{name}Output")),
                part(&format!("{name}Response"))
            );
            let reply = &schema.types[&schema.elements[&format!("{name}Response")]];
            assert_eq!(reply.len(), 1);
            assert_eq!(
                (reply[0].name.as_str(), reply[0].optional, reply[0].list),
                ("result", false, false)
            );
            assert!(schema.types.contains_key(&reply[0].kind));
        }
        let bodies: Vec<_> = wsdl
            .all()
            .into_iter()
            .filter(|node| node.is(SOAP11, "body"))
            .collect();
        assert_eq!(bodies.len(), 2 * names(service).len());
        assert!(
            bodies
                .iter()
                .all(|body| body.attribute("use") == Some("literal"))
        );
        let binding = wsdl
            .child(WSDL, "binding")
            .unwrap()
            .child(SOAP11, "binding")
            .unwrap();
        assert_eq!(binding.attribute("style"), Some("document"));
    }
}

#[test]
fn every_operation_declares_the_shared_fault() {
    for service in SERVICES {
        let wsdl = document(service);
        assert_eq!(Schema::of(service).elements["ServiceFault"], "ServiceFault");
        for part in ["portType", "binding"] {
            for operation in wsdl.child(WSDL, part).unwrap().children(WSDL, "operation") {
                let faults: Vec<_> = operation.children(WSDL, "fault").map(Node::label).collect();
                assert_eq!(faults, ["ServiceFault"]);
            }
        }
    }
}

#[test]
fn the_schema_keeps_to_what_every_stack_takes() {
    const ELEMENTS: [&str; 9] = [
        "schema",
        "element",
        "complexType",
        "sequence",
        "simpleType",
        "restriction",
        "pattern",
        "enumeration",
        "annotation",
    ];
    const TYPES: [&str; 6] = [
        "xs:string",
        "xs:int",
        "xs:long",
        "xs:boolean",
        "xs:dateTime",
        "xs:base64Binary",
    ];
    for service in SERVICES {
        let wsdl = document(service);
        let schema = schema(&wsdl);
        assert_eq!(schema.attribute("elementFormDefault"), Some("qualified"));
        assert_eq!(
            schema.attribute("targetNamespace"),
            Some(service.namespace())
        );
        for node in schema.all() {
            assert!(node.namespace == XS);
            assert!(
                ELEMENTS.contains(&&*node.name) || node.name == "documentation",
                "{}",
                node.name
            );
            for forbidden in ["nillable", "default", "fixed"] {
                assert_eq!(node.attribute(forbidden), None);
            }
            if let Some(kind) = node.attribute("type") {
                assert!(kind.starts_with("tns:") || TYPES.contains(&kind), "{kind}");
            }
            let is_named_type = node.name.ends_with("Type") && !node.label().is_empty();
            let is_typed_element = node.name == "element" && node.attribute("type").is_some();
            let is_other = !node.name.ends_with("Type") && node.name != "element";
            assert!(is_named_type || is_typed_element || is_other);
            assert!(!node.label().starts_with("ArrayOf"));
        }
        for kind in schema.children(XS, "complexType") {
            assert!(
                kind.children
                    .iter()
                    .all(|child| child.name == "sequence" || child.name == "annotation")
            );
        }
    }
}

/// The types that can be met below an element.
fn reachable(schema: &Schema, element: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![schema.elements[element].clone()];
    while let Some(kind) = open.pop() {
        let members = schema.types.get(&kind).into_iter().flatten();
        open.extend(
            members
                .map(|member| member.kind.clone())
                .filter(|kind| !found.contains(kind)),
        );
        found.insert(kind);
    }
    found
}

#[test]
fn replies_can_grow_and_have_no_enumerations() {
    for service in SERVICES {
        let wsdl = document(service);
        let enumerations = schema(&wsdl)
            .children(XS, "simpleType")
            .filter(|kind| kind.all().iter().any(|node| node.is(XS, "enumeration")));
        let enumerations: BTreeSet<_> = enumerations.map(Node::label).collect();
        let schema = Schema::of(service);
        let replies = names(service)
            .into_iter()
            .map(|name| format!("{name}Response"));
        for reply in replies.chain(["ServiceFault".to_owned()]) {
            for kind in reachable(&schema, &reply) {
                assert!(!enumerations.contains(&*kind), "{kind}");
                let Some(members) = schema.types.get(&kind) else {
                    continue;
                };
                let last = members
                    .last()
                    .map(|member| (&*member.name, &*member.kind, member.list));
                let is_wrapper = members.len() == 1 && members[0].name == "result";
                let can_grow = last == Some(("extra", "NameValue", true));
                assert!(is_wrapper || kind == "NameValue" || can_grow, "{kind}");
            }
        }
    }
}

#[test]
fn names_are_plain_and_differ_by_more_than_case() {
    for service in SERVICES {
        let wsdl = document(service);
        let mut spellings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in wsdl.all() {
            let name = node.label();
            let is_member = node.is(XS, "element");
            let first_is_right = match name.chars().next() {
                None => continue,
                Some(first) if is_member && name != "ServiceFault" => first.is_ascii_lowercase(),
                Some(first) if node.name.ends_with("Type") => first.is_ascii_uppercase(),
                Some(first) => first.is_ascii_alphabetic(),
            };
            assert!(
                first_is_right && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "{name}"
            );
            let is_top = !node.is(XS, "element") && node.name != "part";
            if is_top {
                spellings
                    .entry(name.to_lowercase())
                    .or_default()
                    .insert(name.to_owned());
            }
        }
        let ambiguous: Vec<_> = spellings.values().filter(|names| names.len() > 1).collect();
        assert!(ambiguous.is_empty(), "{ambiguous:?}");
    }
}

/// Types of `java.lang` and of .NET's `System`, which are there without being asked for, as far as
/// one could think of them as names.
const AMBIENT: &str = "Action Array Attribute Boolean Buffer Byte Character Class Comparable Console \
    Convert Delegate Deprecated Double Enum Environment Error Exception Float Func Index Integer \
    Iterable Lazy Long Math Module Nullable Number Object Override Package Process Progress Random \
    Range Record Runtime Short String System Thread Throwable Tuple Type Uri Version Void";

#[test]
fn no_type_hides_one_that_is_always_there() {
    for service in SERVICES {
        let wsdl = document(service);
        let types = schema(&wsdl).children(XS, "complexType");
        let hidden: Vec<_> = types
            .map(Node::label)
            .filter(|name| AMBIENT.split(' ').any(|ambient| ambient == *name))
            .collect();
        assert_eq!(hidden, [""; 0]);
    }
}

#[test]
fn every_operation_type_and_member_is_explained() {
    for service in SERVICES {
        let wsdl = document(service);
        let explained = |node: &Node| {
            let annotation = node.child(XS, "annotation");
            let text = annotation.and_then(|node| node.child(XS, "documentation"));
            text.is_some_and(|node| node.text.trim().ends_with(['.', '…']))
        };
        for node in schema(&wsdl).all() {
            if !node.label().is_empty() {
                assert!(explained(node), "{}", node.label());
            }
        }
        for operation in wsdl
            .child(WSDL, "portType")
            .unwrap()
            .children(WSDL, "operation")
        {
            let text = operation.child(WSDL, "documentation").unwrap();
            assert!(text.text.trim().ends_with('.'), "{}", operation.label());
        }
    }
}

#[test]
fn nothing_but_wsdl_soap_and_schema_is_in_it() {
    for service in SERVICES {
        assert!(service.namespace().ends_with(":v1"));
        for node in document(service).all() {
            assert!(
                [XS, WSDL, SOAP11].contains(&&*node.namespace),
                "{}",
                node.name
            );
        }
    }
}

#[test]
fn the_twins_differ_in_the_binding_alone() {
    for service in SERVICES {
        let first = wsdl::document(service, Version::Soap11);
        let second = wsdl::document(service, Version::Soap12);
        let binding = first.find("<wsdl:binding").unwrap();
        assert_eq!(
            second.find("<wsdl:binding"),
            Some(binding + SOAP12.len() - SOAP11.len())
        );
        let (head, tail) = first.split_at(binding);
        let expected = head.replace(SOAP11, SOAP12) + &tail.replace("Soap11", "Soap12");
        assert_eq!(second, expected);
        assert!(!second.contains(SOAP11) && second.contains("Soap12"));
    }
}
