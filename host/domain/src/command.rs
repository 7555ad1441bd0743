//! Commands and answers of the services: what every interface (SOAP, pages, command line) turns
//! its input into, and its output from.

use time::{Date, OffsetDateTime};

use crate::access::Scope;
use crate::attribute::{Attribute, is_line};
use crate::customer::CustomerData;
use crate::error::{Code, Error, Result};
use crate::generator::{GeneratorInfo, Problem};
use crate::host::{Host, HostTypeRef};
use crate::id::{CustomerId, Key, LicenseId, ProductId, UserId};
use crate::license::{File, License, LicenseKind, LicenseState};
use crate::order::{Order, OrderKey, Relation};
use crate::product::{Feature, ProductData};
use crate::terms::Terms;
use crate::token::{Network, Token};
use crate::user::UserData;

/// Items of a batch at most.
pub const MAX_BATCH: usize = 1000;
/// Licenses that are replaced by one command at most.
pub const MAX_REPLACED: usize = 100;
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
/// `storeOrders`.
pub type StoreOrders = Batch<OrderItem>;

/// An order to create or to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderItem {
    /// `ord_…`, `ext:…` or the Order ID; absent: create.
    pub id: Option<OrderKey>,
    /// The revision that was read.
    pub revision: Option<u32>,
    /// The caller's own Order ID when creating; when replacing refused if it differs.
    pub order_id: Option<String>,
    /// Who bought.
    pub customer: Key<CustomerId>,
    /// What.
    pub product: Key<ProductId>,
    /// Copied from the product when a new order leaves it out.
    pub terms: Option<Terms>,
    /// Copied from the product when a new order has none.
    pub features: Vec<Feature>,
    /// First day for new activations.
    pub valid_from: Option<Date>,
    /// Last such day.
    pub valid_until: Option<Date>,
    /// For staff.
    pub notes: Option<String>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
    /// Read-only; refused if it differs.
    pub state: Option<String>,
    /// Read-only; refused if it differs.
    pub parent: Option<String>,
    /// Read-only; refused if it differs.
    pub root: Option<String>,
    /// Read-only; refused if it differs.
    pub relation: Option<String>,
}

/// `createOrders`: one order × count, that many Order IDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateOrders {
    /// The order; without an id.
    pub order: OrderItem,
    /// From 1 to 1000; default 1.
    pub count: u32,
    /// How.
    pub options: WriteOptions,
}

/// `deriveOrder`: an order that comes from another one and is of its family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeriveOrder {
    /// From which.
    pub id: OrderKey,
    /// What it is to that one.
    pub relation: Relation,
    /// Who bought; absent: the same as before.
    pub customer: Option<Key<CustomerId>>,
    /// What; absent: the same as before.
    pub product: Option<Key<ProductId>>,
    /// Absent: those of before, or of the product where one is named.
    pub terms: Option<Terms>,
    /// None: those of before, or of the product where one is named.
    pub features: Vec<Feature>,
    /// First day for new activations.
    pub valid_from: Option<Date>,
    /// Last such day.
    pub valid_until: Option<Date>,
    /// Whether that one stays as it is, or is revoked and its licenses removed; absent: it stays
    /// for RENEWAL and ADDON.
    pub keep_parent: Option<bool>,
    /// How.
    pub options: WriteOptions,
}

impl DeriveOrder {
    /// Whether the parent stays as it is.
    pub fn keeps_parent(&self) -> bool {
        let stays = matches!(self.relation, Relation::Renewal | Relation::Addon);
        self.keep_parent.unwrap_or(stays)
    }
}

/// An order as this caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDetails {
    /// The order.
    pub order: Order,
    /// The Order ID in full, or its last group.
    pub shown_order_id: String,
    /// What is left of the moves; absent: none are allowed.
    pub moves: Option<Left>,
    /// What is left of the emergencies; absent: none are allowed.
    pub emergencies: Option<Left>,
}

/// What is left of an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How often.
    pub left: u32,
    /// When the next use comes back; absent where none will or all are left.
    pub refill_on: Option<Date>,
}

/// `resetPassword`. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ResetPassword {
    /// Whose.
    pub user: Key<UserId>,
    /// The new one; absent: one is drawn.
    pub password: Option<String>,
}

/// `createToken`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateToken {
    /// Whose; absent: the caller's own.
    pub user: Option<Key<UserId>>,
    /// For people.
    pub name: String,
    /// What of the user's rights.
    pub scopes: Vec<Scope>,
    /// UTC.
    pub expires_at: Option<OffsetDateTime>,
    /// Networks it is taken from.
    pub addresses: Vec<Network>,
    /// The caller's request id.
    pub request_id: Option<String>,
}

/// A new token; the secret is shown this once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The token.
    pub token: Token,
    /// Absent when the request was answered before.
    pub secret: Option<String>,
}

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

/// `activate`, by the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activate {
    /// The Order ID as typed.
    pub order_id: String,
    /// The machine.
    pub hosts: Vec<Host>,
    /// Values for the generator.
    pub parameters: Vec<Attribute>,
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

/// `rehost`, by the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehost {
    /// The Order ID as typed.
    pub order_id: String,
    /// The machine that has the license.
    pub hosts: Vec<Host>,
    /// The machine that gets it.
    pub new_hosts: Vec<Host>,
}

/// `getLicense`, `deactivate` and `emergency`, by the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForMachine {
    /// The Order ID as typed.
    pub order_id: String,
    /// The machine.
    pub hosts: Vec<Host>,
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

/// The customer's view of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedLicense {
    /// The license, with files unless it was removed.
    pub license: License,
    /// The name printed, only where the terms fix it.
    pub licensee: Option<String>,
}

impl IssuedLicense {
    /// Kind of the license.
    pub const fn kind(&self) -> LicenseKind {
        self.license.kind
    }

    /// State of the license.
    pub const fn state(&self) -> LicenseState {
        self.license.state
    }
}

/// `getOrderInfo`: what an activation needs; nothing personal.
#[derive(Clone, Debug)]
pub struct OrderInfo {
    /// The product's code.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// Only where the terms fix it.
    pub licensee: Option<String>,
    /// What the hosts are.
    pub license_type: crate::terms::LicenseType,
    /// The hosts that are needed.
    pub host_types: Vec<NeededHost>,
    /// Hosts in all, at least; 0 = none.
    pub min_hosts: u32,
    /// Values that the generator takes at activation.
    pub parameters: Vec<crate::generator::Definition>,
    /// `None` = unlimited.
    pub activations_left: Option<u32>,
    /// Absent: none are allowed.
    pub moves: Option<Left>,
    /// Absent: none are allowed.
    pub emergencies: Option<Left>,
    /// Whether the vendor asked for a removal.
    pub removal_requested: bool,
}

/// A host type with how many of it a license takes.
#[derive(Clone, Debug)]
pub struct NeededHost {
    /// The declaration; name and label where the generator is not available are the rule's.
    pub host_type: HostTypeRef,
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// `getServiceInfo`.
#[derive(Clone, Debug)]
pub struct ServiceInfo {
    /// The vendor's time zone.
    pub timezone: String,
    /// Published limits, by name.
    pub limits: Vec<(&'static str, u64)>,
    /// Only for authenticated callers.
    pub generators: Vec<std::sync::Arc<GeneratorInfo>>,
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
