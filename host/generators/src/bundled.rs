//! The plugins that come with the server, as modules in its binary.

/// Name and module of each.
pub(crate) const BUNDLED: &[(&str, &[u8])] = &[];
