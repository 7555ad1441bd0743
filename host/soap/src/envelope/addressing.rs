//! WS-Addressing: its headers of 2005/08 and 2004/08 are understood; a reply carries them only if
//! the request had those of 2005/08. Nothing is ever sent to an address in a message.

use crate::xml::{Reader, XmlError};

pub(super) const NAMESPACE: &str = "http://www.w3.org/2005/08/addressing";
pub(super) const OLD_NAMESPACE: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";

/// What a reply needs of the addressing headers of 2005/08.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    /// The request's id, to which the reply relates.
    pub message_id: Option<String>,
}

impl Addressing {
    /// Reads one header to its end.
    pub(super) fn take(&mut self, reader: &mut Reader, name: &str) -> Result<(), XmlError> {
        if name == "MessageID" {
            self.message_id = Some(reader.text()?.trim().to_owned());
            Ok(())
        } else {
            reader.skip()
        }
    }
}
