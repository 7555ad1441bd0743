//! The envelope: SOAP 1.1 or 1.2 by its namespace, headers, one request in the body; and the way
//! back. It must not know operations or entities beyond their names.

mod addressing;
mod client;
mod decode;
mod encode;
mod headers;
mod security;

pub use addressing::Addressing;
pub use client::{ReplyError, encode_request, read_reply};
pub use decode::{Envelope, Rejected};
pub use encode::{Context, encode_fault, encode_reply};
pub use security::{Password, PasswordDigest, UsernameToken};

/// The version of SOAP: a request's envelope decides, the reply follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// SOAP 1.1.
    #[default]
    Soap11,
    /// SOAP 1.2.
    Soap12,
}

impl Version {
    /// The envelope's namespace.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::Soap11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Soap12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The media type of replies, with its charset.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Soap11 => "text/xml; charset=utf-8",
            Self::Soap12 => "application/soap+xml; charset=utf-8",
        }
    }

    fn of(namespace: &str) -> Option<Self> {
        [Self::Soap11, Self::Soap12]
            .into_iter()
            .find(|version| version.namespace() == namespace)
    }

    /// The attribute that names for whom a header is meant.
    const fn role_attribute(self) -> &'static str {
        match self {
            Self::Soap11 => "actor",
            Self::Soap12 => "role",
        }
    }

    /// Whether a header with this actor or role is meant for the receiver of the message.
    fn means_us(self, role: &str) -> bool {
        match self {
            Self::Soap11 => matches!(role, "" | "http://schemas.xmlsoap.org/soap/actor/next"),
            Self::Soap12 => matches!(
                role,
                "" | "http://www.w3.org/2003/05/soap-envelope/role/next"
                    | "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"
            ),
        }
    }
}
