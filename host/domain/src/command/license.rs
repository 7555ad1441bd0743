//! Commands of staff about licenses: what they issue under orders, and what they look at before.

use super::WriteOptions;
use crate::attribute::Attribute;
use crate::generator::Problem;
use crate::host::Host;
use crate::id::{CustomerId, Key, LicenseId, ProductId};
use crate::license::File;
use crate::order::OrderKey;
use crate::product::Feature;
use crate::terms::Terms;

/// Licenses that are replaced by one command at most.
pub const MAX_REPLACED: usize = 100;

/// `activateLicense`: as the customer would, by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivateLicense {
    /// Which order.
    pub order: OrderKey,
    /// The machine.
    pub hosts: Vec<Host>,
    /// Values for the generator.
    pub parameters: Vec<Attribute>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
    /// Lifts the order's dates; the reason.
    pub override_reason: Option<String>,
    /// How.
    pub options: WriteOptions,
}

/// `rehostLicense`, by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehostLicense {
    /// Which license.
    pub license: Key<LicenseId>,
    /// The machine that it is for from now on.
    pub new_hosts: Vec<Host>,
    /// Lifts the order's dates; the reason.
    pub override_reason: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// How.
    pub options: WriteOptions,
}

/// `emergencyLicense`, by staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyLicense {
    /// Of which order.
    pub order: OrderKey,
    /// The machine.
    pub hosts: Vec<Host>,
    /// How long it lasts; absent: as the terms say.
    pub days: Option<u32>,
    /// Why.
    pub reason: String,
    /// How.
    pub options: WriteOptions,
}

/// `generateLicense`: one without an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerateLicense {
    /// For whom.
    pub customer: Key<CustomerId>,
    /// Of what.
    pub product: Key<ProductId>,
    /// Absent: the product's.
    pub terms: Option<Terms>,
    /// None: the product's.
    pub features: Vec<Feature>,
    /// The machine.
    pub hosts: Vec<Host>,
    /// Values for the generator.
    pub parameters: Vec<Attribute>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
    /// How.
    pub options: WriteOptions,
}

/// `previewLicense`: a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLicense {
    /// Of this order, or else of the product below.
    pub order: Option<OrderKey>,
    /// For this customer.
    pub customer: Option<Key<CustomerId>>,
    /// Of this product.
    pub product: Option<Key<ProductId>>,
    /// Instead of the product's.
    pub terms: Option<Terms>,
    /// Instead of the product's, if any is given.
    pub features: Vec<Feature>,
    /// The machine.
    pub hosts: Vec<Host>,
    /// Values for the generator.
    pub parameters: Vec<Attribute>,
}

/// A text that is not for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Unsigned files.
    pub files: Vec<File>,
    /// The first says that the text is not for use.
    pub warnings: Vec<Problem>,
}
