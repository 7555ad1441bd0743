//! The headers: what is understood is kept, what has to be understood and is not is refused before
//! any work, the rest passed over.

use super::Version;
use super::addressing::{self, Addressing};
use super::security::{self, UsernameToken};
use crate::fault::{Fault, FaultKind};
use crate::xml::{Reader, Start};

/// What the headers say.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) credentials: Option<UsernameToken>,
    pub(super) addressing: Option<Addressing>,
    has_security: bool,
}

/// Reads the header element to its end.
pub(super) fn read(reader: &mut Reader, version: Version) -> Result<Headers, Fault> {
    let mut headers = Headers::default();
    while let Some(header) = reader.next_child()? {
        if is_for_us(reader, version) {
            headers.take(reader, version, &header)?;
        } else {
            reader.skip()?;
        }
    }
    Ok(headers)
}

impl Headers {
    fn take(&mut self, reader: &mut Reader, version: Version, header: &Start) -> Result<(), Fault> {
        let name = &header.name;
        if name.is(security::NAMESPACE, "Security") {
            if std::mem::replace(&mut self.has_security, true) {
                return Err(security::invalid("There is more than one security header."));
            }
            self.credentials = security::read(reader)?;
        } else if name.namespace == addressing::NAMESPACE {
            let addressing = self.addressing.get_or_insert_default();
            addressing.take(reader, name.local)?;
        } else if name.namespace == addressing::OLD_NAMESPACE {
            reader.skip()?;
        } else if must_be_understood(reader, version)? {
            let message = format!("The header {} is not understood.", name.local);
            return Err(Fault::of(FaultKind::MustUnderstand, message));
        } else {
            reader.skip()?;
        }
        Ok(())
    }
}

fn is_for_us(reader: &Reader, version: Version) -> bool {
    reader
        .attribute(version.namespace(), version.role_attribute())
        .is_none_or(|role| version.means_us(role.trim()))
}

fn must_be_understood(reader: &Reader, version: Version) -> Result<bool, Fault> {
    match reader
        .attribute(version.namespace(), "mustUnderstand")
        .map(str::trim)
    {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(_) => Err(Fault::client(
            "A header's mustUnderstand is neither true nor false.",
        )),
    }
}
