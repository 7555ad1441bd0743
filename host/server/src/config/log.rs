//! `[log]`: what is logged, and how.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// `[log]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// For people or for collectors.
    pub(crate) format: Format,
    /// From which severity on, by part of the program.
    pub(crate) filter: Filter,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For collectors.
    Json,
}

/// Directives such as `info` or `warn,lds_web=debug`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Filter(String);

impl Default for Filter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl Filter {
    /// Warnings and errors alone.
    pub(crate) fn warnings() -> Self {
        Self("warn".to_owned())
    }

    /// The filter itself.
    pub(crate) fn build(&self) -> EnvFilter {
        EnvFilter::builder().parse_lossy(&self.0)
    }
}

impl TryFrom<String> for Filter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match EnvFilter::builder().parse(&text) {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err(format!(
                "{text} is no filter such as info or warn,lds_web=debug"
            )),
        }
    }
}

impl From<Filter> for String {
    fn from(Filter(text): Filter) -> Self {
        text
    }
}
