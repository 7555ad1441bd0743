//! Commands and answers of the services: what every interface (SOAP, pages, command line) turns
//! its input into, and its output from.

mod account;
mod customer_side;
mod external;
mod generator;
mod import;
mod license;
mod order;

use std::sync::Arc;

use crate::attribute::is_line;
use crate::customer::CustomerData;
use crate::error::{Code, Error, Result};
use crate::generator::GeneratorInfo;
use crate::id::{CustomerId, Key, ProductId, UserId};
use crate::product::ProductData;
use crate::user::UserData;

pub use account::{CreateToken, NewToken, ResetPassword};
pub use customer_side::{Activate, ForMachine, IssuedLicense, NeededHost, OrderInfo, Rehost};
pub use external::{
    ExternalFeature, ExternalHost, ExternalModel, ExternalProduct, ExternalRequest, ExternalText,
};
pub use generator::{TestGenerator, Trial};
pub use import::{ImportItem, ImportLicenses};
pub use license::{
    ActivateLicense, EmergencyLicense, GenerateLicense, MAX_REPLACED, Preview, PreviewLicense,
    RehostLicense,
};
pub use order::{
    CreateOrders, CreatedOrders, DeriveOrder, Left, OrderDetails, OrderItem, StoreOrders,
};

/// Items of a batch at most.
pub const MAX_BATCH: usize = 1000;

/// Longest request id, in characters.
pub const MAX_REQUEST_ID: usize = 64;

/// How a write is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Chosen by the caller; a repetition is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, write nothing.
    pub dry_run: bool,
}

impl WriteOptions {
    /// Checks the request id.
    pub fn check(&self) -> Result<()> {
        match &self.request_id {
            Some(id) if id.is_empty() || id.chars().count() > MAX_REQUEST_ID || !is_line(id) => {
                Err(Error::invalid(
                    "requestId",
                    format!("A requestId has 1 to {MAX_REQUEST_ID} characters."),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Items that are written together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<T> {
    /// From 1 to 1000.
    pub items: Vec<T>,
    /// All or none.
    pub atomic: bool,
    /// How.
    pub options: WriteOptions,
}

/// A plural state change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange<K> {
    /// Which entities.
    pub batch: Batch<K>,
    /// Why; needed where something is taken away.
    pub reason: Option<String>,
}

/// Status of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every item was done.
    Success,
    /// Some were.
    PartialFailure,
    /// None was.
    Failure,
}

impl Status {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::PartialFailure => "PARTIAL_FAILURE",
            Self::Failure => "FAILURE",
        }
    }
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchItem<T> {
    /// The item's id where it has one: of the entity made, changed or named.
    pub id: Option<String>,
    /// The entity as it is now; absent in a failure, or where it is gone by now.
    pub value: Option<T>,
    /// Why it was left out.
    pub failure: Option<Error>,
}

/// The answer to a batch; items in the order of the request.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchAnswer<T> {
    /// As a whole.
    pub status: Status,
    /// Items that failed themselves.
    pub failed: usize,
    /// Each item.
    pub items: Vec<BatchItem<T>>,
}

/// An entity to create (no id) or to replace (id and revision).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreItem<I, D> {
    /// `id` or `ext:…`; absent: create.
    pub id: Option<Key<I>>,
    /// The revision that was read.
    pub revision: Option<u32>,
    /// What the caller sets.
    pub data: D,
    /// Read-only; refused if it differs from what is.
    pub state: Option<String>,
}

/// `storeCustomers`.
pub type StoreCustomers = Batch<StoreItem<CustomerId, CustomerData>>;

/// `storeProducts`.
pub type StoreProducts = Batch<StoreItem<ProductId, ProductData>>;

/// `storeUsers`.
pub type StoreUsers = Batch<StoreItem<UserId, UserData>>;

/// `getServiceInfo`.
#[derive(Clone, Debug)]
pub struct ServiceInfo {
    /// The vendor's time zone.
    pub timezone: String,
    /// Published limits, by name.
    pub limits: Vec<(&'static str, u64)>,
    /// Only for authenticated callers.
    pub generators: Vec<Arc<GeneratorInfo>>,
}

impl<T> Batch<T> {
    /// Checks number of items and request id.
    pub fn check(&self, member: &str) -> Result<()> {
        if self.items.is_empty() {
            return Err(Error::invalid(member, "One item is needed at least."));
        }
        if self.items.len() > MAX_BATCH {
            return Err(Error::new(
                Code::LimitExceeded,
                format!("At most {MAX_BATCH} items are allowed."),
            )
            .at(member));
        }
        self.options.check()
    }
}
