//! What is wrong with a member of a request, and where.

use std::fmt;

use lds_domain::{Code, Error as DomainError};

use crate::xml::XmlError;

/// An error with the path of the member, built from the inside out as it passes the levels.
#[derive(Debug)]
pub struct Error(Box<DomainError>);

impl Error {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(DomainError::new(Code::InvalidRequest, message)))
    }

    pub(super) fn too_many(most: usize) -> Self {
        let message = format!("At most {most} items are allowed.");
        Self(Box::new(DomainError::new(Code::LimitExceeded, message)))
    }

    /// Puts a member's name before the path.
    #[must_use]
    pub(super) fn within(self, member: &str) -> Self {
        self.before(|path| match path {
            None => member.to_owned(),
            Some(path) if path.starts_with('[') => format!("{member}{path}"),
            Some(path) => format!("{member}.{path}"),
        })
    }

    /// Puts an item's index before the path.
    #[must_use]
    pub(super) fn at_index(self, index: usize) -> Self {
        self.before(|path| match path {
            None => format!("[{index}]"),
            Some(path) => format!("[{index}].{path}"),
        })
    }

    fn before(mut self, path: impl FnOnce(Option<String>) -> String) -> Self {
        self.0.field = Some(path(self.0.field.take()));
        self
    }
}

impl From<XmlError> for Error {
    fn from(error: XmlError) -> Self {
        Self::new(error.0)
    }
}

impl From<Error> for DomainError {
    fn from(error: Error) -> Self {
        *error.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn missing_field(member: &'static str) -> Self {
        Self::new("A value is needed.").within(member)
    }
}
