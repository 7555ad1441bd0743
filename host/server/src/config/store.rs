//! `[store]`: which database, and how it is written.

use std::path::PathBuf;

use lds_store::{PostgresOptions, SqliteOptions};
use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::secret::{self, Secret};

/// `[store]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// A PostgreSQL database; a secret, because of the password in it.
    pub(crate) url: Option<Secret>,
    /// A file with the URL.
    pub(crate) url_file: Option<PathBuf>,
    /// Units of work that are committed together at most.
    pub(crate) group_size: u16,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            url: None,
            url_file: None,
            group_size: 64,
        }
    }
}

impl Store {
    /// The URL of a PostgreSQL database; without one the embedded database is used.
    pub(crate) fn postgres_url(&self) -> Result<Option<Secret>, ConfigError> {
        let url = secret::read("store.url", self.url.as_ref(), self.url_file.as_deref())?;
        match url {
            Some(url) if !is_postgres(url.expose()) => Err(ConfigError::new(
                "store.url is no URL of PostgreSQL such as postgres://user:password@host/lds",
            )),
            url => Ok(url),
        }
    }

    /// How the embedded database works, in a server or in a command beside it.
    pub(crate) fn sqlite(&self, beside_server: bool) -> SqliteOptions {
        SqliteOptions {
            group_size: self.group_size.into(),
            beside_server,
            ..SqliteOptions::default()
        }
    }

    /// How a PostgreSQL database is used.
    pub(crate) fn postgres(&self) -> PostgresOptions {
        PostgresOptions {
            group_size: self.group_size.into(),
            ..PostgresOptions::default()
        }
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}
