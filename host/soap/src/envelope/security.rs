//! The security header: one `UsernameToken` with its password as text. A signature is never taken
//! for an authentication, and a digest is refused clearly.

use std::fmt;

use crate::fault::{Fault, FaultKind};
use crate::xml::{Reader, XmlError};

/// WS-Security's namespace.
pub(super) const NAMESPACE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// Credentials as they came, not checked. They do not show themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct UsernameToken {
    /// The login, or whatever the caller calls himself.
    pub username: String,
    /// The password, or a token's secret.
    pub password: String,
}

impl fmt::Debug for UsernameToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UsernameToken(…)")
    }
}

/// A malformed or doubled security header.
pub(super) fn invalid(message: &str) -> Fault {
    Fault::of(FaultKind::InvalidSecurity, message)
}

/// Reads the security header to its end.
pub(super) fn read(reader: &mut Reader) -> Result<Option<UsernameToken>, Fault> {
    let mut credentials = None;
    let mut tokens = 0;
    while let Some(child) = reader.next_child()? {
        let is_ours = child.name.namespace == NAMESPACE;
        if is_ours && matches!(child.name.local, "UsernameToken" | "BinarySecurityToken") {
            tokens += 1;
        }
        if tokens > 1 {
            return Err(invalid("There is more than one security token."));
        }
        if is_ours && child.name.local == "UsernameToken" {
            credentials = Some(read_token(reader)?);
        } else {
            reader.skip()?;
        }
    }
    Ok(credentials)
}

fn read_token(reader: &mut Reader) -> Result<UsernameToken, Fault> {
    let (mut username, mut password) = (None, None);
    while let Some(child) = reader.next_child()? {
        let place = match child.name.local {
            _ if child.name.namespace != NAMESPACE => None,
            "Username" => Some(&mut username),
            "Password" => {
                check_password_type(reader)?;
                Some(&mut password)
            }
            _ => None,
        };
        let Some(place) = place else {
            reader.skip()?;
            continue;
        };
        if place.replace(text(reader)?).is_some() {
            return Err(invalid("The UsernameToken has a member twice."));
        }
    }
    match (username, password) {
        (Some(username), Some(password)) => Ok(UsernameToken { username, password }),
        _ => Err(invalid(
            "The UsernameToken needs a Username and a Password.",
        )),
    }
}

fn text(reader: &mut Reader) -> Result<String, XmlError> {
    reader.text().map(std::borrow::Cow::into_owned)
}

fn check_password_type(reader: &Reader) -> Result<(), Fault> {
    let kind = reader.attribute("", "Type").map(|kind| {
        // The part behind `#` tells them apart; clients differ in what stands before it.
        kind.rsplit_once('#').map_or(kind, |(_, name)| name).trim()
    });
    match kind {
        None | Some("" | "PasswordText") => Ok(()),
        Some("PasswordDigest") => Err(Fault::of(
            FaultKind::FailedAuthentication,
            "Password digests are not taken here: send the password as text, over TLS, or use an API token.",
        )),
        Some(_) => Err(invalid("The UsernameToken's password type is not known.")),
    }
}
