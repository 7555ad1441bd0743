//! Which files of plugins serve: their digests as somebody saw them first or confirmed them later.
//! Where they are kept is not known here.

use std::collections::BTreeMap;

/// By where a plugin comes from: the id of its package, its section, or its file.
pub type Pins = BTreeMap<String, Pin>;

/// What is known of a plugin's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The name that products use.
    pub name: String,
    /// The digest of the files, in hex.
    pub digest: String,
}

/// What was found of them at a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPin {
    /// Where the plugin comes from.
    pub source: String,
    /// Its name and digest now.
    pub pin: Pin,
    /// Whether the digest is another than the one that was known.
    pub changed: bool,
}
