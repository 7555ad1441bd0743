//! What many types share.

use serde::{Deserialize, Serialize};

/// A name and its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameValue {
    /// The name.
    pub name: String,
    /// The value, up to 4000 characters.
    pub value: String,
}

/// Why an item of a batch was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFailure {
    /// What went wrong, to branch on: one of the codes of `ServiceFault`.
    pub code: String,
    /// A sentence fit for an end user.
    pub message: String,
    /// Path in the item of the member at fault, as in `contact[0].name`.
    pub field: Option<String>,
    /// Whether the same item may succeed later.
    pub retryable: bool,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// A text to look for, without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFilter {
    /// The text.
    pub value: String,
    /// How it is compared; `PREFIX` if absent. `CONTAINS` needs three characters at least.
    #[serde(rename = "match")]
    pub matching: Option<String>,
}
