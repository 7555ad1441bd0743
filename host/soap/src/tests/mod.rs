//! Tests of the codec as a whole: the wire types against the schemas, the WSDLs against their
//! rules, messages of clients, hostile messages, random ones.

mod answers;
mod envelope;
mod faults;
mod generator;
mod hostile;
mod messages;
mod operations;
mod random;
mod released;
mod replies;
mod rules;
mod samples;
mod schema;
mod surface;
mod texts;
mod tree;
mod words;
mod xmllint;

use crate::operation::{Operation, Service, Visitor};
use crate::{Envelope, Fault, Rejected, Version, decode};

const SERVICES: [Service; 2] = [Service::LicenseDistribution, Service::Activation];
const ACTIVATION: &str = Service::Activation.namespace();

/// Calls the visitor for each operation of each service.
fn visit_all(visitor: &mut impl Visitor) {
    crate::operation::internal::visit(visitor);
    crate::operation::activation::visit(visitor);
}

/// Decodes a whole message as a server would.
fn receive<O: Operation>(bytes: &[u8], charset: Option<&str>) -> Result<O::Request, Fault> {
    let text = decode(bytes, charset)?;
    let envelope = Envelope::read(&text).map_err(|rejected: Rejected| rejected.fault)?;
    if !envelope.request().is(O::SERVICE.namespace(), O::REQUEST) {
        return Err(Fault::client("The operation is not known."));
    }
    envelope.read_request::<O>()
}

/// A message of SOAP 1.1 with this content of its body.
fn message(body: &str) -> String {
    message_with(Version::Soap11, "", body)
}

/// A message with these headers and this content of its body.
fn message_with(version: Version, headers: &str, body: &str) -> String {
    let header = if headers.is_empty() {
        String::new()
    } else {
        format!("<s:Header>{headers}</s:Header>")
    };
    format!(
        "<s:Envelope xmlns:s=\"{}\">{header}<s:Body>{body}</s:Body></s:Envelope>",
        version.namespace()
    )
}

/// An `activate` request with this content.
fn activate(content: &str) -> String {
    format!("<activate xmlns=\"{ACTIVATION}\">{content}</activate>")
}
