//! Orders: what a customer bought, under one Order ID.

use std::sync::Arc;

use time::Date;

use crate::attribute::{Attribute, Names, check_attributes, check_optional, check_text};
use crate::claim::{Claim, ClaimClass};
use crate::customer::Customer;
use crate::error::{Error, Result};
use crate::id::{CustomerId, Id, Key, LicenseId, OrderRef, ProductId};
use crate::license::License;
use crate::order_id::OrderId;
use crate::product::{Feature, Product, check_features};
use crate::terms::{Terms, names};
use crate::user::Stamps;

names! {
    /// Whether an order is served.
    OrderState {
        /// Is served.
        Active = "ACTIVE",
        /// Nothing is handed out for now.
        Suspended = "SUSPENDED",
        /// Nothing is handed out any more; final.
        Revoked = "REVOKED",
    }
}

names! {
    /// How an order came from its parent.
    Relation {
        /// The same for a further time.
        Renewal = "RENEWAL",
        /// Another product or more of it.
        Upgrade = "UPGRADE",
        /// Something in addition.
        Addon = "ADDON",
        /// Another customer's now.
        Transfer = "TRANSFER",
    }
}

/// What the caller sets of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderData {
    /// Who bought.
    pub customer: CustomerId,
    /// What.
    pub product: ProductId,
    /// The order's own terms, copied from the product when left out.
    pub terms: Terms,
    /// The order's own features, copied from the product when left out.
    pub features: Vec<Feature>,
    /// First day on which new activations are taken.
    pub valid_from: Option<Date>,
    /// Last such day.
    pub valid_until: Option<Date>,
    /// For staff.
    pub notes: Option<String>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

/// What a customer bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Identifier.
    pub id: OrderRef,
    /// Counts changes of what is set, not of counters; from 1.
    pub revision: u32,
    /// The activation key.
    pub order_id: OrderId,
    /// What the caller sets.
    pub data: OrderData,
    /// Whether it is served.
    pub state: OrderState,
    /// The order it was derived from.
    pub parent: Option<OrderRef>,
    /// The first of its family; itself where it was not derived.
    pub root: OrderRef,
    /// How it was derived.
    pub relation: Option<Relation>,
    /// Day of its making, in the vendor's time zone.
    pub created_on: Date,
    /// Counter: live licenses. Kept by the store, never set by a change of the order.
    pub active_licenses: u32,
    /// Day of its first activation, kept whatever is removed. Kept by the store as well.
    pub first_activated_on: Option<Date>,
    /// Days before which allowance uses count no more (`resetAllowances`).
    pub allowances_reset_on: Option<Date>,
    /// When and by whom.
    pub stamps: Stamps,
}

impl Order {
    /// How many activations are left; `None` = unlimited. Never below 0.
    pub fn activations_left(&self) -> Option<u32> {
        match self.data.terms.max_activations {
            0 => None,
            most => Some(most.saturating_sub(self.active_licenses)),
        }
    }
}

impl OrderData {
    /// Checks the members by themselves.
    pub fn check(&self) -> Result<()> {
        self.terms.check().map_err(|error| error.within("terms"))?;
        check_features(&self.features)?;
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until < from
        {
            return Err(Error::invalid(
                "validUntil",
                "The last day lies before the first.",
            ));
        }
        check_text("notes", self.notes.as_deref())?;
        check_optional("externalRef", self.external_ref.as_deref())?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}

/// How a caller names an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrderKey {
    /// By `ord_…` or `ext:…`.
    Key(Key<OrderRef>),
    /// By its Order ID.
    OrderId(OrderId),
}

impl OrderKey {
    /// Reads `ord_…`, `ext:…` or an Order ID in any spelling.
    pub fn parse(text: &str) -> Result<Self> {
        if text.starts_with("ext:") || text.starts_with(OrderRef::PREFIX) {
            return Key::parse(text).map(Self::Key);
        }
        OrderId::parse(text).map(Self::OrderId)
    }

    /// Whether this order is meant.
    pub fn is(&self, order: &Order) -> bool {
        match self {
            Self::Key(key) => key.is(order.id, order.data.external_ref.as_deref()),
            Self::OrderId(id) => *id == order.order_id,
        }
    }

    /// What to say when there is no such order.
    pub fn not_found(&self) -> Error {
        match self {
            Self::Key(_) => Error::new(crate::Code::NotFound, "There is no such order."),
            Self::OrderId(id) => id.not_found(),
        }
    }
}

impl From<Key<OrderRef>> for OrderKey {
    fn from(key: Key<OrderRef>) -> Self {
        Self::Key(key)
    }
}

impl From<OrderRef> for OrderKey {
    fn from(id: OrderRef) -> Self {
        Self::Key(Key::Id(id))
    }
}

names! {
    /// What was used of an allowance.
    UseKind {
        /// A removal or rehost by the customer.
        Move = "MOVE",
        /// An emergency license taken by the customer.
        Emergency = "EMERGENCY",
    }
}

/// One use of an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowanceUse {
    /// Of which.
    pub kind: UseKind,
    /// The day.
    pub on: Date,
    /// The license that was removed or taken.
    pub license: LicenseId,
}

/// An order with all that decisions about it need.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// The order, counters included.
    pub order: Order,
    /// Its customer.
    pub customer: Arc<Customer>,
    /// Its product.
    pub product: Arc<Product>,
    /// Licenses that hold one of the claims asked for, files included, live or emergency.
    pub matched: Vec<Matched>,
    /// Where exactly one license is live and it was asked for: that one, files included.
    pub only: Option<Arc<License>>,
    /// Uses of allowances.
    pub uses: Vec<AllowanceUse>,
    /// Whether one of its live licenses has a removal request.
    pub removal_requested: bool,
}

/// A license that holds a claim.
#[derive(Clone, Debug)]
pub struct Matched {
    /// The class of the claim.
    pub class: ClaimClass,
    /// The license, files included.
    pub license: Arc<License>,
}

/// Which order to look up and what to bring along.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderLookup {
    /// Which order.
    pub key: OrderKey,
    /// Licenses that hold one of these claims are brought along.
    pub claims: Vec<Claim>,
    /// Whether the only live license is brought along.
    pub only: bool,
}

impl OrderLookup {
    /// The order alone.
    pub fn plain(key: OrderKey) -> Self {
        Self {
            key,
            claims: Vec::new(),
            only: false,
        }
    }
}
