//! Commands of another license server, which keeps orders and licenses itself and has only the
//! texts written here.

use time::Date;

use crate::attribute::Attribute;
use crate::generator::{Problem, RequestKind, RequestParty};
use crate::license::File;
use crate::terms::LicenseType;

/// A text is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalRequest {
    /// The generator's name.
    pub generator: String,
    /// The other server's name for the license: the same one always gives the same license id.
    pub reference: String,
    /// Why; absent: the license is given back, and there is nothing to write.
    pub kind: Option<RequestKind>,
    /// No signer is called, placeholders stay.
    pub dry_run: bool,
    /// Whose it is.
    pub customer: Option<RequestParty>,
    /// The other server's name for the order.
    pub order: Option<String>,
    /// How many of everything, from 1.
    pub quantity: u32,
    /// What is granted; the first one names the license.
    pub products: Vec<ExternalProduct>,
    /// For which machine.
    pub host: ExternalHost,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last good day; absent = permanent.
    pub expires_on: Option<Date>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Date>,
    /// The reference of the license that ends; absent: it is this one's former text.
    pub parent: Option<String>,
    /// The text of the license that ends.
    pub previous: Option<String>,
    /// How the license is cut.
    pub model: ExternalModel,
}

/// A license model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalModel {
    /// Absent: what the generator makes.
    pub license_type: Option<LicenseType>,
    /// Values by name that those of products replace, from the general to the specific: a name in a
    /// later list replaces those in earlier ones. Several values of a name stand one after the other.
    pub general: Vec<Vec<Attribute>>,
    /// Likewise those that replace values of products.
    pub specific: Vec<Vec<Attribute>>,
}

/// A product of another license server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalProduct {
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// How many of each feature one copy has.
    pub quantity_per_copy: u32,
    /// Values by name.
    pub attributes: Vec<Attribute>,
    /// What one copy grants.
    pub features: Vec<ExternalFeature>,
}

/// A feature of such a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalFeature {
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// How many; 0 = uncounted.
    pub count: u64,
    /// Values by name, which win over all others.
    pub attributes: Vec<Attribute>,
}

/// A machine as another license server knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalHost {
    /// A value, perhaps with its type before it, as in `ETHERNET=001122aabbcc`.
    pub identifier: Option<String>,
    /// The types that the license model allows.
    pub types: Vec<String>,
    /// Values by host type, or by whatever name.
    pub attributes: Vec<Attribute>,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct ExternalText {
    /// The files; none for a license that was given back.
    pub files: Vec<File>,
    /// For staff.
    pub warnings: Vec<Problem>,
}
