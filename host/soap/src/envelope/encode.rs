//! Writes replies and faults: an XML declaration, UTF-8, the same prefixes always, and the reply
//! in the service's namespace as default.

use serde::Serialize;

use super::{Addressing, Version, addressing, security};
use crate::fault::{Fault, FaultKind, LicGeneratorException, ServiceFault};
use crate::operation::{Operation, Service};
use crate::ser;
use crate::xml::escape_text;

const FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/fault";
const SOAP_FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/soap/fault";
/// A small reply's size: most fit in without growing.
const CAPACITY: usize = 2048;

/// How a message is to be answered: kept from its envelope while the request is worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// In this version.
    pub version: Version,
    /// With addressing headers, if there were some.
    pub addressing: Option<Addressing>,
}

/// Writes the reply of an operation.
///
/// # Errors
/// None for the types of this crate; each has a form, as the tests of all operations show.
pub fn encode_reply<O: Operation>(
    context: &Context,
    reply: &O::Reply,
) -> Result<Vec<u8>, ser::Error> {
    let mut out = Vec::with_capacity(CAPACITY);
    open(&mut out, context.version);
    if let Some(addressing) = &context.addressing {
        let action = format!(
            "{}:{}:{}",
            O::SERVICE.namespace(),
            O::SERVICE.port_type(),
            O::RESPONSE
        );
        write_header(&mut out, addressing, &action);
    }
    out.extend_from_slice(b"<soap:Body>");
    let namespace = O::SERVICE.namespace();
    if O::SERVICE.wraps_replies() {
        let response = Response { result: reply };
        ser::write_element(O::RESPONSE, namespace, &response, &mut out)?;
    } else {
        ser::write_element(O::RESPONSE, namespace, reply, &mut out)?;
    }
    out.extend_from_slice(b"</soap:Body></soap:Envelope>");
    Ok(out)
}

/// A message with this content of its body, and no headers.
pub(super) fn in_body(
    context: &Context,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), ser::Error>,
) -> Result<Vec<u8>, ser::Error> {
    let mut out = Vec::with_capacity(CAPACITY);
    open(&mut out, context.version);
    out.extend_from_slice(b"<soap:Body>");
    write(&mut out)?;
    out.extend_from_slice(b"</soap:Body></soap:Envelope>");
    Ok(out)
}

/// The wrapper of replies.
#[derive(Serialize)]
struct Response<'a, R> {
    result: &'a R,
}

/// Writes a fault of a service.
pub fn encode_fault(
    context: &Context,
    service: Service,
    fault: &Fault,
    correlation_id: &str,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(CAPACITY);
    open(&mut out, context.version);
    if let Some(addressing) = &context.addressing {
        let is_soaps = matches!(
            fault.kind,
            FaultKind::MustUnderstand | FaultKind::VersionMismatch
        );
        let action = if is_soaps {
            SOAP_FAULT_ACTION
        } else {
            FAULT_ACTION
        };
        write_header(&mut out, addressing, action);
    }
    out.extend_from_slice(b"<soap:Body><soap:Fault>");
    let detail = detail(service, fault, correlation_id);
    match context.version {
        Version::Soap11 => write_fault11(&mut out, fault, &detail),
        Version::Soap12 => write_fault12(&mut out, service, fault, &detail),
    }
    out.extend_from_slice(b"</soap:Fault></soap:Body></soap:Envelope>");
    out
}

fn put(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

fn open(out: &mut Vec<u8>, version: Version) {
    let declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"";
    put(out, &[declaration, version.namespace(), "\">"]);
}

fn write_header(out: &mut Vec<u8>, addressing: &Addressing, action: &str) {
    put(
        out,
        &[
            "<soap:Header xmlns:wsa=\"",
            addressing::NAMESPACE,
            "\"><wsa:Action>",
            action,
            "</wsa:Action>",
        ],
    );
    if let Some(id) = &addressing.message_id {
        out.extend_from_slice(b"<wsa:RelatesTo>");
        escape_text(id, out);
        out.extend_from_slice(b"</wsa:RelatesTo>");
    }
    out.extend_from_slice(b"</soap:Header>");
}

/// The detail entry; a fault about the envelope has none, as SOAP 1.1 wants it.
fn detail(service: Service, fault: &Fault, correlation_id: &str) -> Vec<u8> {
    let mut out = Vec::new();
    if !matches!(
        fault.kind,
        FaultKind::MustUnderstand | FaultKind::VersionMismatch
    ) {
        let namespace = service.namespace();
        // Each has a form, as the tests show; a fault without a detail would still be one.
        let _ = match service {
            Service::LicenseDistribution | Service::Activation => {
                let detail = ServiceFault::new(fault, correlation_id);
                ser::write_element("ServiceFault", namespace, &detail, &mut out)
            }
            Service::Generator => {
                let detail = LicGeneratorException::new(fault, correlation_id);
                ser::write_element("licGeneratorException", namespace, &detail, &mut out)
            }
        };
    }
    out
}

fn write_fault11(out: &mut Vec<u8>, fault: &Fault, detail: &[u8]) {
    match wsse_code(fault.kind) {
        Some(code) => {
            put(
                out,
                &[
                    "<faultcode xmlns:wsse=\"",
                    security::NAMESPACE,
                    "\">wsse:",
                    code,
                ],
            );
        }
        None => put(out, &["<faultcode>soap:", code11(fault.kind)]),
    }
    out.extend_from_slice(b"</faultcode><faultstring>");
    escape_text(&fault.message, out);
    out.extend_from_slice(b"</faultstring>");
    wrap(out, "detail", detail);
}

fn write_fault12(out: &mut Vec<u8>, service: Service, fault: &Fault, detail: &[u8]) {
    put(
        out,
        &[
            "<soap:Code><soap:Value>soap:",
            code12(fault.kind),
            "</soap:Value>",
        ],
    );
    let subcode = match (fault.kind, wsse_code(fault.kind)) {
        (FaultKind::MustUnderstand | FaultKind::VersionMismatch, _) => None,
        (_, Some(code)) => Some((security::NAMESPACE, code)),
        (_, None) => Some((service.namespace(), fault.code.name())),
    };
    if let Some((namespace, code)) = subcode {
        put(
            out,
            &[
                "<soap:Subcode><soap:Value xmlns:code=\"",
                namespace,
                "\">code:",
                code,
                "</soap:Value></soap:Subcode>",
            ],
        );
    }
    out.extend_from_slice(b"</soap:Code><soap:Reason><soap:Text xml:lang=\"en\">");
    escape_text(&fault.message, out);
    out.extend_from_slice(b"</soap:Text></soap:Reason>");
    wrap(out, "soap:Detail", detail);
}

fn wrap(out: &mut Vec<u8>, name: &str, content: &[u8]) {
    if !content.is_empty() {
        put(out, &["<", name, ">"]);
        out.extend_from_slice(content);
        put(out, &["</", name, ">"]);
    }
}

const fn wsse_code(kind: FaultKind) -> Option<&'static str> {
    match kind {
        FaultKind::FailedAuthentication => Some("FailedAuthentication"),
        FaultKind::InvalidSecurity => Some("InvalidSecurity"),
        _ => None,
    }
}

const fn code11(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Server => "Server",
        FaultKind::MustUnderstand => "MustUnderstand",
        FaultKind::VersionMismatch => "VersionMismatch",
        FaultKind::Client | FaultKind::FailedAuthentication | FaultKind::InvalidSecurity => {
            "Client"
        }
    }
}

const fn code12(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Server => "Receiver",
        FaultKind::MustUnderstand => "MustUnderstand",
        FaultKind::VersionMismatch => "VersionMismatch",
        FaultKind::Client | FaultKind::FailedAuthentication | FaultKind::InvalidSecurity => {
            "Sender"
        }
    }
}
