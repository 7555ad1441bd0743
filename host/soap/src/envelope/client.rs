//! The other side: requests as a client writes them, replies and faults as it reads them.

use serde::Deserialize;

use super::decode::Envelope;
use super::encode::{self, Context};
use crate::fault::LicGeneratorException;
use crate::operation::Operation;
use crate::{decode, ser};

/// No reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyError {
    /// The service refused or failed.
    Fault {
        /// What went wrong; the fault's own code where there is no detail.
        name: String,
        /// A sentence.
        message: String,
    },
    /// It is no reply of the operation: why, for the log.
    Unreadable(String),
}

#[derive(Deserialize)]
struct Fault {
    faultcode: Option<String>,
    faultstring: Option<String>,
    detail: Option<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "licGeneratorException")]
    exception: Option<LicGeneratorException>,
}

/// Writes the request of an operation in an envelope of SOAP 1.1.
///
/// # Errors
/// None for the types of this crate.
pub fn encode_request<O: Operation>(request: &O::Request) -> Result<Vec<u8>, ser::Error> {
    encode::in_body(&Context::default(), |out| {
        ser::write_element(O::REQUEST, O::SERVICE.namespace(), request, out)
    })
}

/// Reads the reply of an operation of a service that does not wrap its replies.
///
/// # Errors
/// What the service answered instead.
pub fn read_reply<O: Operation>(bytes: &[u8]) -> Result<O::Reply, ReplyError> {
    let unreadable = |why: String| ReplyError::Unreadable(format!("the reply is no reply: {why}"));
    let text = decode(bytes, None).map_err(|error| unreadable(error.to_string()))?;
    let envelope = Envelope::read(&text).map_err(|no| unreadable(no.fault.message))?;
    let name = envelope.request().local;
    if name == "Fault" {
        let fault: Fault = envelope
            .read_content(O::SERVICE)
            .map_err(|fault| unreadable(fault.message))?;
        return Err(fault.into());
    }
    if name != O::RESPONSE {
        return Err(unreadable(format!("expected {}", O::RESPONSE)));
    }
    envelope
        .read_content(O::SERVICE)
        .map_err(|fault| unreadable(fault.message))
}

impl From<Fault> for ReplyError {
    fn from(fault: Fault) -> Self {
        let exception = fault.detail.and_then(|detail| detail.exception);
        let (name, message) = match exception {
            Some(exception) => (exception.name, exception.message),
            None => (None, None),
        };
        Self::Fault {
            name: name.or(fault.faultcode).unwrap_or_default(),
            message: message.or(fault.faultstring).unwrap_or_default(),
        }
    }
}
