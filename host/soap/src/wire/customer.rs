//! Customers on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use crate::leaf::Timestamp;

/// A person at the customer's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The person's name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// What the person does there.
    pub role: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street and number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or region.
    pub region: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// An organisation or person that buys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Identifier `cus_…`; absent: a new customer.
    pub id: Option<String>,
    /// The revision that was read; needed with an id.
    pub revision: Option<u32>,
    /// The name, printed as licensee.
    pub name: String,
    /// Persons.
    #[serde(default)]
    pub contact: Vec<Contact>,
    /// Where the customer is.
    pub address: Option<Address>,
    /// Language and country, as in `de-AT`.
    pub locale: Option<String>,
    /// For staff, up to 4000 characters.
    pub notes: Option<String>,
    /// The caller's own id, unique among its kind; `ext:` and this value can stand wherever an id is taken.
    pub external_ref: Option<String>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// `ACTIVE` or `BLOCKED`. Read-only.
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
