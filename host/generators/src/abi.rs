//! Which version of the ABI the host speaks, and which plugins fit it.

use crate::error::LoadError;

/// The host's version: major in the upper half, minor in the lower.
pub(crate) const HOST_ABI: u32 = lds_plugin_api::ABI;

/// A plugin fits if it has the host's major and at most its minor.
pub(crate) fn check(found: u32) -> Result<(), LoadError> {
    let oldest = HOST_ABI & 0xffff_0000;
    if (oldest..=HOST_ABI).contains(&found) {
        return Ok(());
    }
    Err(LoadError::new(format!(
        "the plugin is built for version {}.{} of the interface, expected {}.{} or an older minor",
        found >> 16,
        found & 0xffff,
        HOST_ABI >> 16,
        HOST_ABI & 0xffff
    )))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn takes_the_same_major_and_no_newer_minor() {
        assert!(check(0x1_0000).is_ok());
        assert!(check(0x1_0001).is_err());
        assert!(check(0x2_0000).is_err());
        assert!(check(0).is_err());
    }
}
