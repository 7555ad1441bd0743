//! Licenses on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
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
