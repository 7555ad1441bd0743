//! Units of work: how every write reaches the store.
//!
//! A unit names what it needs, and a pure function that decides on it. The store locks and reads
//! what is named, calls the function, and writes what it answers, all in one transaction that
//! other units may share. So each decision is made on what is true at that moment, and a store
//! knows no rule.

use std::fmt;
use std::sync::Arc;

use time::Date;

use crate::audit::{AuditEntry, Event};
use crate::claim::{Claim, ClaimClass};
use crate::customer::Customer;
use crate::error::{Code, Error, Result};
use crate::id::{CustomerId, Key, LicenseId, OrderRef, ProductId, TokenId, UserId};
use crate::license::License;
use crate::order::{AllowanceUse, Order, OrderKey, OrderLookup, OrderView};
use crate::order_id::OrderId;
use crate::product::Product;
use crate::token::{Proof, Spent, Token};
use crate::user::User;

/// How a user is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserKey {
    /// By id or reference.
    Key(Key<UserId>),
    /// By login, folded.
    Login(String),
}

/// How a product is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProductKey {
    /// By id or reference.
    Key(Key<ProductId>),
    /// By code and version.
    Code(String, Option<String>),
}

/// The rows that a unit locks and reads. Unknown keys bring nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Users, locked.
    pub users: Vec<UserKey>,
    /// All active administrators, locked in id order.
    pub administrators: bool,
    /// Tokens, locked.
    pub tokens: Vec<TokenId>,
    /// Customers: locked for sharing, or for a change where the unit writes customers.
    pub customers: Vec<Key<CustomerId>>,
    /// Products: likewise.
    pub products: Vec<ProductKey>,
    /// Orders, locked, each with its customer and product.
    pub orders: Vec<OrderLookup>,
    /// Licenses with their orders locked; files are not read.
    pub licenses: Vec<Key<LicenseId>>,
    /// Orders whose licenses in force are read, without files; they must be named in `orders` too.
    pub licenses_of: Vec<OrderKey>,
    /// Generators whose switches are locked and read.
    pub switches: Vec<String>,
    /// Generators whose switches are read and not locked: what is written while one is turned
    /// comes before that.
    pub generators: Vec<String>,
    /// Order IDs of which it must be known whether they were ever given out.
    pub order_ids: Vec<OrderId>,
    /// Whether customers and products are read to be changed.
    pub for_change: bool,
    /// Whether it must be known if the customers, products, users and orders are referred to.
    pub references: bool,
    /// Those of the customers of which it must be known what they have; the orders of their licenses
    /// are locked.
    pub estates: Vec<Key<CustomerId>>,
    /// Proofs of which it must be known whether they were shown before.
    pub proofs: Vec<Proof>,
}

/// What was read under the locks.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Users.
    pub users: Vec<User>,
    /// All active administrators, if asked for.
    pub administrators: Vec<UserId>,
    /// Tokens.
    pub tokens: Vec<Token>,
    /// Customers, those of the orders not among them.
    pub customers: Vec<Arc<Customer>>,
    /// Products, likewise.
    pub products: Vec<Arc<Product>>,
    /// Orders.
    pub orders: Vec<OrderView>,
    /// Licenses, without files.
    pub licenses: Vec<Arc<License>>,
    /// All generators that are switched off, if any switches were asked for.
    pub disabled_generators: Vec<String>,
    /// Those of the asked Order IDs that were given out before.
    pub taken_order_ids: Vec<OrderId>,
    /// Ids of customers, products, users and orders that something refers to.
    pub referenced: std::collections::HashSet<uuid::Uuid>,
    /// What the customers have, if asked for; those that have neither are not among them.
    pub estates: Vec<Estate>,
    /// Those of the asked proofs that were shown before.
    pub spent: Vec<Proof>,
}

/// What a customer has that stands in the way of being erased, or has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estate {
    /// Whose.
    pub customer: CustomerId,
    /// An order that is not revoked, its own or one of a license of its own.
    pub has_orders: bool,
    /// A license with a text.
    pub has_texts: bool,
}

impl Loaded {
    /// A user.
    pub fn user(&self, key: &UserKey) -> Option<&User> {
        self.users.iter().find(|user| match key {
            UserKey::Key(key) => key.is(user.id, user.data.external_ref.as_deref()),
            UserKey::Login(login) => user.data.folded_login() == *login,
        })
    }

    /// A token.
    pub fn token(&self, id: TokenId) -> Option<&Token> {
        self.tokens.iter().find(|token| token.id == id)
    }

    /// A customer.
    pub fn customer(&self, key: &Key<CustomerId>) -> Option<&Arc<Customer>> {
        self.customers
            .iter()
            .find(|customer| key.is(customer.id, customer.data.external_ref.as_deref()))
    }

    /// A product.
    pub fn product(&self, key: &ProductKey) -> Option<&Arc<Product>> {
        self.products.iter().find(|product| match key {
            ProductKey::Key(key) => key.is(product.id, product.data.external_ref.as_deref()),
            ProductKey::Code(code, version) => {
                product.data.code == *code && product.data.version == *version
            }
        })
    }

    /// An order.
    pub fn order(&self, key: &OrderKey) -> Option<&OrderView> {
        self.orders.iter().find(|view| key.is(&view.order))
    }

    /// What a customer has.
    pub fn estate(&self, customer: CustomerId) -> Estate {
        let known = self
            .estates
            .iter()
            .find(|estate| estate.customer == customer);
        known.copied().unwrap_or(Estate {
            customer,
            has_orders: false,
            has_texts: false,
        })
    }

    /// A license.
    pub fn license(&self, key: &Key<LicenseId>) -> Option<&Arc<License>> {
        self.licenses
            .iter()
            .find(|license| key.is(license.id, license.external_ref.as_deref()))
    }
}

/// A license that comes into being, with all that belongs to it.
#[derive(Clone, Debug)]
pub struct NewLicense {
    /// The license, files included.
    pub license: Arc<License>,
    /// What makes it unique in its order.
    pub claims: Vec<Claim>,
    /// The class of its claims.
    pub class: ClaimClass,
    /// The generator's request document; stored compressed.
    pub document: Option<Arc<[u8]>>,
}

/// How an order's counters move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Which order.
    pub order: OrderRef,
    /// Live licenses more or less.
    pub licenses: i32,
    /// Set if the order has no such day yet.
    pub first_activated_on: Option<Date>,
}

/// An allowance use of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewUse {
    /// Which order.
    pub order: OrderRef,
    /// What.
    pub used: AllowanceUse,
}

/// A customer whose licenses lose their texts, request documents, hosts, parameters and licensee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose.
    pub customer: CustomerId,
    /// UTC, milliseconds; a stamp of the licenses.
    pub at: time::OffsetDateTime,
    /// Who does it; likewise.
    pub by: String,
}

/// A generator's switch, as it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The generator's name.
    pub generator: String,
    /// Whether it is off.
    pub disabled: bool,
}

/// Rows of one entity to write.
#[derive(Clone, Debug)]
pub struct Rows<T, I> {
    /// To insert.
    pub new: Vec<T>,
    /// To overwrite, by id.
    pub changed: Vec<T>,
    /// To delete.
    pub deleted: Vec<I>,
}

impl<T, I> Default for Rows<T, I> {
    fn default() -> Self {
        Self {
            new: Vec::new(),
            changed: Vec::new(),
            deleted: Vec::new(),
        }
    }
}

impl<T, I> Rows<T, I> {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.deleted.is_empty()
    }
}

/// What became of one item of a request, in its order. Also what a repeated request is answered
/// from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The id of the entity that the item made, changed or met.
    Done(String),
    /// Why it was left out.
    Failed(Error),
}

/// What a unit writes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Users.
    pub users: Rows<User, UserId>,
    /// Tokens.
    pub tokens: Rows<Token, TokenId>,
    /// Customers.
    pub customers: Rows<Customer, CustomerId>,
    /// Products.
    pub products: Rows<Product, ProductId>,
    /// Orders; counters are not written by these.
    pub orders: Rows<Order, OrderRef>,
    /// Licenses that come into being.
    pub new_licenses: Vec<NewLicense>,
    /// Licenses whose state changed; files are not written.
    pub licenses: Vec<License>,
    /// Licenses whose claims end.
    pub released: Vec<LicenseId>,
    /// Customers whose licenses are erased.
    pub erased: Vec<Erasure>,
    /// Switches of generators.
    pub switches: Vec<Switch>,
    /// Counters.
    pub activity: Vec<Activity>,
    /// Allowance uses.
    pub uses: Vec<NewUse>,
    /// Proofs that were shown.
    pub spent: Vec<Spent>,
    /// Audit entries, in order.
    pub audit: Vec<AuditEntry>,
    /// Events, in order.
    pub events: Vec<Event>,
    /// What became of each item.
    pub outcomes: Vec<Outcome>,
}

impl Changes {
    /// Whether nothing is written: no rows, no entries.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.tokens.is_empty()
            && self.customers.is_empty()
            && self.products.is_empty()
            && self.orders.is_empty()
            && self.new_licenses.is_empty()
            && self.licenses.is_empty()
            && self.released.is_empty()
            && self.erased.is_empty()
            && self.switches.is_empty()
            && self.activity.is_empty()
            && self.uses.is_empty()
            && self.spent.is_empty()
            && self.audit.is_empty()
            && self.events.is_empty()
    }
}

/// Why a unit writes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// What the unit was prepared on is no longer so: prepare it anew.
    Again,
    /// It is refused.
    Refused(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The pure function of a unit. It may be called several times.
pub type Decide = Arc<dyn Fn(&Loaded) -> Result<Changes, Stop> + Send + Sync>;

/// A request of a caller that may be repeated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// Whose ([`crate::access::Actor::caller`]).
    pub caller: String,
    /// The caller's request id.
    pub id: String,
    /// Digest over operation and decoded command.
    pub digest: [u8; 32],
}

/// One unit of work.
#[derive(Clone)]
pub struct Unit {
    /// Recorded, so that a repetition is answered and not done again.
    pub request: Option<RequestKey>,
    /// What is locked and read.
    pub wanted: Wanted,
    /// What is decided on it.
    pub decide: Decide,
    /// Decide and write nothing (the dry run), by what is committed now. It has no request.
    pub dry_run: bool,
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit")
            .field("request", &self.request.as_ref().map(|r| &r.id))
            .finish_non_exhaustive()
    }
}

/// What became of a unit that was not refused.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The answer to each item.
    pub outcomes: Vec<Outcome>,
    /// The request was answered before: nothing was done now, `changes` is empty.
    pub replayed: bool,
    /// What was written (or would be, in a dry run).
    pub changes: Changes,
}

/// The answer to a request id that was used with other content.
pub fn conflict() -> Error {
    Error::new(
        Code::IdempotencyConflict,
        "This requestId was used with other content.",
    )
    .at("requestId")
}
