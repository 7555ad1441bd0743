//! Packages: a plugin's files with a manifest that says what they are, and perhaps a signature.
//!
//! `files` reads folders and archives within limits, `manifest` is `plugin.toml`, `contents` holds
//! the two against each other, `trust` tells who signed, `open` makes a plugin of a package, `pack`
//! is what authors need, `installed` how packages lie in the plugin folder and `install` how they get
//! there. What the plugin says of itself is none of this.

mod contents;
mod files;
mod install;
mod installed;
mod manifest;
mod open;
mod pack;
mod trust;

pub use crate::stdio::Mode;
pub use contents::{Listed, Package};
pub use install::{Installation, Installer};
pub(crate) use installed::current;
pub use installed::{Installed, InstalledPackages};
pub use manifest::{Manifest, ManifestKind, PluginSection, ProcessSection, TestsSection};
pub use open::PackageStamp;
pub(crate) use open::{is_package, open, open_to_serve};
pub use pack::{sign, update};
pub use trust::{PublicKey, Signer};
