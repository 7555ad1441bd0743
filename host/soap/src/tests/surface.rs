//! What clients are made from in a WSDL, and what of a later one would break them.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Node, WSDL, XS};

/// All of a WSDL but what is said to people.
pub(super) struct Surface {
    /// What must stay as it is: operations, messages, elements, plain types, bindings, the service.
    named: BTreeMap<String, String>,
    /// Complex types.
    types: BTreeMap<String, Vec<Member>>,
    /// Those of them that can be met in a reply or fault.
    replied: BTreeSet<String>,
}

struct Member {
    name: String,
    /// Type and occurrence.
    signature: String,
    optional: bool,
}

/// A node and all below it as one text; prefixes and documentation are no part of it.
pub(super) fn signature(node: &Node) -> String {
    let below = signatures(node.children.iter());
    format!("{}{below}</>", head(node))
}

fn signatures<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> String {
    let is_said = |node: &&Node| node.name == "documentation" || node.name == "annotation";
    let nodes = nodes.into_iter().filter(|node| !is_said(node));
    nodes.map(signature).collect()
}

fn head(node: &Node) -> String {
    let attributes = node.attributes.iter();
    let attributes: Vec<_> = attributes
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("<{} {}>", node.name, attributes.join(" "))
}

impl Surface {
    pub(super) fn of(wsdl: &Node) -> Self {
        let schema = wsdl.child(WSDL, "types").unwrap();
        let schema = schema.child(XS, "schema").unwrap();
        let types = schema.children(XS, "complexType");
        Self {
            named: named(wsdl, schema),
            types: types
                .map(|kind| (kind.label().to_owned(), members(kind)))
                .collect(),
            replied: replied(wsdl, schema),
        }
    }

    /// What of a later version breaks the clients of this one, by name.
    pub(super) fn complaints(&self, later: &Self) -> Vec<String> {
        let named = self
            .named
            .iter()
            .filter_map(|(name, old)| changed(name, Some(old), later.named.get(name)));
        let mut complaints: Vec<_> = named.collect();
        for (name, old) in &self.types {
            let Some(new) = later.types.get(name) else {
                complaints.push(format!("type {name} is gone"));
                continue;
            };
            complaints.extend(of_kept(name, old, new));
            complaints.extend(of_new(name, old, new, later.replied.contains(name)));
        }
        complaints
    }
}

fn changed(name: &str, old: Option<&String>, new: Option<&String>) -> Option<String> {
    match new {
        None => Some(format!("{name} is gone")),
        Some(_) if new == old => None,
        Some(_) => Some(format!("{name} is another one")),
    }
}

/// Members that are gone, of another type or occurrence, or in another order.
fn of_kept(kind: &str, old: &[Member], new: &[Member]) -> Vec<String> {
    let find = |name: &str| new.iter().find(|member| member.name == name);
    let told = old.iter().filter_map(|member| {
        let later = find(&member.name).map(|later| &later.signature);
        let name = format!("{kind}.{}", member.name);
        changed(&name, Some(&member.signature), later)
    });
    let mut told: Vec<_> = told.collect();
    let order = |members: &[Member], others: &[Member]| -> Vec<String> {
        let names = members.iter().map(|member| member.name.clone());
        let is_in_both = |name: &String| others.iter().any(|other| other.name == *name);
        names.filter(is_in_both).collect()
    };
    if order(old, new) != order(new, old) {
        told.push(format!("{kind} has its members in another order"));
    }
    told
}

/// Members that are new where none may be.
fn of_new(kind: &str, old: &[Member], new: &[Member], replied: bool) -> Vec<String> {
    let is_old = |member: &Member| old.iter().any(|other| other.name == member.name);
    let kept = new.iter().rposition(is_old).map_or(0, |last| last + 1);
    let added = new.iter().enumerate().filter(|(_, member)| !is_old(member));
    let told = added.filter_map(|(place, member)| {
        let wrong = match member {
            _ if replied => "in replies",
            _ if place < kept => "before older ones",
            member if !member.optional => "and not optional",
            _ => return None,
        };
        Some(format!("{kind}.{} is new {wrong}", member.name))
    });
    told.collect()
}

fn named(wsdl: &Node, schema: &Node) -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    let mut add = |kind: &str, node: &Node, text: String| {
        named.insert(format!("{kind} {}", node.label()), text);
    };
    for (kind, name) in [("element", "element"), ("type", "simpleType")] {
        let nodes = schema.children(XS, name);
        nodes.for_each(|node| add(kind, node, signature(node)));
    }
    for name in ["message", "service"] {
        let nodes = wsdl.children(WSDL, name);
        nodes.for_each(|node| add(name, node, signature(node)));
    }
    for (kind, name) in [("operation", "portType"), ("binding of", "binding")] {
        let part = wsdl.child(WSDL, name).unwrap();
        let (operations, others): (Vec<_>, Vec<_>) = part
            .children
            .iter()
            .partition(|child| child.is(WSDL, "operation"));
        add(name, part, head(part) + &signatures(others));
        let operations = operations.into_iter();
        operations.for_each(|node| add(kind, node, signature(node)));
    }
    named
}

fn members(kind: &Node) -> Vec<Member> {
    let sequence = kind.child(XS, "sequence");
    let elements = sequence
        .into_iter()
        .flat_map(|all| all.children(XS, "element"));
    let members = elements.map(|element| Member {
        name: element.label().to_owned(),
        signature: signature(element),
        optional: element.attribute("minOccurs") == Some("0"),
    });
    members.collect()
}

/// The types below the elements of replies and faults.
fn replied(wsdl: &Node, schema: &Node) -> BTreeSet<String> {
    let port = wsdl.child(WSDL, "portType").unwrap();
    let operations = port.children(WSDL, "operation");
    let answers = operations.flat_map(|operation| {
        let outputs = operation.children(WSDL, "output");
        outputs.chain(operation.children(WSDL, "fault"))
    });
    let messages = answers.map(|answer| find(wsdl, WSDL, "message", answer, "message"));
    let parts = messages.flat_map(|message| message.unwrap().children(WSDL, "part"));
    let elements = parts.map(|part| find(schema, XS, "element", part, "element"));
    let mut open: Vec<_> = elements.map(Option::unwrap).collect();
    let mut found = BTreeSet::new();
    while let Some(element) = open.pop() {
        let Some(kind) = find(schema, XS, "complexType", element, "type") else {
            continue;
        };
        if found.insert(kind.label().to_owned()) {
            let below = kind.all().into_iter();
            open.extend(below.filter(|node| node.is(XS, "element")));
        }
    }
    found
}

/// What an attribute of a node refers to.
fn find<'a>(
    within: &'a Node,
    namespace: &'a str,
    name: &'a str,
    node: &Node,
    attribute: &str,
) -> Option<&'a Node> {
    let wanted = node.attribute(attribute)?;
    let (_, wanted) = wanted.split_once(':').unwrap_or(("", wanted));
    let mut nodes = within.children(namespace, name);
    nodes.find(|node| node.label() == wanted)
}
