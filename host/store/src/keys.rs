//! The master key, and the keys derived from it: one a purpose, so that none tells of another.

use std::fmt;

use aws_lc_rs::{hkdf, hmac};

use crate::failure::Failure;
use crate::row::hex;
use crate::seal::Seal;

/// The installation's master key: 32 random bytes, kept outside the database.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key for a purpose (HKDF-SHA256 with the purpose as its label).
    ///
    /// # Errors
    /// Only where the cryptographic library fails.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], KeyError> {
        let label = [b"lds ", purpose.as_bytes()];
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"").extract(&self.0);
        let mut key = [0; 32];
        secret
            .expand(&label, hkdf::HKDF_SHA256)
            .and_then(|output| output.fill(&mut key))
            .map_err(|_| KeyError)?;
        Ok(key)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// A key could not be derived.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a key could not be derived from the master key")]
pub struct KeyError;

/// The store's own keys.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Tells master keys apart, and nothing about them.
    pub(crate) fingerprint: String,
    /// Signs the heads of audit chains.
    pub(crate) audit_heads: hmac::Key,
    /// Digests the values of changed members.
    pub(crate) audit_values: hmac::Key,
    /// Seals cursors.
    pub(crate) cursors: hmac::Key,
    /// Seals secrets that have to be known again.
    pub(crate) secrets: Seal,
}

impl Keys {
    /// All of them.
    pub(crate) fn derive(master: &MasterKey) -> Result<Self, Failure> {
        let key = |purpose| master.derive(purpose).map_err(Failure::internal);
        let mac = |purpose| Ok::<_, Failure>(hmac::Key::new(hmac::HMAC_SHA256, &key(purpose)?));
        Ok(Self {
            fingerprint: hex(&key("fingerprint")?[..16]),
            audit_heads: mac("audit heads")?,
            audit_values: mac("audit values")?,
            cursors: mac("cursors")?,
            secrets: Seal::new(&key("secrets")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_and_each_master_key_has_its_own_key() {
        let (one, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        assert_eq!(
            one.derive("cursors").unwrap(),
            one.derive("cursors").unwrap()
        );
        assert_ne!(
            one.derive("cursors").unwrap(),
            one.derive("audit heads").unwrap()
        );
        assert_ne!(
            one.derive("cursors").unwrap(),
            other.derive("cursors").unwrap()
        );
    }

    /// The value was computed with Python's `hmac` module after RFC 5869.
    #[test]
    fn derivation_is_hkdf_of_rfc_5869() {
        let key = MasterKey::new([7; 32]).derive("cursors").unwrap();
        assert_eq!(
            hex(&key),
            "bc34f4e5fe75ceb8b70c79e646c886eedc59c22d2ea0f0c4072b3f3ce1e1524e"
        );
    }

    #[test]
    fn a_master_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", MasterKey::new([1; 32])), "MasterKey(…)");
    }
}
