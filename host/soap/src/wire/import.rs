//! Licenses that were issued elsewhere, on the wire.

use serde::{Deserialize, Serialize};

use super::batch::batch_result;
use super::common::{ItemFailure, NameValue};
use super::license::{File, GrantedFeature, Host, License};
use crate::leaf::{Day, Timestamp};

/// A license that was issued elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportedLicense {
    /// Of this order: the Order ID, `ord_…` or `ext:…`. Else name a customer and a product.
    pub order_id: Option<String>,
    /// Whose it is: `cus_…` or `ext:…`.
    pub customer_id: Option<String>,
    /// Of what: `prd_…` or `ext:…`.
    pub product_id: Option<String>,
    /// Its machines; of an order as its terms ask for them.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Its files, from 1 to 16, kept as they are; give as data what has carriage returns.
    #[serde(default)]
    pub file: Vec<File>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// First day; absent: at once.
    pub starts_on: Option<Day>,
    /// Last good day, which may be over; absent: it does not end.
    pub expires_on: Option<Day>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Day>,
    /// What it grants.
    #[serde(default)]
    pub feature: Vec<GrantedFeature>,
    /// The caller's own id, unique among its kind; `ext:` and this value can stand wherever an id is taken.
    pub external_ref: Option<String>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
}

/// Brings licenses that were issued elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportLicensesRequest {
    /// From 1 to 1000 of them.
    #[serde(default)]
    pub item: Vec<ImportedLicense>,
    /// All or none; default false: those that fail are left out.
    pub atomic: Option<bool>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

batch_result! {
    ImportLicensesItem, ImportLicensesResult {
        /// The license as it is kept.
        license: Option<License>,
    }
}
