//! Which declared value an attribute of another license server stands for: `VENDOR_STRING` is what
//! a generator declares as `vendorString`.

use crate::attribute::Attribute;
use crate::error::{Error, Result};
use crate::generator::{Definition, Description, ValueType, Values, typed};

/// Names that differ by more than their spelling.
const OTHERWISE: [(&str, &str); 5] = [
    ("SN", "serialNumber"),
    ("BORROW", "borrowHours"),
    ("ALLOW_TERMINAL_SERVER", "terminalServers"),
    ("ALLOW_ONE_TERMINAL_SERVER", "oneTerminalServer"),
    ("VENDOR_NAME", "vendor"),
];

/// Attributes by what they are to a generator.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) settings: Vec<Attribute>,
    pub(super) parameters: Vec<Attribute>,
    pub(super) of_features: Vec<Attribute>,
    /// What it does not declare.
    pub(super) others: Vec<Attribute>,
}

impl Sorted {
    /// Each goes to the first of settings, parameters and feature parameters that knows it.
    pub(super) fn new(attributes: &[Attribute], description: &Description) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            let value = || attribute.value.clone();
            let find = |definitions| declared(definitions, &attribute.name);
            let (list, name) = if let Some(name) = find(&description.settings) {
                (&mut sorted.settings, name)
            } else if let Some(name) = find(&description.parameters) {
                (&mut sorted.parameters, name)
            } else if let Some(name) = find(&description.feature_parameters) {
                (&mut sorted.of_features, name)
            } else {
                (&mut sorted.others, attribute.name.as_str())
            };
            list.push(Attribute {
                name: name.to_owned(),
                value: value(),
            });
        }
        sorted.others = joined(&sorted.others, &[]);
        sorted
    }
}

/// Lists from the general to the specific as one: a name in a later list replaces earlier ones.
pub(super) fn merged<'a>(lists: impl IntoIterator<Item = &'a [Attribute]>) -> Vec<Attribute> {
    let mut merged: Vec<Attribute> = Vec::new();
    for list in lists {
        merged.retain(|earlier| list.iter().all(|later| later.name != earlier.name));
        merged.extend_from_slice(list);
    }
    merged
}

/// Types values by their definitions. Several values of what is no list are one of several lines.
pub(super) fn values(
    definitions: &[Definition],
    given: &[Attribute],
    fallback: &[Attribute],
) -> Result<Values> {
    // The sentence names the value; the path would be that of no member of the request.
    typed("value", definitions, &joined(given, definitions), fallback).map_err(|error| Error {
        field: None,
        ..error
    })
}

fn joined(given: &[Attribute], definitions: &[Definition]) -> Vec<Attribute> {
    let is_list = |name: &str| {
        let mut lists = definitions.iter();
        lists.any(|d| d.name == name && d.value_type == ValueType::List)
    };
    let mut joined: Vec<Attribute> = Vec::with_capacity(given.len());
    for attribute in given {
        let first = joined.iter_mut().find(|other| other.name == attribute.name);
        match first {
            Some(first) if !is_list(&attribute.name) => {
                first.value.push('\n');
                first.value.push_str(&attribute.value);
            }
            _ => joined.push(attribute.clone()),
        }
    }
    joined
}

/// The declared name that a foreign one stands for.
fn declared<'a>(definitions: &'a [Definition], name: &str) -> Option<&'a str> {
    let mut names = definitions
        .iter()
        .map(|definition| definition.name.as_str());
    let otherwise = OTHERWISE.iter().find(|(foreign, _)| *foreign == name);
    names
        .clone()
        .find(|declared| *declared == name)
        .or_else(|| names.clone().find(|declared| same(declared, name)))
        .or_else(|| names.find(|declared| otherwise.is_some_and(|(_, ours)| ours == declared)))
}

/// Whether two spellings are of one name: case and `_` tell nothing.
fn same(one: &str, other: &str) -> bool {
    let letters = |name: &'_ str| {
        let signs = name.chars().filter(|sign| *sign != '_');
        signs.flat_map(char::to_lowercase).collect::<String>()
    };
    letters(one) == letters(other)
}
