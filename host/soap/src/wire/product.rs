//! Products and features on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use super::terms::{DateRule, Terms};
use crate::leaf::Timestamp;

/// A capability that a license grants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// The feature's name.
    pub name: String,
    /// The highest version granted.
    pub version: Option<String>,
    /// How many, times the quantity; default 1; 0: uncounted.
    pub count: Option<u64>,
    /// Its own last good day.
    pub expiry: Option<DateRule>,
    /// Its own last day of maintenance.
    pub maintenance: Option<DateRule>,
    /// Values for the generator; a list is the name repeated.
    #[serde(default)]
    pub parameter: Vec<NameValue>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What is sold, and how its licenses are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Identifier `prd_…`; absent: a new product.
    pub id: Option<String>,
    /// The revision that was read; needed with an id.
    pub revision: Option<u32>,
    /// Unique together with the version.
    pub code: String,
    /// The product's version.
    pub version: Option<String>,
    /// For people.
    pub name: String,
    /// The generator that writes the license text.
    pub generator: String,
    /// The generator's settings; a list is the name repeated.
    #[serde(default)]
    pub setting: Vec<NameValue>,
    /// What a license grants.
    #[serde(default)]
    pub feature: Vec<Feature>,
    /// Default terms of orders.
    pub terms: Terms,
    /// For staff, up to 4000 characters.
    pub notes: Option<String>,
    /// The caller's own id, unique among its kind; `ext:` and this value can stand wherever an id is taken.
    pub external_ref: Option<String>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// `DRAFT`, `ACTIVE` or `RETIRED`; only `ACTIVE` products can be ordered. Read-only.
    pub state: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
