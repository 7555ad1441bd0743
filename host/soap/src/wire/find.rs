//! Lists: filters, sorting, pages.

use serde::{Deserialize, Serialize};

use super::common::{NameValue, TextFilter};
use super::customer::Customer;
use super::license::License;
use super::order::Order;
use super::product::Product;
use super::user::{Token, User};
use crate::leaf::{Day, Timestamp};

macro_rules! find_request {
    ($(#[$doc:meta])* $name:ident { $($(#[$mdoc:meta])* $member:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// Any of these.
            #[serde(default)]
            pub id: Vec<String>,
            /// With this reference.
            pub external_ref: Option<String>,
            /// With this text in name, code or reference.
            pub text: Option<TextFilter>,
            /// In any of these states.
            #[serde(default)]
            pub state: Vec<String>,
            /// With all of these attributes.
            #[serde(default)]
            pub attribute: Vec<NameValue>,
            /// Changed at or after this moment.
            pub updated_since: Option<Timestamp>,
            $($(#[$mdoc])* pub $member: $type,)*
            /// A member's name, with `-` before it for descending order; absent: by age.
            pub sort: Option<String>,
            /// Items of a page, from 1 to 1000; default 100.
            pub page_size: Option<u32>,
            /// `nextCursor` of the page before; absent: the first page.
            pub cursor: Option<String>,
            /// Whether to count all.
            pub with_total: Option<bool>,
        }
    };
}

find_request! {
    /// Asks for users, customers or products. Everything given must hold.
    FindRequest {}
}

/// Asks for tokens. Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindTokensRequest {
    /// Any of these.
    #[serde(default)]
    pub id: Vec<String>,
    /// Of this user; absent: of all whose tokens the caller may see.
    pub user_id: Option<String>,
    /// With this text in the name.
    pub text: Option<TextFilter>,
    /// In any of these states: `ACTIVE`, `REVOKED`; none: `ACTIVE`.
    #[serde(default)]
    pub state: Vec<String>,
    /// Changed at or after this moment.
    pub updated_since: Option<Timestamp>,
    /// A member's name, with `-` before it for descending order; absent: by age.
    pub sort: Option<String>,
    /// Items of a page, from 1 to 1000; default 100.
    pub page_size: Option<u32>,
    /// `nextCursor` of the page before; absent: the first page.
    pub cursor: Option<String>,
    /// Whether to count all.
    pub with_total: Option<bool>,
}

find_request! {
    /// Asks for orders. Everything given must hold.
    FindOrdersRequest {
        /// Of this customer.
        customer_id: Option<String>,
        /// Of this product.
        product_id: Option<String>,
        /// With this part of the Order ID, four characters at least.
        order_id_part: Option<String>,
        /// Of the family of this order.
        root_ref: Option<String>,
    }
}

find_request! {
    /// Asks for licenses. Everything given must hold.
    FindLicensesRequest {
        /// Of this order: its Order ID, `ord_…` or `ext:…`.
        order_id: Option<String>,
        /// Of this customer.
        customer_id: Option<String>,
        /// Of this product.
        product_id: Option<String>,
        /// For this host.
        host: Option<HostFilter>,
        /// Of any of these kinds.
        #[serde(default)]
        kind: Vec<String>,
        /// Issued on or after this day.
        issued_from: Option<Day>,
        /// Issued on or before this day.
        issued_until: Option<Day>,
        /// With the last good day on or after this one.
        expires_from: Option<Day>,
        /// With the last good day on or before this one.
        expires_until: Option<Day>,
        /// Written by this generator.
        generator: Option<String>,
    }
}

/// A host to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFilter {
    /// Of this type; absent: of any.
    #[serde(rename = "type")]
    pub host_type: Option<String>,
    /// The value, in any spelling.
    pub value: String,
}

macro_rules! find_result {
    ($($name:ident: $member:ident $entity:ident),+) => {$(
        #[doc = concat!("A page; see [`", stringify!($entity), "`].")]
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The items.
            #[serde(default)]
            pub $member: Vec<$entity>,
            /// Where the next page begins; absent: this is the last.
            pub next_cursor: Option<String>,
            /// How many there are in all, if that was asked for.
            pub total: Option<u64>,
            /// What later versions of the service add.
            #[serde(default)]
            pub extra: Vec<NameValue>,
        }
    )+};
}

find_result! {
    FindUsersResult: user User,
    FindTokensResult: token Token,
    FindCustomersResult: customer Customer,
    FindProductsResult: product Product,
    FindOrdersResult: order Order,
    FindLicensesResult: license License
}
