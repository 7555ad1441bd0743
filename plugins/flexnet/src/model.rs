//! What a license file says, apart from its layout: shared by writer, reader and comparison.

use crate::date::Date;

/// A license file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct License {
    /// None, one or three, in order.
    pub servers: Vec<Server>,
    /// The vendor daemons.
    pub vendors: Vec<Vendor>,
    /// Whether clients ask the server only.
    pub use_server: bool,
    /// The lines that grant something.
    pub grants: Vec<Grant>,
}

/// A SERVER line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The machine's name.
    pub host: String,
    /// Its host id, which enters into every signature.
    pub host_id: String,
    /// Its port.
    pub port: Option<u16>,
}

/// A VENDOR line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vendor {
    /// The daemon's name.
    pub name: String,
    /// Where it is.
    pub path: Option<String>,
    /// Its options file.
    pub options: Option<String>,
    /// Its port.
    pub port: Option<u16>,
}

/// The word that begins a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Of several counted ones of a name, only the first is used.
    Feature,
    /// Adds to what is granted already.
    Increment,
}

impl Line {
    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Feature => "FEATURE",
            Self::Increment => "INCREMENT",
        }
    }
}

/// A FEATURE or INCREMENT line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its word.
    pub line: Line,
    /// The feature.
    pub name: String,
    /// The vendor daemon's name.
    pub vendor: String,
    /// The highest version.
    pub version: String,
    /// The last good day; none: permanent.
    pub expiry: Option<Date>,
    /// How many; 0: uncounted.
    pub count: u64,
    /// The optional keywords but SIGN, in the order of writing.
    pub attributes: Vec<Attribute>,
    /// The value of SIGN.
    pub signature: Signature,
}

/// An optional keyword.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The keyword.
    pub word: String,
    /// Its value; none: a bare word.
    pub value: Option<String>,
}

impl Attribute {
    /// `word=value`
    pub fn new(word: &str, value: impl Into<String>) -> Self {
        Self {
            word: word.to_owned(),
            value: Some(value.into()),
        }
    }

    /// A bare word.
    pub fn bare(word: &str) -> Self {
        Self {
            word: word.to_owned(),
            value: None,
        }
    }
}

/// What stands behind SIGN=.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Nothing: there is no SIGN.
    Missing,
    /// `0`: the kit has not signed.
    Placeholder,
    /// Hex digits, without the blanks between groups.
    Digits(String),
}
