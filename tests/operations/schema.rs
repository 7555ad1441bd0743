//! A served WSDL: its operations and the members of their requests, and whether replies are valid
//! by its schema, as libxml2 sees it.

use std::collections::BTreeMap;

use crate::support::Server;
use crate::support::message::Service;
use crate::support::validity;

use super::element::Element;

const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// A member of a type.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// Without its prefix.
    pub(super) kind: String,
    pub(super) is_optional: bool,
    pub(super) is_list: bool,
    /// What the WSDL says of it.
    pub(super) said: String,
}

/// A place in a request: the members that lead to it, and its own.
pub(super) struct Place {
    pub(super) path: Vec<Member>,
}

/// A served WSDL.
pub(super) struct Schema {
    /// As it stands in the WSDL, by itself.
    text: String,
    types: BTreeMap<String, Vec<Member>>,
    elements: BTreeMap<String, String>,
}

impl Schema {
    /// That of a service of this server.
    pub(super) fn of(server: &Server, service: Service) -> Self {
        let wsdl = server.get(&format!("{}?wsdl", service.path), &[]).text();
        let document = roxmltree::Document::parse(&wsdl).expect("well-formed XML");
        let is_schema = |node: &roxmltree::Node| node.has_tag_name((XS, "schema"));
        let schema = document.descendants().find(is_schema).expect("a schema");
        let all = |name: &'static str| {
            let children = schema.children();
            children.filter(move |node| node.has_tag_name((XS, name)))
        };
        Self {
            text: validity::schema(&wsdl, service.namespace),
            types: all("complexType")
                .map(|node| (attribute(node, "name"), members(node)))
                .collect(),
            elements: all("element")
                .map(|node| (attribute(node, "name"), kind(node)))
                .collect(),
        }
    }

    /// The names of the operations.
    pub(super) fn operations(&self) -> impl Iterator<Item = &str> {
        let replies = self.elements.keys();
        replies.filter_map(|name| name.strip_suffix("Response"))
    }

    /// The members of a type; none of a simple one.
    pub(super) fn members(&self, kind: &str) -> &[Member] {
        self.types.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The type of an operation's request.
    pub(super) fn request(&self, operation: &str) -> &str {
        &self.elements[operation]
    }

    /// Every place in an operation's request; what is ignored on input is none.
    pub(super) fn places(&self, operation: &str) -> Vec<Place> {
        let (mut places, mut open) = (Vec::new(), vec![Vec::<Member>::new()]);
        while let Some(path) = open.pop() {
            let kind = path
                .last()
                .map_or(self.request(operation), |member| &member.kind);
            for member in self
                .members(kind)
                .iter()
                .filter(|member| member.name != "extra")
            {
                let path: Vec<_> = path.iter().chain([member]).cloned().collect();
                open.push(path.clone());
                places.push(Place { path });
            }
        }
        places
    }

    /// A sample with everything that an element of this type needs.
    pub(super) fn sample(&self, name: &str, kind: &str) -> Element {
        if kind == "DateRule" {
            let rule =
                "<kind>AFTER</kind><amount>1</amount><unit>YEARS</unit><anchor>ORDER</anchor>";
            return Element::parse(&format!("<{name}>{rule}</{name}>"));
        }
        let needed = self
            .members(kind)
            .iter()
            .filter(|member| !member.is_optional);
        let children = needed.map(|member| self.sample(&member.name, &member.kind));
        Element {
            name: name.to_owned(),
            text: if self.types.contains_key(kind) {
                String::new()
            } else {
                value(name, kind)
            },
            children: children.collect(),
        }
    }

    /// The element at a place, made with its surroundings where it is not there.
    pub(super) fn at<'a>(&self, request: &'a mut Element, place: &Place) -> &'a mut Element {
        let mut kind = self.request(&request.name).to_owned();
        let mut element = request;
        for member in &place.path {
            let n = self.child(element, &kind, member);
            element = &mut element.children[n];
            kind.clone_from(&member.kind);
        }
        element
    }

    /// Where the child is, in the order of the schema.
    fn child(&self, parent: &mut Element, kind: &str, member: &Member) -> usize {
        let found = parent
            .children
            .iter()
            .position(|child| child.name == member.name);
        found.unwrap_or_else(|| {
            let order = |name: &str| {
                self.members(kind)
                    .iter()
                    .position(|other| other.name == name)
            };
            let own = order(&member.name);
            let before = |child: &&Element| order(&child.name) < own;
            let n = parent.children.iter().take_while(before).count();
            parent
                .children
                .insert(n, self.sample(&member.name, &member.kind));
            n
        })
    }

    /// Panics unless each of these elements is valid.
    pub(super) fn validate(&self, documents: &[String]) {
        validity::validate(&self.text, documents);
    }
}

fn attribute(node: roxmltree::Node, name: &str) -> String {
    node.attribute(name).unwrap_or_default().to_owned()
}

fn kind(node: roxmltree::Node) -> String {
    let kind = attribute(node, "type");
    kind.rsplit(':').next().unwrap_or_default().to_owned()
}

fn members(node: roxmltree::Node) -> Vec<Member> {
    let elements = node.descendants();
    let elements = elements.filter(|node| node.has_tag_name((XS, "element")));
    elements
        .map(|node| Member {
            name: attribute(node, "name"),
            kind: kind(node),
            is_optional: attribute(node, "minOccurs") == "0",
            is_list: attribute(node, "maxOccurs") == "unbounded",
            said: said(node),
        })
        .collect()
}

fn said(node: roxmltree::Node) -> String {
    let is_text = |node: &roxmltree::Node| node.has_tag_name((XS, "documentation"));
    let text = node.descendants().find(is_text);
    text.and_then(|node| node.text())
        .unwrap_or_default()
        .to_owned()
}

/// A good value of a simple type, for a member of this name.
fn value(name: &str, kind: &str) -> String {
    let value = match (name, kind) {
        ("kind", _) => "NONE",
        ("type", _) => "ETHERNET",
        (_, "int" | "long") => "1",
        (_, "boolean") => "false",
        (_, "dateTime") => "2100-12-31T23:59:59Z",
        (_, "CalendarDate") => "2100-12-31",
        (_, "base64Binary") => "AAEC",
        (_, "TextMatch") => "EXACT",
        (_, "string") => "001122aabbcc",
        (_, other) => panic!("no sample of {other}"),
    };
    value.to_owned()
}
