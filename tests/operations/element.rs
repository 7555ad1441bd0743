//! A request as a tree that can be changed at any member.

use std::fmt::Write as _;

/// An element of a request: others in it, or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Reads an element.
    pub(super) fn parse(text: &str) -> Self {
        let document = roxmltree::Document::parse(text).expect("well-formed XML");
        Self::of(document.root_element())
    }

    fn of(node: roxmltree::Node) -> Self {
        let children = node.children().filter(roxmltree::Node::is_element);
        Self {
            name: node.tag_name().name().to_owned(),
            text: node.text().unwrap_or_default().trim().to_owned(),
            children: children.map(Self::of).collect(),
        }
    }

    /// What is in it.
    pub(super) fn content(&self) -> String {
        let mut content = self.text.replace('&', "&amp;").replace('<', "&lt;");
        for child in &self.children {
            let (name, inner) = (&child.name, child.content());
            write!(content, "<{name}>{inner}</{name}>").expect("written");
        }
        content
    }
}
