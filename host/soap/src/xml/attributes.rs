//! The attributes of a start tag: limits, duplicates, namespace declarations.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;

use super::scope::{Name, Scope};
use super::{Result, XmlError, limits, references};

/// An attribute that is no namespace declaration.
pub(super) struct Attribute<'a> {
    pub(super) name: Name<'a>,
    pub(super) value: Cow<'a, str>,
}

/// Reads what follows the name in a start tag; declarations go to `scope`, the rest to `found`.
pub(super) fn read<'a>(
    text: &'a str,
    scope: &mut Scope<'a>,
    found: &mut Vec<Attribute<'a>>,
) -> Result<()> {
    let mut plain: Vec<(&'a str, Cow<'a, str>)> = Vec::new();
    let mut attributes = Attributes::new(text, 0);
    // Duplicates are found below, by expanded name.
    for attribute in attributes.with_checks(false) {
        let attribute =
            attribute.map_err(|_| XmlError::new("The message has a malformed attribute."))?;
        let key = attribute.key.into_inner();
        let value = value(attribute.value)?;
        if key == "xmlns" {
            scope.declare("", value)?;
        } else if let Some(prefix) = key.strip_prefix("xmlns:") {
            let (_, prefix) = super::names::split(prefix)?;
            scope.declare(prefix, value)?;
        } else {
            plain.push((key, value));
        }
        if plain.len() > limits::ATTRIBUTES {
            return Err(XmlError::new(
                "The message has an element with more than 64 attributes.",
            ));
        }
    }
    for (key, value) in plain {
        let name = scope.attribute(key)?;
        if found
            .iter()
            .any(|other| other.name.is(&name.namespace, name.local))
        {
            return Err(XmlError::new("The message has a duplicate attribute."));
        }
        found.push(Attribute { name, value });
    }
    Ok(())
}

fn value(raw: Cow<'_, str>) -> Result<Cow<'_, str>> {
    match raw {
        Cow::Borrowed(raw) => references::attribute(raw),
        Cow::Owned(raw) => references::attribute(&raw).map(|value| Cow::Owned(value.into_owned())),
    }
}
