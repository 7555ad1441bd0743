//! GENERATE: the flat snapshot, and the files that a generator writes from it.

use serde::{Deserialize, Serialize};

use super::{Attributes, Problem, SCHEMA, Values, nullable};

/// Why a text is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An order is activated.
    Activation,
    /// Staff makes one without an order.
    Manual,
    /// A short one.
    Emergency,
    /// Same hosts, what the order says now.
    Replacement,
    /// New hosts.
    Rehost,
}

/// What the hosts of a license are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LicenseType {
    /// The machines that may run the product.
    NodeLocked,
    /// The license servers, one or three, in order.
    Floating,
}

/// The flat snapshot that a license is written from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GenerateRequest {
    /// Always 1.
    pub schema: u32,
    /// Why.
    pub kind: Kind,
    /// True: no signer is called, placeholders stay.
    pub dry_run: bool,
    /// Timestamp.
    pub now: String,
    /// The day of issue to print.
    pub today: String,
    /// 64 hex digits, drawn for each run.
    pub seed: String,
    /// Unique; serves as serial number.
    pub license_id: String,
    /// The customer's credential: only with the capability `order-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Absent: no order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The text to print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licensee: Option<String>,
    /// The product.
    pub product: Product,
    /// What the hosts are.
    pub license_type: LicenseType,
    /// Already in the counts.
    pub quantity: u64,
    /// What is granted.
    pub features: Vec<Feature>,
    /// In normal form.
    pub hosts: Vec<Host>,
    /// Absent: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<String>,
    /// Last good day; absent: never ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Last day of maintenance; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_until: Option<String>,
    /// Of the product.
    pub settings: Values,
    /// Of the activation.
    pub parameters: Values,
    /// REPLACEMENT and REHOST: the license that ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Capabilities that the plugin has.
    pub grants: Vec<Grant>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<String>,
    /// The caller's own data.
    #[serde(default)]
    pub attributes: Attributes,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The name.
    pub name: String,
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<String>,
    /// The caller's own data.
    #[serde(default)]
    pub attributes: Attributes,
}

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The caller's own data.
    #[serde(default)]
    pub attributes: Attributes,
}

/// A feature as granted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Feature {
    /// The name.
    pub name: String,
    /// The highest version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many; 0 = uncounted.
    pub count: u64,
    /// Last good day in effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Last day of maintenance in effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_until: Option<String>,
    /// Typed values.
    #[serde(default)]
    pub parameters: Values,
    /// The caller's own data.
    #[serde(default)]
    pub attributes: Attributes,
}

/// A host in normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Host {
    /// The host type's name.
    #[serde(rename = "type")]
    pub host_type: String,
    /// The value.
    pub value: String,
    /// The machine's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A license server's port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// The license that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Previous {
    /// Its id.
    pub license_id: String,
    /// Its files.
    pub files: Vec<File>,
}

/// A capability that the plugin has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The capability's name.
    pub name: String,
    /// Of a signer's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// SHA-256 of the public key, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// What a generator wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GenerateResult {
    /// Always 1.
    pub schema: u32,
    /// 1 to 16.
    #[serde(default, deserialize_with = "nullable")]
    pub files: Vec<File>,
    /// Signatures that the host makes.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub signatures: Vec<SignatureSlot>,
    /// Files that go through a command signer.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub seals: Vec<Seal>,
    /// For staff.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub warnings: Vec<Problem>,
}

impl GenerateResult {
    /// These files, nothing to sign.
    pub fn new(files: impl IntoIterator<Item = File>) -> Self {
        Self {
            schema: SCHEMA,
            files: files.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A file: `text` stands for its UTF-8 bytes, else `base64`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// `[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}`, unique.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// The bytes as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The bytes in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl File {
    /// A file of text.
    pub fn text(name: &str, media_type: &str, text: String) -> Self {
        Self {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            text: Some(text),
            base64: None,
        }
    }
}

/// Where the host puts a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignatureSlot {
    /// The file's name.
    pub file: String,
    /// 8 to 128 printable ASCII signs, exactly once in the file.
    pub placeholder: String,
    /// The role of the capability `sign:ROLE`.
    pub signer: String,
    /// As in JOSE; the grant's.
    pub algorithm: String,
    /// What is signed, exactly.
    pub message: Message,
    /// How the signature is written.
    pub encoding: Encoding,
}

/// The bytes that are signed: `text` stands for its UTF-8 bytes, else `base64`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The bytes as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The bytes in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Lower-case hex.
    Hex,
    /// Standard base64, padded.
    Base64,
    /// URL-safe base64, unpadded.
    Base64url,
    /// The bytes; in a `base64` file.
    Raw,
}

/// A file that a command signer replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Seal {
    /// The file's name.
    pub file: String,
    /// The role of the capability `seal:ROLE`.
    pub signer: String,
}
