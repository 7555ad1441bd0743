//! Requests about a license on the wire: to issue, look at, move and replace it.

use serde::{Deserialize, Serialize};

use super::batch::batch_result;
use super::common::{ItemFailure, NameValue};
use super::license::{File, Host, License};
use super::product::Feature;
use super::terms::Terms;

/// Lifts the order's dates, never more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateOverride {
    /// Why.
    pub reason: String,
}

/// Asks for the license of a machine, on the customer's behalf.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivateLicenseRequest {
    /// The Order ID, `ord_…` or `ext:…`.
    pub order_id: String,
    /// The machine's identifiers; an order tells by its terms which are needed.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Values for the generator; a list is the name repeated.
    #[serde(default)]
    pub parameter: Vec<NameValue>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// Lifts the order's dates; for managers.
    #[serde(rename = "override")]
    pub override_dates: Option<DateOverride>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

/// Asks for a license for other hosts in place of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RehostLicenseRequest {
    /// `lic_…` or `ext:…`.
    pub id: String,
    /// The machine that it is for from now on.
    #[serde(default)]
    pub new_host: Vec<Host>,
    /// Lifts the order's dates; for managers.
    #[serde(rename = "override")]
    pub override_dates: Option<DateOverride>,
    /// Why.
    pub reason: Option<String>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

/// Asks for a short license of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmergencyLicenseRequest {
    /// The Order ID, `ord_…` or `ext:…`.
    pub order_id: String,
    /// The machine's identifiers; an order tells by its terms which are needed.
    #[serde(default)]
    pub host: Vec<Host>,
    /// For how many days, up to 366; absent: as the terms say.
    pub days: Option<u32>,
    /// Why.
    pub reason: String,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

batch_result! {
    ReplaceLicensesItem, ReplaceLicensesResult {
        /// The id as given.
        id: String,
        /// The license in its place.
        license: Option<License>,
    }
}

/// Names a license.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetLicenseRequest {
    /// `lic_…` or `ext:…`.
    pub id: String,
}

/// Asks for a text that is not for use: of an order, or else of a customer and a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewLicenseRequest {
    /// The Order ID, `ord_…` or `ext:…`.
    pub order_id: Option<String>,
    /// For this customer.
    pub customer_id: Option<String>,
    /// Of this product.
    pub product_id: Option<String>,
    /// Instead of the product's.
    pub terms: Option<Terms>,
    /// Instead of the product's, if there are any.
    #[serde(default)]
    pub feature: Vec<Feature>,
    /// The machine's identifiers; an order tells by its terms which are needed.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Values for the generator; a list is the name repeated.
    #[serde(default)]
    pub parameter: Vec<NameValue>,
}

/// Asks for a license without an order. Each call makes one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateLicenseRequest {
    /// For this customer: `cus_…` or `ext:…`.
    pub customer_id: String,
    /// Of this product: `prd_…` or `ext:…`.
    pub product_id: String,
    /// Instead of the product's.
    pub terms: Option<Terms>,
    /// Instead of the product's, if there are any.
    #[serde(default)]
    pub feature: Vec<Feature>,
    /// The machine's identifiers; the terms tell which are needed.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Values for the generator; a list is the name repeated.
    #[serde(default)]
    pub parameter: Vec<NameValue>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}

/// Something to know about a preview.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewWarning {
    /// To branch on.
    pub code: String,
    /// For people.
    pub message: String,
    /// What it is about.
    pub field: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A license text that is not for use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLicenseResult {
    /// Unsigned files.
    #[serde(default)]
    pub file: Vec<File>,
    /// What is to be known; the first says that the text is not for use.
    #[serde(default)]
    pub warning: Vec<PreviewWarning>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
