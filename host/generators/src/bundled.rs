//! The plugins that come with the server, as modules in its binary.

/// Name and module of each.
pub(crate) const BUNDLED: &[(&str, &[u8])] = &[
    (
        "flexnet",
        include_bytes!(concat!(env!("LDS_PLUGINS"), "/flexnet.wasm")),
    ),
    (
        "token",
        include_bytes!(concat!(env!("LDS_PLUGINS"), "/token.wasm")),
    ),
];
