//! A document as a tree, for looking at WSDLs.

use crate::xml::{Event, Reader, Start};

pub(super) const XS: &str = "http://www.w3.org/2001/XMLSchema";
pub(super) const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// Attributes that the tests ask for.
const ATTRIBUTES: [&str; 19] = [
    "name",
    "type",
    "element",
    "message",
    "minOccurs",
    "maxOccurs",
    "nillable",
    "default",
    "fixed",
    "base",
    "location",
    "elementFormDefault",
    "targetNamespace",
    "use",
    "style",
    "soapAction",
    "value",
    "binding",
    "transport",
];

pub(super) struct Node {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: String,
}

impl Node {
    pub(super) fn parse(document: &str) -> Self {
        let mut reader = Reader::new(document);
        let Event::Start(start) = reader.next_event().unwrap() else {
            panic!("no root");
        };
        Self::read(&mut reader, &start)
    }

    fn read(reader: &mut Reader, start: &Start) -> Self {
        let attribute = |name| Some((name, reader.attribute("", name)?.to_owned()));
        let mut node = Self {
            namespace: start.name.namespace.to_string(),
            name: start.name.local.to_owned(),
            attributes: ATTRIBUTES.into_iter().filter_map(attribute).collect(),
            children: Vec::new(),
            text: String::new(),
        };
        loop {
            match reader.next_event().unwrap() {
                Event::Start(start) => node.children.push(Self::read(reader, &start)),
                Event::Text(text) => node.text.push_str(&text),
                Event::End => return node,
                Event::Eof => panic!("no end"),
            }
        }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The value of `name=`.
    pub(super) fn label(&self) -> &str {
        self.attribute("name").unwrap_or_default()
    }

    pub(super) fn children<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Self> {
        self.children
            .iter()
            .filter(move |child| child.is(namespace, name))
    }

    pub(super) fn child(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, name))
    }

    /// The node and all below it.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut nodes = vec![self];
        let mut next = 0;
        while let Some(node) = nodes.get(next) {
            nodes.extend(&node.children);
            next += 1;
        }
        nodes
    }
}
