//! A key that signs messages, wherever it lies.

use crate::error::LoadError;

use super::algorithm::Algorithm;
use super::file::PrivateKey;
use super::pkcs11::TokenKey;
use super::public_key::PublicKey;

/// A key that is ready to sign.
pub(crate) struct KeySigner {
    /// By which licenses name the key: SHA-256 of the public key's SPKI, in hex.
    pub(crate) fingerprint: String,
    algorithms: Vec<Algorithm>,
    /// Absent for a shared secret.
    public: Option<PublicKey>,
    place: Place,
}

/// Where the private key lies.
pub(super) enum Place {
    /// In this process, read from a file.
    Memory(PrivateKey),
    /// In a token.
    Token(Box<TokenKey>),
}

impl KeySigner {
    /// A key with a public half; `only` leaves one of its algorithms.
    pub(super) fn new(
        public: PublicKey,
        only: Option<Algorithm>,
        place: Place,
    ) -> Result<Self, LoadError> {
        let can = public.algorithms();
        let algorithms: Vec<_> = match only {
            None => can.to_vec(),
            Some(only) => can.iter().copied().filter(|can| *can == only).collect(),
        };
        if let (Some(only), true) = (only, algorithms.is_empty()) {
            return Err(LoadError::new(format!(
                "the key signs with {}, not with {only}: change algorithm",
                names(can)
            )));
        }
        Ok(Self {
            fingerprint: public.fingerprint(),
            algorithms,
            public: Some(public),
            place,
        })
    }

    /// A shared secret.
    pub(super) fn secret(fingerprint: String, place: Place) -> Self {
        Self {
            fingerprint,
            algorithms: vec![Algorithm::Hs256],
            public: None,
            place,
        }
    }

    /// What the key may do.
    pub(crate) fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// The public key in PEM, for those who check licenses; a shared secret has none.
    pub(crate) fn public_key_pem(&self) -> Option<String> {
        self.public.as_ref().map(PublicKey::to_pem)
    }

    /// Signs a message with one of its algorithms.
    pub(crate) async fn sign(
        &self,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, LoadError> {
        if !self.algorithms.contains(&algorithm) {
            return Err(LoadError::new(format!(
                "the key does not sign with {algorithm}"
            )));
        }
        match (&self.place, &self.public) {
            (Place::Memory(key), _) => key.sign(algorithm, message),
            (Place::Token(key), Some(public)) => key.sign(public, algorithm, message).await,
            (Place::Token(_), None) => Err(LoadError::new("the token's public key is not known")),
        }
    }

    /// Signs a message with each algorithm and checks the signatures.
    pub(crate) async fn try_out(&self, message: &[u8]) -> Result<(), LoadError> {
        for algorithm in self.algorithms.iter().copied() {
            let signature = self.sign(algorithm, message).await?;
            match (&self.public, &self.place) {
                (Some(public), _) => public.check(algorithm, message, &signature)?,
                (None, Place::Memory(key)) => key.check_mac(message, &signature)?,
                (None, Place::Token(_)) => {}
            }
        }
        Ok(())
    }
}

/// Algorithms as a list for people.
pub(crate) fn names(algorithms: &[Algorithm]) -> String {
    let names: Vec<_> = algorithms.iter().map(|one| one.name()).collect();
    names.join(", ")
}
