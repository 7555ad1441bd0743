//! Questions to the store: filters, sorting, pages.

use time::{Date, OffsetDateTime};

use crate::attribute::{
    Attribute, Names, check_attributes, check_count, check_member, check_optional,
};
use crate::customer::CustomerState;
use crate::error::{Error, Result};
use crate::id::{CustomerId, Key, LicenseId, OrderRef, ProductId, TokenId, UserId};
use crate::license::{LicenseKind, LicenseState};
use crate::order::{OrderKey, OrderState};
use crate::product::ProductState;
use crate::terms::names;
use crate::token::TokenState;
use crate::user::UserState;

/// Items of a page at most.
pub const MAX_PAGE: u32 = 1000;
/// Items of a page where nothing is said.
pub const DEFAULT_PAGE: u32 = 100;

names! {
    /// How a text is compared; without case.
    TextMatch {
        /// It begins so.
        Prefix = "PREFIX",
        /// It holds it; three signs at least.
        Contains = "CONTAINS",
        /// It is it.
        Exact = "EXACT",
    }
}

/// A text to look for in names, codes and references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFilter {
    /// The text.
    pub value: String,
    /// How it is compared.
    pub matching: TextMatch,
}

impl TextFilter {
    /// Checks the length.
    pub fn check(&self) -> Result<()> {
        crate::attribute::check_member("text.value", &self.value)?;
        if self.matching == TextMatch::Contains && self.value.trim().chars().count() < 3 {
            return Err(Error::invalid(
                "text.value",
                "CONTAINS needs three characters at least.",
            ));
        }
        Ok(())
    }
}

/// Sorting and paging of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// A member's name on the wire, `-` before it for descending; absent: by id, so by age.
    pub sort: Option<String>,
    /// From 1 to 1000.
    pub size: u32,
    /// Where the last page ended; opaque, made by the store.
    pub cursor: Option<String>,
    /// Whether the count of all is wanted.
    pub with_total: bool,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            sort: None,
            size: DEFAULT_PAGE,
            cursor: None,
            with_total: false,
        }
    }
}

impl Paging {
    /// Checks the page size.
    pub fn check(&self) -> Result<()> {
        if self.size == 0 || self.size > MAX_PAGE {
            return Err(Error::invalid(
                "pageSize",
                format!("The value is from 1 to {MAX_PAGE}."),
            ));
        }
        Ok(())
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent: this was the last.
    pub next_cursor: Option<String>,
    /// How many there are in all, if it was asked for.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Maps the items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
        }
    }
}

/// What all filters have; everything given must hold, lists mean any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<K, S> {
    /// Any of these.
    pub ids: Vec<K>,
    /// This reference.
    pub external_ref: Option<String>,
    /// This text.
    pub text: Option<TextFilter>,
    /// Any of these states.
    pub states: Vec<S>,
    /// All of these.
    pub attributes: Vec<Attribute>,
    /// Changed at or after.
    pub updated_since: Option<OffsetDateTime>,
}

impl<K, S> Default for Filter<K, S> {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            external_ref: None,
            text: None,
            states: Vec::new(),
            attributes: Vec::new(),
            updated_since: None,
        }
    }
}

impl<K, S> Filter<K, S> {
    /// Checks the text and the lengths of the lists.
    pub fn check(&self) -> Result<()> {
        check_count("id", self.ids.len(), MAX_PAGE as usize)?;
        check_optional("externalRef", self.external_ref.as_deref())?;
        if let Some(text) = &self.text {
            text.check()?;
        }
        check_attributes("attribute", &self.attributes, Names::Unique)
    }
}

/// Which users.
pub type UserFilter = Filter<Key<UserId>, UserState>;
/// Which tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// Any of these.
    pub ids: Vec<TokenId>,
    /// Of this user.
    pub user: Option<Key<UserId>>,
    /// With this text in the name.
    pub text: Option<TextFilter>,
    /// In any of these states; none: those that can be used.
    pub states: Vec<TokenState>,
    /// Changed at or after.
    pub updated_since: Option<OffsetDateTime>,
    /// Of this user alone, who may see no others.
    pub own: Option<UserId>,
}

impl TokenFilter {
    /// Whether tokens in a state are meant.
    pub fn takes(&self, state: TokenState) -> bool {
        if self.states.is_empty() {
            state == TokenState::Active
        } else {
            self.states.contains(&state)
        }
    }

    /// Checks the text and the length of the list.
    pub fn check(&self) -> Result<()> {
        check_count("id", self.ids.len(), MAX_PAGE as usize)?;
        self.text.as_ref().map_or(Ok(()), TextFilter::check)
    }
}

/// Which customers.
pub type CustomerFilter = Filter<Key<CustomerId>, CustomerState>;
/// Which products.
pub type ProductFilter = Filter<Key<ProductId>, ProductState>;

/// Which orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// What all filters have.
    pub common: Filter<OrderKey, OrderState>,
    /// Of this customer.
    pub customer: Option<Key<CustomerId>>,
    /// Of this product.
    pub product: Option<Key<ProductId>>,
    /// A part of the Order ID: four signs `A-Z0-9` at least, without the dashes of its groups.
    pub order_id_part: Option<String>,
    /// Of this family.
    pub root: Option<OrderRef>,
}

/// A host to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFilter {
    /// Of this type; absent: of any.
    pub host_type: Option<String>,
    /// The value; the normal forms of it that are looked for.
    pub values: Vec<String>,
}

/// Which licenses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicenseFilter {
    /// What all filters have.
    pub common: Filter<Key<LicenseId>, LicenseState>,
    /// Of this order.
    pub order: Option<OrderKey>,
    /// Of this customer.
    pub customer: Option<Key<CustomerId>>,
    /// Of this product.
    pub product: Option<Key<ProductId>>,
    /// For this host.
    pub host: Option<HostFilter>,
    /// Any of these kinds.
    pub kinds: Vec<LicenseKind>,
    /// Issued on or after, UTC.
    pub issued_from: Option<OffsetDateTime>,
    /// Issued before, UTC.
    pub issued_before: Option<OffsetDateTime>,
    /// Last good day on or after.
    pub expires_from: Option<Date>,
    /// Last good day on or before.
    pub expires_until: Option<Date>,
    /// Written by this generator.
    pub generator: Option<String>,
    /// With a file of any of these digests.
    pub files: Vec<[u8; 32]>,
}

impl LicenseFilter {
    /// Checks the texts and the lengths of the lists.
    pub fn check(&self) -> Result<()> {
        self.common.check()?;
        let host_type = self
            .host
            .as_ref()
            .and_then(|host| host.host_type.as_deref());
        check_optional("host.type", host_type)?;
        check_optional("generator", self.generator.as_deref())
    }
}

/// Checks a list of names to look for.
pub(crate) fn check_names(member: &str, names: &[String]) -> Result<()> {
    check_count(member, names.len(), MAX_PAGE as usize)?;
    for (i, name) in names.iter().enumerate() {
        check_member(&format!("{member}[{i}]"), name)?;
    }
    Ok(())
}
