//! Creating and replacing, in batches.

use serde::{Deserialize, Serialize};

use super::batch::batch_result;
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

        batch_result! {
            $item, $result {
                /// As it is now.
                $member: Option<$entity>,
            }
        }
    )+};
}

store! {
    StoreUsersRequest, StoreUsersItem, StoreUsersResult: user User;
    StoreCustomersRequest, StoreCustomersItem, StoreCustomersResult: customer Customer;
    StoreProductsRequest, StoreProductsItem, StoreProductsResult: product Product;
    StoreOrdersRequest, StoreOrdersItem, StoreOrdersResult: order Order;
}
