//! Creating and replacing, in batches.

use serde::{Deserialize, Serialize};

use super::common::{ItemFailure, NameValue};
use super::customer::Customer;
use super::order::Order;
use super::product::Product;
use super::user::User;

macro_rules! store {
    ($($request:ident, $item:ident, $result:ident: $member:ident $entity:ident;)+) => {$(
        /// Creates (without id) and replaces (with id and revision).
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $request {
            /// From 1 to 1000 of them.
            #[serde(default)]
            pub $member: Vec<$entity>,
            /// All or none; default false: those that fail are left out.
            pub atomic: Option<bool>,
            /// The same request sent again is answered, not done again.
            pub request_id: Option<String>,
            /// Check and answer, but write nothing.
            pub dry_run: Option<bool>,
        }

        /// What became of one item.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $item {
            /// Place of the item in the request, from 0.
            pub index: u32,
            /// As it is now.
            pub $member: Option<$entity>,
            /// Why it was left out; absent if it was done.
            pub failure: Option<ItemFailure>,
            /// What later versions of the service add.
            #[serde(default)]
            pub extra: Vec<NameValue>,
        }

        /// What became of a batch.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $result {
            /// `SUCCESS`, `PARTIAL_FAILURE` or `FAILURE`.
            pub status: String,
            /// Number of items.
            pub total: u32,
            /// How many failed themselves.
            pub failed: u32,
            /// Each item, in the order of the request.
            #[serde(default)]
            pub item: Vec<$item>,
            /// What later versions of the service add.
            #[serde(default)]
            pub extra: Vec<NameValue>,
        }
    )+};
}

store! {
    StoreUsersRequest, StoreUsersItem, StoreUsersResult: user User;
    StoreCustomersRequest, StoreCustomersItem, StoreCustomersResult: customer Customer;
    StoreProductsRequest, StoreProductsItem, StoreProductsResult: product Product;
    StoreOrdersRequest, StoreOrdersItem, StoreOrdersResult: order Order;
}
