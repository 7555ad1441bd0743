//! Plugins in folders: what their `plugin.toml` says of them.
//!
//! `manifest` reads that file, `open` makes a plugin of the folder. What the plugin says of itself
//! is none of this.

mod manifest;
mod open;

pub(crate) use open::open;
