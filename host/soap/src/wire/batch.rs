//! Batches: plural state changes, and the shape of every batch's answer.

use serde::{Deserialize, Serialize};

use super::common::{ItemFailure, NameValue};

/// Declares the answer to a batch: its items, with these members of their own, and the whole.
macro_rules! batch_result {
    ($item:ident, $result:ident { $($(#[$doc:meta])* $member:ident: $type:ty,)* }) => {
        /// What became of one item.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $item {
            /// Place of the item in the request, from 0.
            pub index: u32,
            $($(#[$doc])* pub $member: $type,)*
            /// Why it was left out; absent if it was done.
            pub failure: Option<ItemFailure>,
            /// What later versions of the service add; ignored on input.
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
            /// What later versions of the service add; ignored on input.
            #[serde(default)]
            pub extra: Vec<NameValue>,
        }
    };
}
pub(super) use batch_result;

batch_result! {
    StateChangeItem, StateChangeResult {
        /// The id as given.
        id: String,
    }
}

/// Names what a state change is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StateChangeRequest {
    /// From 1 to 1000 of them.
    #[serde(default)]
    pub id: Vec<String>,
    /// Why; needed where something is taken away.
    pub reason: Option<String>,
    /// All or none; default false: those that fail are left out.
    pub atomic: Option<bool>,
    /// Chosen by the caller, up to 64 characters: the same request sent again is answered, not done again.
    pub request_id: Option<String>,
    /// Check and answer, but write nothing.
    pub dry_run: Option<bool>,
}
