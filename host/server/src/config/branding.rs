//! `[branding]`: what the customer's page shows of the vendor.

use serde::{Deserialize, Serialize};

/// `[branding]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Branding {
    /// The name at the top of each page.
    pub(crate) name: String,
    /// Whom customers can write to.
    pub(crate) support_email: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            name: "License portal".to_owned(),
            support_email: None,
        }
    }
}
