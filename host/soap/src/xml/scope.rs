//! Namespaces in force at a place of the document.

use std::borrow::Cow;

use super::{Result, XmlError, limits, names};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// A name with its namespace, empty where it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The namespace.
    pub namespace: Cow<'a, str>,
    /// The name in it.
    pub local: &'a str,
}

impl Name<'_> {
    /// Whether it is this name.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }
}

struct Binding<'a> {
    prefix: &'a str,
    namespace: Cow<'a, str>,
}

/// The declarations of all open elements, innermost last.
#[derive(Default)]
pub(super) struct Scope<'a> {
    bindings: Vec<Binding<'a>>,
    /// How many bindings there were before each open element.
    marks: Vec<usize>,
}

impl<'a> Scope<'a> {
    pub(super) fn depth(&self) -> usize {
        self.marks.len()
    }

    pub(super) fn open(&mut self) -> Result<()> {
        if self.marks.len() == limits::DEPTH {
            return Err(XmlError::new(
                "The message is nested deeper than 64 elements.",
            ));
        }
        self.marks.push(self.bindings.len());
        Ok(())
    }

    pub(super) fn close(&mut self) {
        if let Some(mark) = self.marks.pop() {
            self.bindings.truncate(mark);
        }
    }

    /// Declares a namespace for the innermost element.
    pub(super) fn declare(&mut self, prefix: &'a str, namespace: Cow<'a, str>) -> Result<()> {
        let reserved = prefix == "xmlns"
            || (prefix == "xml") != (namespace == XML)
            || namespace == XMLNS
            || (namespace.is_empty() && !prefix.is_empty());
        if reserved {
            return Err(XmlError::new(
                "The message has a forbidden namespace declaration.",
            ));
        }
        let here = self.marks.last().map_or(0, |mark| *mark);
        if self.bindings[here..]
            .iter()
            .any(|other| other.prefix == prefix)
        {
            return Err(XmlError::new("The message has a duplicate attribute."));
        }
        let declarations = self.bindings.len() - here;
        if declarations == limits::ATTRIBUTES || self.bindings.len() == limits::NAMESPACES {
            return Err(XmlError::new(
                "The message has too many namespace declarations.",
            ));
        }
        self.bindings.push(Binding { prefix, namespace });
        Ok(())
    }

    /// The name of an element.
    pub(super) fn element(&self, qualified: &'a str) -> Result<Name<'a>> {
        let (prefix, local) = names::split(qualified)?;
        let namespace = self.resolve(prefix)?;
        Ok(Name { namespace, local })
    }

    /// The name of an attribute: without a prefix it has no namespace.
    pub(super) fn attribute(&self, qualified: &'a str) -> Result<Name<'a>> {
        let (prefix, local) = names::split(qualified)?;
        let namespace = match prefix {
            "" => Cow::Borrowed(""),
            _ => self.resolve(prefix)?,
        };
        Ok(Name { namespace, local })
    }

    fn resolve(&self, prefix: &str) -> Result<Cow<'a, str>> {
        // Comparing two empty texts byte by byte is slow where they point to no memory at all,
        // as literals do, and the default namespace is what most elements are in.
        let is_it = |binding: &&Binding| match prefix {
            "" => binding.prefix.is_empty(),
            _ => binding.prefix == prefix,
        };
        let bound = self.bindings.iter().rev().find(is_it);
        match (bound, prefix) {
            (Some(binding), _) => Ok(binding.namespace.clone()),
            (None, "") => Ok(Cow::Borrowed("")),
            (None, "xml") => Ok(Cow::Borrowed(XML)),
            (None, _) => Err(XmlError::new(
                "The message uses a prefix that is not declared.",
            )),
        }
    }
}
