//! Credentials as they came, not checked: HTTP Basic and Bearer, and those in a message.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use lds_domain::Result;
use lds_soap::{Password, PasswordDigest, UsernameToken};

use super::refused;

/// What a caller shows. It does not show itself.
#[derive(PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Nothing.
    None,
    /// A login with the user's password, or with a token's secret in its place.
    Password {
        /// As typed.
        login: String,
        /// As typed.
        password: String,
    },
    /// A token's secret.
    Token(String),
    /// A password digest of WS-Security.
    Digest {
        /// Whose secret it was made with.
        username: String,
        /// The digest and what it was made of.
        digest: PasswordDigest,
    },
}

impl Credentials {
    /// Those of the HTTP headers.
    ///
    /// # Errors
    /// `AuthenticationRequired` for schemes that are not taken and for what can't be read.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Result<Self> {
        let mut all = headers.get_all(AUTHORIZATION).iter();
        let header = match (all.next(), all.next()) {
            (None, _) => return Ok(Self::None),
            (Some(header), None) => header.to_str().map_err(|_| refused())?,
            _ => return Err(refused()),
        };
        let (scheme, rest) = header.trim().split_once(' ').ok_or_else(refused)?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            Ok(Self::Token(rest.to_owned()))
        } else if scheme.eq_ignore_ascii_case("basic") {
            basic(rest).ok_or_else(refused)
        } else {
            Err(refused())
        }
    }
}

impl From<&UsernameToken> for Credentials {
    fn from(token: &UsernameToken) -> Self {
        match token.password.clone() {
            Password::Text(password) => Self::Password {
                login: token.username.clone(),
                password,
            },
            Password::Digest(digest) => Self::Digest {
                username: token.username.clone(),
                digest,
            },
        }
    }
}

fn basic(encoded: &str) -> Option<Credentials> {
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| STANDARD_NO_PAD.decode(encoded))
        .ok()?;
    // Older clients write Latin-1, which has no name in the protocol.
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|b| char::from(*b)).collect());
    let (login, password) = text.split_once(':')?;
    Some(Credentials::Password {
        login: login.to_owned(),
        password: password.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Option<Credentials> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        Credentials::of_headers(&headers).ok()
    }

    fn password(login: &str, password: &str) -> Credentials {
        Credentials::Password {
            login: login.to_owned(),
            password: password.to_owned(),
        }
    }

    /// The example of RFC 7617.
    #[test]
    fn basic_is_read_with_colons_in_the_password() {
        let example = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        assert!(read(&[example]) == Some(password("Aladdin", "open sesame")));
        let colons = format!("basic {}", STANDARD.encode("anna:a:b"));
        assert!(read(&[&colons]) == Some(password("anna", "a:b")));
        let latin = format!("BASIC {}", STANDARD.encode(b"anna:gr\xfc\xdfe"));
        assert!(read(&[&latin]) == Some(password("anna", "grüße")));
    }

    #[test]
    fn bearer_is_read_and_nothing_is_no_mistake() {
        assert!(read(&["bearer lds_x"]) == Some(Credentials::Token("lds_x".to_owned())));
        assert!(read(&[]) == Some(Credentials::None));
    }

    #[test]
    fn what_can_not_be_read_is_refused() {
        for wrong in [
            "Basic",
            "Basic !!!",
            "Basic QWxhZGRpbg==",
            "Negotiate abc",
            "",
        ] {
            assert!(read(&[wrong]).is_none(), "{wrong}");
        }
        assert!(read(&["Bearer a", "Bearer b"]).is_none());
    }
}
