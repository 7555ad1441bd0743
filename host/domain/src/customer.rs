//! Customers: organisations and persons that buy.

use serde::{Deserialize, Serialize};

use crate::attribute::{
    Attribute, MAX_ATTRIBUTES, Names, check_attributes, check_count, check_member, check_optional,
    check_text,
};
use crate::error::{Code, Error, Result};
use crate::id::CustomerId;
use crate::terms::names;
use crate::user::Stamps;

names! {
    /// Whether a customer gets licenses.
    CustomerState {
        /// Is served.
        Active = "ACTIVE",
        /// Nothing is handed out.
        Blocked = "BLOCKED",
    }
}

/// A person at the customer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The person's name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// What the person does there.
    pub role: Option<String>,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// What the caller sets of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerData {
    /// The name, printed as licensee.
    pub name: String,
    /// Persons.
    pub contacts: Vec<Contact>,
    /// Where it is.
    pub address: Option<Address>,
    /// Language and country, as in `de-AT`.
    pub locale: Option<String>,
    /// For staff.
    pub notes: Option<String>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// An organisation or person that buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Identifier.
    pub id: CustomerId,
    /// Counts changes, from 1.
    pub revision: u32,
    /// What the caller sets.
    pub data: CustomerData,
    /// Whether it gets licenses.
    pub state: CustomerState,
    /// When and by whom.
    pub stamps: Stamps,
}

/// The name of a customer who was erased.
pub const ERASED: &str = "(erased)";

/// What to say of a customer who was erased.
pub fn erased() -> Error {
    Error::new(Code::ActionNotAllowed, "The customer was erased.")
}

impl CustomerData {
    /// What is left of a customer who is erased: the caller's own id and the locale.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self {
            name: ERASED.to_owned(),
            contacts: Vec::new(),
            address: None,
            locale: self.locale.clone(),
            notes: None,
            external_ref: self.external_ref.clone(),
            attributes: Vec::new(),
        }
    }

    /// Whether this is what is left of a customer who was erased.
    pub fn is_erased(&self) -> bool {
        self.name == ERASED
    }

    /// Checks the members by themselves.
    pub fn check(&self) -> Result<()> {
        check_member("name", &self.name)?;
        if self.is_erased() {
            let message = format!("The name {ERASED} is that of customers who were erased.");
            return Err(Error::invalid("name", message));
        }
        check_count("contact", self.contacts.len(), MAX_ATTRIBUTES)?;
        for (i, contact) in self.contacts.iter().enumerate() {
            contact
                .check()
                .map_err(|error| error.within(&format!("contact[{i}]")))?;
        }
        if let Some(address) = &self.address {
            address.check().map_err(|error| error.within("address"))?;
        }
        check_optional("locale", self.locale.as_deref())?;
        check_text("notes", self.notes.as_deref())?;
        check_optional("externalRef", self.external_ref.as_deref())?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}

impl Contact {
    fn check(&self) -> Result<()> {
        check_member("name", &self.name)?;
        check_optional("email", self.email.as_deref())?;
        check_optional("phone", self.phone.as_deref())?;
        check_optional("role", self.role.as_deref())
    }
}

impl Address {
    fn check(&self) -> Result<()> {
        check_optional("street", self.street.as_deref())?;
        check_optional("postalCode", self.postal_code.as_deref())?;
        check_optional("city", self.city.as_deref())?;
        check_optional("region", self.region.as_deref())?;
        check_optional("country", self.country.as_deref())
    }
}
