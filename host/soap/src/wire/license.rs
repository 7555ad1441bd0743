//! Licenses on the wire, and what concerns one.

use serde::{Deserialize, Serialize};

use super::common::{ItemFailure, NameValue};
use super::product::Feature;
use super::terms::Terms;
use crate::leaf::{Bytes, Day, Timestamp};

/// One identifier of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The host type's name, as in `ETHERNET`.
    #[serde(rename = "type")]
    pub host_type: String,
    /// The value, in any usual spelling; replies show its normal form.
    pub value: String,
    /// The machine's name; no part of a match.
    pub name: Option<String>,
    /// A license server's port; no part of a match.
    pub port: Option<u16>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// One file of a license. It has either text or data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content, where that is clean text.
    pub text: Option<String>,
    /// Its content, where it is not.
    pub data: Option<Bytes>,
    /// SHA-256 of its bytes, in hex; read-only.
    pub sha256: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A feature as granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantedFeature {
    /// The feature's name.
    pub name: String,
    /// The highest version.
    pub version: Option<String>,
    /// How many; 0: uncounted.
    pub count: u64,
    /// Its own last good day.
    pub expires_on: Option<Day>,
    /// Its own last day of maintenance.
    pub maintenance_until: Option<Day>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Which generator wrote a license.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorStamp {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its artefact, in hex.
    pub digest: String,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// Which signer signed a license.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerStamp {
    /// Its name in the operator's configuration.
    pub name: String,
    /// The algorithm, as in JOSE.
    pub algorithm: String,
    /// SHA-256 of the public key, in hex.
    pub fingerprint: String,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// How a license was asked back and removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removal {
    /// When staff asked for it.
    pub requested_at: Option<Timestamp>,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// `STAFF` or `CUSTOMER`.
    pub by: Option<String>,
    /// Which user, of staff.
    pub user_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// The result of one activation. Its files, hosts and digests never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct License {
    /// Identifier `lic_…`.
    pub id: String,
    /// Counts changes of its state.
    pub revision: u32,
    /// The order `ord_…`; absent: made without one.
    pub order_ref: Option<String>,
    /// Whose it is.
    pub customer_id: String,
    /// Of what.
    pub product_id: String,
    /// The product's code when it was issued.
    pub product_code: String,
    /// Its machines.
    #[serde(default)]
    pub host: Vec<Host>,
    /// Its files.
    #[serde(default)]
    pub file: Vec<File>,
    /// Values for the generator; a list is the name repeated.
    #[serde(default)]
    pub parameter: Vec<NameValue>,
    /// `ACTIVATION`, `MANUAL` or `EMERGENCY`.
    pub kind: String,
    /// `ACTIVE`, `REMOVAL_REQUESTED`, `REMOVED` or `REPLACED`. An expired license stays `ACTIVE`.
    pub state: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The day that its dates count from.
    pub activated_on: Day,
    /// First day; absent: at once.
    pub starts_on: Option<Day>,
    /// Last good day; absent: it does not end.
    pub expires_on: Option<Day>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Day>,
    /// What it grants.
    #[serde(default)]
    pub feature: Vec<GrantedFeature>,
    /// Who wrote it; absent: imported.
    pub generator: Option<GeneratorStamp>,
    /// Who signed it.
    #[serde(default)]
    pub signer: Vec<SignerStamp>,
    /// SHA-256 of what the generator was given, in hex.
    pub input_digest: Option<String>,
    /// Where it came in: `SOAP`, `REST`, `PORTAL`, `GUI`, `CLI` or `IMPORT`.
    pub source: String,
    /// How it was asked back and removed.
    pub removal: Option<Removal>,
    /// The license that it replaced.
    pub replaces: Option<String>,
    /// The license that replaced it.
    pub replaced_by: Option<String>,
    /// The caller's own id, unique among its kind; `ext:` and this value can stand wherever an id is taken.
    pub external_ref: Option<String>,
    /// The caller's own data; each name once.
    #[serde(default)]
    pub attribute: Vec<NameValue>,
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

/// What became of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceLicensesItem {
    /// Place of the item in the request, from 0.
    pub index: u32,
    /// The id as given.
    pub id: String,
    /// The license in its place.
    pub license: Option<License>,
    /// Why it was left out; absent if it was done.
    pub failure: Option<ItemFailure>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceLicensesResult {
    /// `SUCCESS`, `PARTIAL_FAILURE` or `FAILURE`.
    pub status: String,
    /// Number of items.
    pub total: u32,
    /// How many failed themselves.
    pub failed: u32,
    /// Each item, in the order of the request.
    #[serde(default)]
    pub item: Vec<ReplaceLicensesItem>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

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

/// What became of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLicensesItem {
    /// Place of the item in the request, from 0.
    pub index: u32,
    /// The license as it is kept.
    pub license: Option<License>,
    /// Why it was left out; absent if it was done.
    pub failure: Option<ItemFailure>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLicensesResult {
    /// `SUCCESS`, `PARTIAL_FAILURE` or `FAILURE`.
    pub status: String,
    /// Number of items.
    pub total: u32,
    /// How many failed themselves.
    pub failed: u32,
    /// Each item, in the order of the request.
    #[serde(default)]
    pub item: Vec<ImportLicensesItem>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
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
