//! How messages are signed, in the words of JOSE.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a message is signed, as JOSE calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256, r and s in 32 bytes each.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA with PKCS#1 padding and SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA with PSS padding and SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// HMAC with SHA-256: whoever can check it can make it.
    #[serde(rename = "HS256")]
    Hs256,
}

impl Algorithm {
    /// The name in JOSE.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Hs256 => "HS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
