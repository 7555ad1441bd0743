//! The plugins that come with the server, as modules in its binary.

/// A plugin in the binary.
pub(crate) struct Bundled {
    /// The name that products use.
    pub(crate) name: &'static str,
    /// The artefact.
    pub(crate) module: &'static [u8],
}

macro_rules! bundled {
    ($name:literal) => {
        Bundled {
            name: $name,
            module: include_bytes!(concat!(env!("LDS_PLUGINS"), "/", $name, ".wasm")),
        }
    };
}

/// In service unless the operator switches them off.
pub(crate) const BUNDLED: &[Bundled] = &[bundled!("flexnet"), bundled!("token")];

/// Listed, and in service only where the operator has a section for it: what an example writes is
/// not fit to be sold.
pub(crate) const EXAMPLES: &[Bundled] = &[bundled!("hello")];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Bundled> {
    BUNDLED.iter().chain(EXAMPLES)
}
