//! The small documents: REJECTED, VALIDATE, VERIFY, READ, HOST, SELFTEST.

use serde::{Deserialize, Serialize};

use super::{
    Attributes, File, GenerateRequest, Host, LicenseType, Problem, Product, Values, nullable,
};

/// Output of status REJECTED (and, for the log, of INPUT and INTERNAL): the vendor's no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rejection {
    /// Always 1.
    pub schema: u32,
    /// `[A-Z][A-Z0-9_]{0,39}`.
    pub code: String,
    /// Shown to the user.
    pub message: String,
    /// JSON Pointer into the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// VALIDATE: a product or order before there is a license.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValidateRequest {
    /// Always 1.
    pub schema: u32,
    /// The product.
    pub product: Product,
    /// What the hosts are.
    pub license_type: LicenseType,
    /// Already in the counts.
    pub quantity: u64,
    /// Without dates.
    pub features: Vec<ValidateFeature>,
    /// Of the product.
    pub settings: Values,
}

/// A feature without dates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValidateFeature {
    /// The name.
    pub name: String,
    /// The highest version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many; 0 = uncounted.
    pub count: u64,
    /// Typed values.
    #[serde(default)]
    pub parameters: Values,
    /// The caller's own data.
    #[serde(default)]
    pub attributes: Attributes,
}

/// VALIDATE's answer; no errors = fine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValidateResult {
    /// Always 1.
    pub schema: u32,
    /// What is wrong.
    #[serde(default, deserialize_with = "nullable")]
    pub errors: Vec<Problem>,
}

/// VERIFY: whether files say what a request asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerifyRequest {
    /// Always 1.
    pub schema: u32,
    /// The request.
    pub request: GenerateRequest,
    /// The files.
    pub files: Vec<File>,
}

/// VERIFY's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerifyResult {
    /// Always 1.
    pub schema: u32,
    /// The same in meaning.
    pub same: bool,
    /// What differs, a sentence each.
    #[serde(default, deserialize_with = "nullable")]
    pub differences: Vec<String>,
}

/// READ: what files grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadRequest {
    /// Always 1.
    pub schema: u32,
    /// A date.
    pub today: String,
    /// Of the product.
    pub settings: Values,
    /// The files.
    pub files: Vec<File>,
}

/// READ's answer, in the request's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadResult {
    /// Always 1.
    pub schema: u32,
    /// The serial number, where the files show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_id: Option<String>,
    /// What the hosts are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_type: Option<LicenseType>,
    /// The product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// The name printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licensee: Option<String>,
    /// The hosts.
    #[serde(default, deserialize_with = "nullable")]
    pub hosts: Vec<Host>,
    /// What is granted.
    #[serde(default, deserialize_with = "nullable")]
    pub features: Vec<ReadFeature>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<String>,
    /// Last good day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Last day of maintenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_until: Option<String>,
    /// Day of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<String>,
    /// Whether it holds signatures; whether they are good is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// What a user would stumble over.
    #[serde(default, deserialize_with = "nullable")]
    pub problems: Vec<Problem>,
}

/// A feature as a file grants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadFeature {
    /// The name.
    pub name: String,
    /// The highest version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many; 0 = uncounted.
    pub count: u64,
    /// Last good day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Last day of maintenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_until: Option<String>,
    /// Its own hosts.
    #[serde(default, deserialize_with = "nullable")]
    pub hosts: Vec<Host>,
    /// What else the file says of it.
    #[serde(default, deserialize_with = "nullable")]
    pub attributes: Attributes,
}

/// HOST: a host id composed of parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HostRequest {
    /// Always 1.
    pub schema: u32,
    /// The host type's name.
    #[serde(rename = "type")]
    pub host_type: String,
    /// Typed as declared.
    pub attributes: Values,
}

/// HOST's answer; the server makes the normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HostAnswer {
    /// Always 1.
    pub schema: u32,
    /// The value.
    pub value: String,
    /// The machine's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// SELFTEST's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelfTest {
    /// Always 1.
    pub schema: u32,
}
