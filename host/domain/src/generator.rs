//! What the domain knows of generators: what they declare, what they are asked, what they give.
//!
//! The shapes follow the documents of the generator ABI; the generators' room translates.

mod value;

use std::sync::Arc;

use time::{Date, OffsetDateTime};

use crate::attribute::Attribute;
use crate::error::{Code, Error, Result};
use crate::host::{Host, HostTypeRef};
use crate::license::{File, GeneratorStamp, SignerStamp};
use crate::terms::{LicenseType, names};

pub use value::{Definition, Value, ValueType, Values, standing, typed};

names! {
    /// Why a text is asked for.
    RequestKind {
        /// An order is activated.
        Activation = "ACTIVATION",
        /// Staff makes one without an order.
        Manual = "MANUAL",
        /// A short one.
        Emergency = "EMERGENCY",
        /// Same hosts, what the order says now.
        Replacement = "REPLACEMENT",
        /// New hosts.
        Rehost = "REHOST",
    }
}

names! {
    /// Whether a generator can be called.
    GeneratorState {
        /// It can.
        Ready = "READY",
        /// It can't; a message says why.
        Failed = "FAILED",
        /// Switched off.
        Disabled = "DISABLED",
    }
}

/// What a generator declares.
#[derive(Clone, Debug)]
pub struct Description {
    /// The version.
    pub version: String,
    /// The makers.
    pub vendor: String,
    /// Kinds it takes, empty = all.
    pub kinds: Vec<RequestKind>,
    /// License types it takes, empty = all.
    pub license_types: Vec<LicenseType>,
    /// Host types that it takes.
    pub host_types: Vec<HostTypeRef>,
    /// Settings of products.
    pub settings: Vec<Definition>,
    /// Parameters of activations.
    pub parameters: Vec<Definition>,
    /// Parameters of features.
    pub feature_parameters: Vec<Definition>,
    /// Whether it has VALIDATE.
    pub validates: bool,
    /// The document as it was given.
    pub document: String,
}

/// A generator as installed here.
#[derive(Clone, Debug)]
pub struct GeneratorInfo {
    /// Name, as products use it.
    pub name: String,
    /// How it runs: `WASM`, `NATIVE`, …
    pub kind: String,
    /// SHA-256 of its artefact, in hex.
    pub digest: String,
    /// Whether it can be called.
    pub state: GeneratorState,
    /// Why it can't be, fit for staff.
    pub message: Option<String>,
    /// What it declares; absent where it failed before it could.
    pub description: Option<Arc<Description>>,
    /// The operator's values for settings that a product leaves out.
    pub operator_settings: Vec<Attribute>,
}

/// A feature as asked of a generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFeature {
    /// The feature's name.
    pub name: String,
    /// The highest version.
    pub version: Option<String>,
    /// How many; 0 = uncounted.
    pub count: u64,
    /// Last good day in effect.
    pub expires_on: Option<Date>,
    /// Last day of maintenance in effect.
    pub maintenance_until: Option<Date>,
    /// Typed parameters.
    pub parameters: Values,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// The flat snapshot that a generator writes a license from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerateRequest {
    /// Why.
    pub kind: RequestKind,
    /// No signer is called, placeholders stay.
    pub dry_run: bool,
    /// UTC, whole seconds.
    pub now: OffsetDateTime,
    /// The day of issue, in the vendor's time zone.
    pub today: Date,
    /// 32 random bytes, drawn for each run.
    pub seed: [u8; 32],
    /// The license's id, its serial number.
    pub license_id: String,
    /// The order; absent for a manual license.
    pub order: Option<RequestOrder>,
    /// The customer.
    pub customer: Option<RequestParty>,
    /// The name to print.
    pub licensee: Option<String>,
    /// The product.
    pub product: RequestProduct,
    /// What the hosts are.
    pub license_type: LicenseType,
    /// Already in the counts.
    pub quantity: u32,
    /// What is granted.
    pub features: Vec<RequestFeature>,
    /// In normal form.
    pub hosts: Vec<Host>,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last good day.
    pub expires_on: Option<Date>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Date>,
    /// Typed settings of the product.
    pub settings: Values,
    /// Typed parameters of the activation.
    pub parameters: Values,
    /// The license that ends.
    pub previous: Option<Previous>,
}

/// An order as a generator may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestOrder {
    /// The credential: only for generators with the capability `order-id`. Absent where the order
    /// is kept elsewhere.
    pub order_id: Option<crate::order_id::OrderId>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// A customer as a generator may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParty {
    /// The name.
    pub name: String,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// A product as a generator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestProduct {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// The license that ends with a replacement or rehost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// Its id.
    pub license_id: String,
    /// Its files.
    pub files: Vec<File>,
}

/// What VALIDATE is asked: a product or order before there is a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidateRequest {
    /// The product.
    pub product: RequestProduct,
    /// What the hosts are.
    pub license_type: LicenseType,
    /// The quantity.
    pub quantity: u32,
    /// What is granted, without dates; counts are multiplied already.
    pub features: Vec<RequestFeature>,
    /// Typed settings.
    pub settings: Values,
}

/// What VALIDATE found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The generator's code.
    pub code: String,
    /// For people.
    pub message: String,
    /// JSON Pointer into the request.
    pub field: Option<String>,
}

impl Problem {
    /// What every dry run says of its text.
    pub fn not_for_use() -> Self {
        Self {
            code: "NOT_FOR_USE".to_owned(),
            message: "This is a preview: the text is unsigned and not for use.".to_owned(),
            field: None,
        }
    }
}

/// What a generator gave, signed.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The files.
    pub files: Vec<File>,
    /// For staff.
    pub warnings: Vec<Problem>,
    /// Who wrote it.
    pub generator: GeneratorStamp,
    /// Who signed it.
    pub signers: Vec<SignerStamp>,
    /// The request document, without the Order ID, as it is stored.
    pub document: Vec<u8>,
    /// SHA-256 of that document.
    pub input_digest: [u8; 32],
}

/// What HOST is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostParts {
    /// The host type's name.
    pub host_type: String,
    /// What identifies the machine, as typed by people.
    pub attributes: Vec<Attribute>,
}

/// What VERIFY is asked.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The request document, as it was stored.
    pub document: &'a [u8],
    /// The credential, which is not stored with it: only for generators with the capability
    /// `order-id`.
    pub order_id: Option<&'a crate::order_id::OrderId>,
    /// The files.
    pub files: &'a [File],
}

impl GeneratorInfo {
    /// What it declares, if it can be called.
    ///
    /// # Errors
    /// `GeneratorUnavailable`.
    pub fn ready(&self) -> Result<&Arc<Description>> {
        match (&self.description, self.state) {
            (Some(description), GeneratorState::Ready) => Ok(description),
            _ => Err(Error::new(
                Code::GeneratorUnavailable,
                "The product's generator is not available now.",
            )
            .because(format!("generator {} is {}", self.name, self.state))),
        }
    }
}

impl Description {
    /// Refuses kinds and license types that are not declared.
    ///
    /// # Errors
    /// `ActionNotAllowed`.
    pub fn takes(&self, kind: RequestKind, license_type: LicenseType) -> Result<()> {
        let refused = |what: &dyn std::fmt::Display| {
            Error::new(
                Code::ActionNotAllowed,
                format!("The product's generator does not make {what} licenses."),
            )
        };
        if !self.kinds.is_empty() && !self.kinds.contains(&kind) {
            return Err(refused(&kind));
        }
        if !self.license_types.is_empty() && !self.license_types.contains(&license_type) {
            return Err(refused(&license_type));
        }
        Ok(())
    }

    /// The names of the declared host types.
    pub fn host_type_names(&self) -> impl Iterator<Item = &str> {
        let types = self.host_types.iter();
        types.map(|host_type| host_type.name.as_str())
    }

    /// A declared host type.
    pub fn host_type(&self, name: &str) -> Option<&HostTypeRef> {
        self.host_types
            .iter()
            .find(|host_type| host_type.name == name)
    }
}
