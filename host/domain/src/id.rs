//! Identifiers: opaque strings with a prefix, version 7 UUIDs inside, so that they sort by the
//! moment of their making and a store can keep them as 16 bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::attribute::check_member;
use crate::error::{Code, Error};
use crate::ports::{Clock, Random};

/// A typed identifier.
pub trait Id:
    Copy
    + Eq
    + Ord
    + std::hash::Hash
    + fmt::Debug
    + fmt::Display
    + FromStr<Err = Error>
    + Send
    + Sync
    + 'static
{
    /// What the entity is called in a sentence.
    const KIND: &'static str;
    /// What the text form begins with.
    const PREFIX: &'static str;
    /// Wraps a stored UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID inside.
    fn uuid(self) -> Uuid;

    /// What no entity is called: for what stands where an id belongs and is none.
    fn nothing() -> Self {
        Self::from_uuid(Uuid::nil())
    }

    /// A new one: the time in milliseconds and 74 random bits.
    fn generate(clock: &dyn Clock, random: &dyn Random) -> Self {
        let mut bytes = [0; 10];
        random.fill(&mut bytes);
        let millis =
            u64::try_from(clock.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        Self::from_uuid(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $kind:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {
            const KIND: &'static str = $kind;
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self, Error> {
                parse(text).ok_or_else(|| malformed::<Self>(""))
            }
        }
    )+};
}

ids! {
    /// An internal user.
    UserId "usr_" "user",
    /// An API token.
    TokenId "tok_" "token",
    /// A customer.
    CustomerId "cus_" "customer",
    /// A product.
    ProductId "prd_" "product",
    /// An order; the Order ID, which is a credential, is [`crate::order_id::OrderId`].
    OrderRef "ord_" "order",
    /// A license.
    LicenseId "lic_" "license",
    /// An event.
    EventId "evt_" "event",
}

fn parse<I: Id>(text: &str) -> Option<I> {
    let hex = text.strip_prefix(I::PREFIX)?;
    let uuid = Uuid::try_parse(hex).ok().filter(|_| hex.len() == 32);
    uuid.map(I::from_uuid)
}

/// What is no id names nothing; `more` is the other way to name one, if there is one.
fn malformed<I: Id>(more: &str) -> Error {
    let (kind, prefix) = (I::KIND, I::PREFIX);
    let message =
        format!("There is no such {kind}: its id is {prefix} and 32 hexadecimal digits{more}.");
    Error::new(Code::NotFound, message)
}

/// How a caller names an entity: by its id or by `ext:` and his own reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key<I> {
    /// By id.
    Id(I),
    /// By the caller's own reference.
    External(String),
}

impl<I: Id> Key<I> {
    /// Reads `ext:REFERENCE` or an id.
    ///
    /// # Errors
    /// `InvalidRequest` for a reference that nothing could have; `NotFound` for what is no id.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let Some(reference) = text.strip_prefix("ext:") else {
            let id = parse(text).map(Self::Id);
            return id.ok_or_else(|| malformed::<I>(", or ext: and your own reference"));
        };
        match check_member("externalRef", reference) {
            Ok(()) => Ok(Self::External(reference.to_owned())),
            // The member at fault is the one that holds the key.
            Err(error) => Err(Error::new(error.code, error.message)),
        }
    }

    /// Whether an entity with this id and reference is meant.
    pub fn is(&self, id: I, external_ref: Option<&str>) -> bool {
        match self {
            Self::Id(wanted) => *wanted == id,
            Self::External(reference) => external_ref == Some(reference),
        }
    }
}

impl<I: Id> From<I> for Key<I> {
    fn from(id: I) -> Self {
        Self::Id(id)
    }
}

impl<I: Id> fmt::Display for Key<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => fmt::Display::fmt(id, f),
            Self::External(reference) => write!(f, "ext:{reference}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_have_a_reference_is_told_of_one() {
        let told = |refused: Error| refused.message.contains("ext:");
        assert!(told(Key::<CustomerId>::parse("cus_nope").unwrap_err()));
        assert!(!told("tok_nope".parse::<TokenId>().unwrap_err()));
        for wrong in [
            "cus_",
            "cus_01",
            &"0".repeat(32),
            "cus_{0193f0a27c4e7b1f9a3c5d7e9f1b3d5f",
        ] {
            let refused = wrong.parse::<CustomerId>().unwrap_err();
            assert_eq!(refused.code, Code::NotFound, "{wrong}");
        }
    }

    #[test]
    fn a_reference_that_nothing_could_have_is_refused() {
        for wrong in [
            "ext:",
            "ext:a\0b",
            "ext:a\nb",
            &format!("ext:{}", "x".repeat(256)),
        ] {
            let refused = Key::<CustomerId>::parse(wrong).unwrap_err();
            assert_eq!(refused.code, Code::InvalidRequest, "{wrong:?}");
            assert_eq!(refused.field, None);
        }
        let longest = "x".repeat(255);
        assert_eq!(
            Key::<CustomerId>::parse(&format!("ext:{longest}")),
            Ok(Key::External(longest))
        );
    }
}
