//! The schema in a WSDL, read independently of the wire types, and samples made from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::tree::{Node, XS};
use crate::operation::Service;
use crate::{Version, wsdl};

pub(super) struct Member {
    pub(super) name: String,
    /// Without its prefix; of XML Schema with `xs:`.
    pub(super) kind: String,
    pub(super) optional: bool,
    pub(super) list: bool,
}

pub(super) struct Schema {
    /// Complex types.
    pub(super) types: BTreeMap<String, Vec<Member>>,
    /// Type names of elements.
    pub(super) elements: BTreeMap<String, String>,
}

/// How much of what is optional a sample has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    /// Everything, and two items in each list.
    Full,
    /// Nothing that is optional.
    Bare,
}

impl Schema {
    pub(super) fn of(service: Service) -> Self {
        let wsdl = Node::parse(wsdl::document(service, Version::Soap11));
        let all = wsdl.all();
        let schema = all.iter().find(|node| node.is(XS, "schema")).unwrap();
        let kind = |node: &Node| node.attribute("type").unwrap().replace("tns:", "");
        let elements = schema.children(XS, "element");
        let types = schema.children(XS, "complexType");
        Self {
            types: types
                .map(|node| (node.label().to_owned(), members(node)))
                .collect(),
            elements: elements
                .map(|node| (node.label().to_owned(), kind(node)))
                .collect(),
        }
    }

    /// The content of an element of this type, with its children in no prefix.
    pub(super) fn sample(&self, kind: &str, sample: Sample) -> String {
        let mut content = String::new();
        let Some(members) = self.types.get(kind) else {
            return value(kind).to_owned();
        };
        for member in members {
            let count = match sample {
                Sample::Bare if member.optional => 0,
                Sample::Full if member.list => 2,
                _ => 1,
            };
            for _ in 0..count {
                let inner = self.sample(&member.kind, sample);
                write!(content, "<{0}>{inner}</{0}>", member.name).unwrap();
            }
        }
        content
    }
}

fn members(kind: &Node) -> Vec<Member> {
    let sequence = kind.child(XS, "sequence").unwrap();
    let member = |node: &Node| Member {
        name: node.label().to_owned(),
        kind: node.attribute("type").unwrap().replace("tns:", ""),
        optional: node.attribute("minOccurs") == Some("0"),
        list: node.attribute("maxOccurs") == Some("unbounded"),
    };
    sequence.children(XS, "element").map(member).collect()
}

fn value(kind: &str) -> &'static str {
    match kind {
        "xs:string" => "a &amp; b",
        "xs:int" => "65535",
        "xs:long" => "9007199254740991",
        "xs:boolean" => "true",
        "xs:dateTime" => "2027-12-31T23:59:59.250Z",
        "xs:base64Binary" => "AAECAw==",
        "CalendarDate" => "2028-02-29",
        "TextMatch" => "CONTAINS",
        other => panic!("no sample of {other}"),
    }
}
