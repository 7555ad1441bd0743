//! The security header: one `UsernameToken` with its password as text or as a digest, neither of
//! them checked here. A signature is never taken for an authentication.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::fault::{Fault, FaultKind};
use crate::xml::{Reader, Start, XmlError};

/// WS-Security's namespace.
pub(super) const NAMESPACE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// That of its utilities.
const UTILITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// Bytes of a nonce at most; clients send 16 to 20.
const MAX_NONCE: usize = 256;

/// Credentials as they came, not checked. They do not show themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct UsernameToken {
    /// The login, or whatever the caller calls himself.
    pub username: String,
    /// What he shows for it.
    pub password: Password,
}

/// How a `UsernameToken` shows that its sender knows the password.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// The password, or a token's secret.
    Text(String),
    /// SHA-1 over nonce, time and password.
    Digest(PasswordDigest),
}

/// A password digest and what it was made of but for the password.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordDigest {
    /// The digest.
    pub digest: [u8; 20],
    /// Chosen by the sender.
    pub nonce: Vec<u8>,
    /// The time, exactly as it was sent.
    pub created: String,
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

/// The members of a `UsernameToken`, as far as they came.
#[derive(Default)]
struct Members {
    username: Option<String>,
    password: Option<(Kind, String)>,
    nonce: Option<String>,
    created: Option<String>,
}

/// What a password is.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Digest,
}

fn read_token(reader: &mut Reader) -> Result<UsernameToken, Fault> {
    let mut members = Members::default();
    while let Some(child) = reader.next_child()? {
        members.take(reader, &child)?;
    }
    let (Some(username), Some((kind, password))) = (members.username, members.password) else {
        return Err(invalid(
            "The UsernameToken needs a Username and a Password.",
        ));
    };
    let password = match kind {
        Kind::Text => Password::Text(password),
        Kind::Digest => Password::Digest(digest(&password, members.nonce, members.created)?),
    };
    Ok(UsernameToken { username, password })
}

impl Members {
    fn take(&mut self, reader: &mut Reader, child: &Start) -> Result<(), Fault> {
        let name = &child.name;
        let twice = if name.is(NAMESPACE, "Username") {
            self.username.replace(text(reader)?).is_some()
        } else if name.is(NAMESPACE, "Password") {
            let kind = password_kind(reader)?;
            self.password.replace((kind, text(reader)?)).is_some()
        } else if name.is(NAMESPACE, "Nonce") {
            self.nonce.replace(text(reader)?).is_some()
        } else if name.is(UTILITY, "Created") {
            self.created.replace(text(reader)?).is_some()
        } else {
            reader.skip()?;
            false
        };
        if twice {
            return Err(invalid("The UsernameToken has a member twice."));
        }
        Ok(())
    }
}

fn text(reader: &mut Reader) -> Result<String, XmlError> {
    reader.text().map(Cow::into_owned)
}

fn password_kind(reader: &Reader) -> Result<Kind, Fault> {
    let kind = reader.attribute("", "Type").map(|kind| {
        // The part behind `#` tells them apart; clients differ in what stands before it.
        kind.rsplit_once('#').map_or(kind, |(_, name)| name).trim()
    });
    match kind {
        None | Some("" | "PasswordText") => Ok(Kind::Text),
        Some("PasswordDigest") => Ok(Kind::Digest),
        Some(_) => Err(invalid("The UsernameToken's password type is not known.")),
    }
}

/// The encoding of a nonce is base64 whatever its attribute says: the profile knows no other.
fn digest(
    digest: &str,
    nonce: Option<String>,
    created: Option<String>,
) -> Result<PasswordDigest, Fault> {
    let (Some(nonce), Some(created)) = (nonce, created) else {
        return Err(invalid("A password digest needs a Nonce and a Created."));
    };
    let nonce = BASE64.decode(nonce.trim_ascii()).ok();
    let nonce = nonce.filter(|nonce| (1..=MAX_NONCE).contains(&nonce.len()));
    let digest = BASE64.decode(digest.trim_ascii()).ok();
    Ok(PasswordDigest {
        digest: digest
            .and_then(|digest| digest.try_into().ok())
            .ok_or_else(|| invalid("The password digest is not the base64 of 20 bytes."))?,
        nonce: nonce.ok_or_else(|| invalid("The Nonce is not the base64 of 1 to 256 bytes."))?,
        created,
    })
}
