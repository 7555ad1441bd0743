//! What a WSDL says: its operations, its types, and a sentence on each. Nothing may be without one.

use roxmltree::{Document, Node};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// A WSDL, in its own order.
pub(super) struct Wsdl {
    pub(super) about: String,
    pub(super) operations: Vec<Operation>,
    pub(super) types: Vec<Type>,
}

pub(super) struct Operation {
    pub(super) name: String,
    pub(super) about: String,
    /// The names of the types of what is asked and of what is answered.
    pub(super) request: String,
    pub(super) result: String,
}

pub(super) struct Type {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) members: Vec<Member>,
    /// The values of an enumeration.
    pub(super) values: Vec<String>,
}

pub(super) struct Member {
    pub(super) name: String,
    pub(super) about: String,
    /// With its prefix: `xs:` or `tns:`.
    pub(super) kind: String,
    pub(super) occurs: &'static str,
}

impl Wsdl {
    pub(super) fn parse(text: &str) -> Self {
        let document = Document::parse(text).expect("well-formed XML");
        let schema = only(document.root_element(), XS, "schema");
        let port = only(document.root_element(), WSDL, "portType");
        let types: Vec<_> = schema
            .children()
            .filter(|node| {
                node.has_tag_name((XS, "complexType")) || node.has_tag_name((XS, "simpleType"))
            })
            .map(Type::of)
            .collect();
        Self {
            about: sentence(document.root_element(), WSDL),
            operations: port
                .children()
                .filter(|node| node.has_tag_name((WSDL, "operation")))
                .map(|node| Operation::of(node, schema, &types))
                .collect(),
            types,
        }
    }
}

impl Operation {
    /// The wrapper of a reply holds one member, `result`.
    fn of(node: Node, schema: Node, types: &[Type]) -> Self {
        let name = attribute(node, "name");
        let reply = element_type(schema, &format!("{name}Response"));
        let wrapper = types.iter().find(|kind| kind.name == reply);
        let [result] = &wrapper.expect("the reply's type").members[..] else {
            panic!("{reply} has other members than `result`");
        };
        Self {
            about: sentence(node, WSDL),
            request: element_type(schema, &name),
            result: result.kind.trim_start_matches("tns:").to_owned(),
            name,
        }
    }
}

impl Type {
    fn of(node: Node) -> Self {
        let descendants = |name: &'static str| {
            node.descendants()
                .filter(move |node| node.has_tag_name((XS, name)))
        };
        Self {
            name: attribute(node, "name"),
            about: sentence(node, XS),
            members: descendants("element").map(Member::of).collect(),
            values: descendants("enumeration")
                .map(|node| attribute(node, "value"))
                .collect(),
        }
    }
}

impl Member {
    fn of(node: Node) -> Self {
        let is_optional = node.attribute("minOccurs") == Some("0");
        let is_list = node.attribute("maxOccurs") == Some("unbounded");
        Self {
            name: attribute(node, "name"),
            about: sentence(node, XS),
            kind: attribute(node, "type"),
            occurs: match (is_optional, is_list) {
                (false, false) => "1",
                (true, false) => "0..1",
                (false, true) => "1..n",
                (true, true) => "0..n",
            },
        }
    }
}

/// The type of a global element, without its prefix.
fn element_type(schema: Node, name: &str) -> String {
    let element = schema
        .children()
        .find(|node| node.has_tag_name((XS, "element")) && node.attribute("name") == Some(name));
    let kind = attribute(element.expect("an element of every message"), "type");
    kind.trim_start_matches("tns:").to_owned()
}

fn only<'a>(node: Node<'a, 'a>, namespace: &str, name: &str) -> Node<'a, 'a> {
    let mut found = node
        .descendants()
        .filter(|node| node.has_tag_name((namespace, name)));
    let first = found.next().expect("one of them");
    assert!(found.next().is_none(), "more than one {name}");
    first
}

fn attribute(node: Node, name: &str) -> String {
    node.attribute(name).expect("this attribute").to_owned()
}

/// The documentation of a node itself: of a WSDL's its child, of a schema's one deeper.
fn sentence(node: Node, namespace: &str) -> String {
    let documented = if namespace == XS {
        node.children()
            .find(|node| node.has_tag_name((XS, "annotation")))
    } else {
        Some(node)
    };
    let text = documented.and_then(|node| {
        node.children()
            .find(|node| node.has_tag_name((namespace, "documentation")))
    });
    let text = text.and_then(|node| node.text()).unwrap_or_default().trim();
    assert!(!text.is_empty(), "no word on {:?}", node.attribute("name"));
    text.to_owned()
}
