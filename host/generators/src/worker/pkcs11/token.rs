//! A session with a token, and the key in it.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use crate::error::LoadError;
use crate::private_file::{line, read_secret};
use crate::signer::talk::{Answer, Bytes, Opening};
use crate::signer::{Algorithm, KeyKind};
use crate::wasm::sha256;

use super::spki;

/// An open session with the key found.
pub(super) struct Token {
    session: Session,
    key: ObjectHandle,
    kind: KeyKind,
    spki: Vec<u8>,
}

/// Why there is no session or no signature.
pub(super) enum Failure {
    /// Another try could lock the token.
    Pin(String),
    /// Another try may do.
    Other(String),
}

impl Token {
    /// Loads the module, finds the token, logs in and finds the key.
    pub(super) fn open(opening: &Opening) -> Result<Self, Failure> {
        let module = Pkcs11::new(&opening.module).map_err(|error| {
            let module = opening.module.display();
            Failure::Other(format!("the module {module} cannot be loaded: {error}"))
        })?;
        module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let session = module.open_ro_session(find_slot(&module, &opening.token)?)?;
        log_in(&session, opening)?;
        let key = find_key(&session, opening, ObjectClass::PRIVATE_KEY)?;
        let public = find_key(&session, opening, ObjectClass::PUBLIC_KEY)?;
        let (kind, spki) = read_public_key(&session, public)?;
        Ok(Self {
            session,
            key,
            kind,
            spki,
        })
    }

    pub(super) fn public_key(&self) -> (KeyKind, Bytes) {
        (self.kind, Bytes(self.spki.clone()))
    }

    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let pss = PkcsPssParams {
            hash_alg: MechanismType::SHA256,
            mgf: PkcsMgfType::MGF1_SHA256,
            s_len: 32.into(),
        };
        let mechanism = match algorithm {
            Algorithm::EdDsa => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)),
            Algorithm::Es256 => Mechanism::Ecdsa,
            Algorithm::Rs256 => Mechanism::Sha256RsaPkcs,
            Algorithm::Ps256 => Mechanism::Sha256RsaPkcsPss(pss),
            Algorithm::Hs256 => return Err(Failure::Other("a token makes no HS256".into())),
        };
        // ECDSA with the digest made here is what every token has.
        let digest = sha256(message);
        let message = match algorithm {
            Algorithm::Es256 => &digest,
            _ => message,
        };
        Ok(self.session.sign(&mechanism, self.key, message)?)
    }
}

fn find_slot(module: &Pkcs11, label: &str) -> Result<Slot, Failure> {
    let mut labels = Vec::new();
    let mut found = None;
    for slot in module.get_slots_with_token()? {
        // A token that is being taken out has no label any more.
        let Ok(token) = module.get_token_info(slot) else {
            continue;
        };
        if token.label() == label && found.replace(slot).is_some() {
            return Err(Failure::Other(format!("two tokens have the label {label}")));
        }
        if token.token_initialized() {
            labels.push(token.label().to_owned());
        }
    }
    found.ok_or_else(|| {
        let there = match labels.as_slice() {
            [] => "the module shows none".to_owned(),
            labels => format!("there are {}", labels.join(", ")),
        };
        Failure::Other(format!("there is no token {label}: {there}"))
    })
}

fn log_in(session: &Session, opening: &Opening) -> Result<(), Failure> {
    let secret = read_secret(&opening.pin_file)?;
    let pin = std::str::from_utf8(line(&secret))
        .map_err(|_| Failure::Other("the PIN is not text".into()))?;
    let pin = AuthPin::new(pin.into());
    let refused = |why: &str| Failure::Pin(format!("the token {} {why}", opening.token));
    match session.login(UserType::User, Some(&pin)) {
        Ok(()) => Ok(()),
        Err(Error::Pkcs11(RvError::PinLocked, _)) => Err(refused("has locked its PIN")),
        Err(Error::Pkcs11(RvError::PinExpired, _)) => Err(refused("has let its PIN expire")),
        Err(Error::Pkcs11(
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
            _,
        )) => Err(refused("refuses the PIN")),
        Err(error) => Err(error.into()),
    }
}

fn find_key(
    session: &Session,
    opening: &Opening,
    class: ObjectClass,
) -> Result<ObjectHandle, Failure> {
    let mut template = vec![Attribute::Class(class)];
    let label = opening.key_label.as_deref();
    template.extend(label.map(|label| Attribute::Label(label.into())));
    let id = opening.key_id.as_ref();
    template.extend(id.map(|id| Attribute::Id(id.0.clone())));
    let kind = if class == ObjectClass::PRIVATE_KEY {
        "private key"
    } else {
        "public key"
    };
    match session.find_objects(&template)?.as_slice() {
        [key] => Ok(*key),
        [] => Err(Failure::Other(format!(
            "the token {} has no such {kind}",
            opening.token
        ))),
        _ => Err(Failure::Other(format!(
            "the token {} has several such {kind}s: tell key_label and key_id",
            opening.token
        ))),
    }
}

fn read_public_key(session: &Session, public: ObjectHandle) -> Result<(KeyKind, Vec<u8>), Failure> {
    let read = |kind| attribute(session, public, kind);
    let kind = session.get_attributes(public, &[AttributeType::KeyType])?;
    let info = match kind.first() {
        Some(Attribute::KeyType(KeyType::RSA)) => spki::rsa(
            &read(AttributeType::Modulus)?,
            &read(AttributeType::PublicExponent)?,
        ),
        Some(Attribute::KeyType(KeyType::EC | KeyType::EC_EDWARDS)) => spki::curve(
            &read(AttributeType::EcParams)?,
            &read(AttributeType::EcPoint)?,
        ),
        _ => Err("the key is of another kind, expected Ed25519, P-256 or RSA".into()),
    };
    info.map_err(Failure::Other)
}

/// One attribute that is bytes.
fn attribute(
    session: &Session,
    object: ObjectHandle,
    kind: AttributeType,
) -> Result<Vec<u8>, Failure> {
    let found = session.get_attributes(object, &[kind])?;
    match found.into_iter().next() {
        Some(
            Attribute::Modulus(bytes)
            | Attribute::PublicExponent(bytes)
            | Attribute::EcParams(bytes)
            | Attribute::EcPoint(bytes),
        ) => Ok(bytes),
        _ => Err(Failure::Other(format!("the public key lacks its {kind}"))),
    }
}

impl Failure {
    pub(super) fn into_answer(self) -> Answer {
        match self {
            Self::Pin(why) => Answer::PinRefused(why),
            Self::Other(why) => Answer::Failed(why),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Other(error.to_string())
    }
}

/// The function that failed and the code that it gave: the library's explanations fill lines.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(match error {
            Error::Pkcs11(code, function) => format!("the module's C_{function:?} gave {code:?}"),
            error => format!("the module failed: {error}"),
        })
    }
}
