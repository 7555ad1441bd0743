//! Wire types and XML codec of the SOAP services: bytes in, bytes out.
//!
//! A message is taken apart in three steps, each of which can refuse it: [`decode`] makes text of
//! bytes, [`Envelope::read`] reads headers up to the request's name, and after the caller is known
//! [`Envelope::read_request`] reads the request of an [`Operation`]. [`encode_reply`] and
//! [`encode_fault`] write the answer. This crate must not know HTTP, storage or how anything is
//! done.

mod convert;
mod de;
mod envelope;
mod fault;
pub mod leaf;
pub mod operation;
mod ser;
pub mod wire;
pub mod wsdl;
pub mod xml;

pub use convert::{Reference, State};
pub use de::MAX_ITEMS;
pub use envelope::{
    Addressing, Context, Envelope, Password, PasswordDigest, Rejected, ReplyError, UsernameToken,
    Version, encode_fault, encode_reply, encode_request, read_reply,
};
pub use fault::{Fault, FaultKind, LicGeneratorException, ServiceFault};
pub use operation::{Operation, Service, Visitor};
pub use ser::Error as EncodeError;
pub use xml::decode;

#[cfg(test)]
mod tests;
