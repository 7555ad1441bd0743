//! Plural state changes.

use serde::{Deserialize, Serialize};

use super::common::{ItemFailure, NameValue};

/// What became of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChangeItem {
    /// Place of the item in the request, from 0.
    pub index: u32,
    /// The id as given.
    pub id: String,
    /// Why it was left out; absent if it was done.
    pub failure: Option<ItemFailure>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChangeResult {
    /// `SUCCESS`, `PARTIAL_FAILURE` or `FAILURE`.
    pub status: String,
    /// Number of items.
    pub total: u32,
    /// How many failed themselves.
    pub failed: u32,
    /// Each item, in the order of the request.
    #[serde(default)]
    pub item: Vec<StateChangeItem>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
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
