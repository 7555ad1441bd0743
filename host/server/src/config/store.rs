//! `[store]`: which database, and how it is written.

use std::path::{Path, PathBuf};

use lds_store::Location;
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
    /// The database: that of the URL, else the embedded one in the data directory.
    pub(crate) fn options(&self, data_dir: &Path) -> Result<lds_store::Options, ConfigError> {
        let url = secret::read("store.url", self.url.as_ref(), self.url_file.as_deref())?;
        let location = match url {
            None => Location::Sqlite(data_dir.to_owned()),
            Some(url) if is_postgres(url.expose()) => Location::Postgres(url.expose().to_owned()),
            Some(_) => {
                return Err(ConfigError::new(
                    "store.url is no URL of PostgreSQL such as postgres://user:password@host/lds",
                ));
            }
        };
        Ok(lds_store::Options {
            location,
            group_size: self.group_size.max(1).into(),
        })
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}
