//! Reads an envelope up to the request in its body, and then that.

use serde::de::DeserializeOwned;

use super::headers::{self, Headers};
use super::{Context, UsernameToken, Version};
use crate::de;
use crate::fault::{Fault, FaultKind};
use crate::operation::{Operation, Service};
use crate::xml::{Event, Name, Reader, Start};

/// A message whose headers are read and whose body waits.
pub struct Envelope<'a> {
    version: Version,
    headers: Headers,
    reader: Reader<'a>,
    request: Start<'a>,
}

/// A message that is refused, and how to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The version to answer in; 1.1 where it is not known.
    pub version: Version,
    /// Why.
    pub fault: Fault,
}

impl<'a> Envelope<'a> {
    /// Reads the envelope and the headers of a message that [`crate::xml::decode`] has seen.
    ///
    /// # Errors
    /// Whatever is wrong so far, unknown headers that have to be understood included.
    pub fn read(text: &'a str) -> Result<Self, Rejected> {
        let mut reader = Reader::new(text);
        let unversioned = |fault| Rejected {
            version: Version::default(),
            fault,
        };
        let version = read_version(&mut reader).map_err(unversioned)?;
        match read_head(&mut reader, version) {
            Ok((headers, request)) => Ok(Self {
                version,
                headers,
                reader,
                request,
            }),
            Err(fault) => Err(Rejected { version, fault }),
        }
    }

    /// The name of the request: what is to be done.
    pub const fn request(&self) -> &Name<'a> {
        &self.request.name
    }

    /// The credentials in the message, not checked.
    pub const fn credentials(&self) -> Option<&UsernameToken> {
        self.headers.credentials.as_ref()
    }

    /// What the answer needs of the envelope.
    pub fn context(&self) -> Context {
        Context {
            version: self.version,
            addressing: self.headers.addressing.clone(),
        }
    }

    /// Reads the request of an operation to the end of the message.
    ///
    /// # Errors
    /// Whatever is wrong in it, with the member's path.
    pub fn read_request<O: Operation>(self) -> Result<O::Request, Fault> {
        self.read_content(O::SERVICE)
    }

    /// Reads what is in the body, as messages of a service are read, to the end of the message.
    pub(super) fn read_content<T: DeserializeOwned>(
        mut self,
        service: Service,
    ) -> Result<T, Fault> {
        let (namespace, reading) = (service.namespace(), service.reading());
        let content = de::read_content(&mut self.reader, self.request, namespace, reading)?;
        read_tail(&mut self.reader)?;
        Ok(content)
    }
}

fn read_version(reader: &mut Reader) -> Result<Version, Fault> {
    let Event::Start(root) = reader.next_event()? else {
        return Err(Fault::client("The message is empty."));
    };
    if root.name.local != "Envelope" {
        return Err(Fault::client("The message is no SOAP envelope."));
    }
    Version::of(&root.name.namespace).ok_or_else(|| {
        Fault::of(
            FaultKind::VersionMismatch,
            "The envelope is neither of SOAP 1.1 nor of SOAP 1.2.",
        )
    })
}

/// Headers and body, up to and with the request's start tag.
fn read_head<'a>(reader: &mut Reader<'a>, version: Version) -> Result<(Headers, Start<'a>), Fault> {
    let mut headers = Headers::default();
    let mut part = next_part(reader)?;
    if part.name.is(version.namespace(), "Header") {
        headers = headers::read(reader, version)?;
        part = next_part(reader)?;
    }
    if !part.name.is(version.namespace(), "Body") {
        return Err(Fault::client(
            "The envelope has something else than a header and a body.",
        ));
    }
    let request = reader
        .next_child()?
        .ok_or_else(|| Fault::client("The body of the message is empty."))?;
    Ok((headers, request))
}

fn next_part<'a>(reader: &mut Reader<'a>) -> Result<Start<'a>, Fault> {
    reader
        .next_child()?
        .ok_or_else(|| Fault::client("The envelope has no body."))
}

/// What follows the request: the ends of body, envelope and document.
fn read_tail(reader: &mut Reader) -> Result<(), Fault> {
    if reader.next_child()?.is_some() {
        return Err(Fault::client("The body has more than one request."));
    }
    if reader.next_child()?.is_some() {
        return Err(Fault::client("The envelope has something behind its body."));
    }
    match reader.next_event()? {
        Event::Eof => Ok(()),
        _ => Err(Fault::client(
            "The message has something behind its envelope.",
        )),
    }
}
