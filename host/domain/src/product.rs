//! Products: what is sold, and how its licenses are written.

use serde::{Deserialize, Serialize};

use crate::attribute::{
    Attribute, Names, check_attributes, check_count, check_member, check_optional, check_text,
};
use crate::date::{DateRule, Edge};
use crate::error::{Error, Result};
use crate::id::ProductId;
use crate::terms::{Terms, names};
use crate::user::Stamps;

/// Features of one product or order.
pub const MAX_FEATURES: usize = 1000;
/// Largest count of a feature; the product with the quantity stays below 2^53.
pub const MAX_COUNT: u64 = 1_000_000_000;

names! {
    /// Where a product stands.
    ProductState {
        /// Is being made; can't be ordered.
        Draft = "DRAFT",
        /// Can be ordered.
        Active = "ACTIVE",
        /// No new orders; existing ones go on.
        Retired = "RETIRED",
    }
}

/// A capability that a license grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// The feature's name.
    pub name: String,
    /// The highest version granted.
    pub version: Option<String>,
    /// How many, multiplied by the quantity; default 1; 0 = uncounted.
    pub count: Option<u64>,
    /// Its own last good day.
    pub expiry: Option<DateRule>,
    /// Its own last day of maintenance.
    pub maintenance: Option<DateRule>,
    /// Values for the generator.
    pub parameters: Vec<Attribute>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// What the caller sets of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductData {
    /// Unique together with the version.
    pub code: String,
    /// The product's version.
    pub version: Option<String>,
    /// For people.
    pub name: String,
    /// The generator that writes the license text.
    pub generator: String,
    /// The generator's settings.
    pub settings: Vec<Attribute>,
    /// What a license grants.
    pub features: Vec<Feature>,
    /// Default terms of orders.
    pub terms: Terms,
    /// For staff.
    pub notes: Option<String>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Identifier.
    pub id: ProductId,
    /// Counts changes, from 1.
    pub revision: u32,
    /// What the caller sets.
    pub data: ProductData,
    /// Where it stands.
    pub state: ProductState,
    /// When and by whom.
    pub stamps: Stamps,
}

impl ProductData {
    /// Checks the members by themselves, without the generator.
    pub fn check(&self) -> Result<()> {
        check_member("code", &self.code)?;
        check_optional("version", self.version.as_deref())?;
        check_member("name", &self.name)?;
        check_member("generator", &self.generator)?;
        check_attributes("setting", &self.settings, Names::Repeated)?;
        check_features(&self.features)?;
        self.terms.check().map_err(|error| error.within("terms"))?;
        check_text("notes", self.notes.as_deref())?;
        check_optional("externalRef", self.external_ref.as_deref())?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}

/// Checks features by themselves.
pub fn check_features(features: &[Feature]) -> Result<()> {
    check_count("feature", features.len(), MAX_FEATURES)?;
    for (i, feature) in features.iter().enumerate() {
        feature
            .check()
            .map_err(|error| error.within(&format!("feature[{i}]")))?;
    }
    Ok(())
}

impl Feature {
    fn check(&self) -> Result<()> {
        check_member("name", &self.name)?;
        check_optional("version", self.version.as_deref())?;
        if self.count.is_some_and(|count| count > MAX_COUNT) {
            return Err(Error::invalid(
                "count",
                format!("The value is from 0 to {MAX_COUNT}."),
            ));
        }
        if let Some(expiry) = self.expiry {
            expiry
                .check(Edge::End, true)
                .map_err(|error| error.within("expiry"))?;
        }
        if let Some(maintenance) = self.maintenance {
            maintenance
                .check(Edge::End, false)
                .map_err(|error| error.within("maintenance"))?;
        }
        check_attributes("parameter", &self.parameters, Names::Repeated)?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}
