//! Seals secrets that have to be known again (AES-256-GCM under a key of their own), each bound to
//! its owner. It must not know what the secrets are for.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use lds_domain::ports::Random;

use crate::failure::Failure;

/// A key for sealing.
#[derive(Debug)]
pub(crate) struct Seal(LessSafeKey);

impl Seal {
    /// Of this key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Failure> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(Failure::internal)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// A random nonce, and the secret behind it. So few are sealed that no nonce comes twice.
    pub(crate) fn seal(
        &self,
        owner: &[u8],
        secret: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, Failure> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = secret.to_vec();
        let nonce_of_key = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce_of_key, Aad::from(owner), &mut sealed)
            .map_err(Failure::internal)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// What was sealed for this owner.
    pub(crate) fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Failure> {
        let broken = || Failure::internal("a sealed secret is broken");
        let (nonce, sealed) = sealed.split_first_chunk().ok_or_else(broken)?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let secret = self.0.open_in_place(nonce, Aad::from(owner), &mut opened);
        Ok(secret.map_err(|_| broken())?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use lds_domain::ports::fixed::SeededRandom;

    use super::*;

    #[test]
    fn what_is_sealed_is_opened_with_the_key_and_for_the_owner() {
        let (random, seal) = (SeededRandom::new(1), Seal::new(&[1; 32]).unwrap());
        let sealed = seal.seal(b"ada", b"secret", &random).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(seal.seal(b"ada", b"secret", &random).unwrap(), sealed);
        assert_eq!(seal.open(b"ada", &sealed).unwrap(), b"secret");
        assert!(seal.open(b"bob", &sealed).is_err());
        let other = Seal::new(&[2; 32]).unwrap();
        assert!(other.open(b"ada", &sealed).is_err());
        for length in 0..sealed.len() {
            assert!(seal.open(b"ada", &sealed[..length]).is_err(), "{length}");
        }
        for place in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[place] ^= 1;
            assert!(seal.open(b"ada", &forged).is_err(), "{place}");
        }
    }
}
