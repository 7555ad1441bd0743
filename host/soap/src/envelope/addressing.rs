//! WS-Addressing: its headers of 2005/08 and 2004/08 are understood; a reply carries them only if
//! the request had those of 2005/08. Nothing is ever sent to an address in a message.

use crate::fault::Fault;
use crate::xml::Reader;

pub(super) const NAMESPACE: &str = "http://www.w3.org/2005/08/addressing";
pub(super) const OLD_NAMESPACE: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";

/// Bytes of a message's id at most: it comes back in the reply.
const MAX_ID: usize = 2048;

/// What a reply needs of the addressing headers of 2005/08.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    /// The request's id, to which the reply relates.
    pub message_id: Option<String>,
}

impl Addressing {
    /// Reads one header to its end.
    pub(super) fn take(&mut self, reader: &mut Reader, name: &str) -> Result<(), Fault> {
        if name != "MessageID" {
            return Ok(reader.skip()?);
        }
        let id = reader.text()?.trim().to_owned();
        if id.len() > MAX_ID {
            return Err(Fault::client("The MessageID is too long."));
        }
        if self.message_id.replace(id).is_some() {
            return Err(Fault::client("There is more than one MessageID."));
        }
        Ok(())
    }
}
