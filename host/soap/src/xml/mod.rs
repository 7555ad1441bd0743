//! XML as this service takes and gives it: a hardened reader over quick-xml's events and an
//! escaping writer. It must not know SOAP, operations or entities.
//!
//! The reader refuses whatever a service has no use for (document types, entities, processing
//! instructions) and bounds all that a sender could blow up; see [`limits`].

mod attributes;
mod decode;
mod names;
mod reader;
mod references;
mod scope;
mod write;

use std::borrow::Cow;

pub use decode::decode;
pub(crate) use reader::XSI;
pub use reader::{Event, Reader, Start};
pub use scope::Name;
pub(crate) use write::{escape_attribute, escape_text};

/// What a document may have at most.
pub mod limits {
    /// Elements inside each other.
    pub const DEPTH: usize = 64;
    /// Attributes of an element; as many namespace declarations again.
    pub const ATTRIBUTES: usize = 64;
    /// Bytes of a name, prefix included.
    pub const NAME: usize = 256;
    /// Namespace declarations in force at one place.
    pub const NAMESPACES: usize = 128;
}

/// A document that is refused; the text is a sentence for its sender.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct XmlError(pub Cow<'static, str>);

impl XmlError {
    const fn new(message: &'static str) -> Self {
        Self(Cow::Borrowed(message))
    }
}

type Result<T> = std::result::Result<T, XmlError>;
