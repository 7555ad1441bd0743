//! From a plugin's file to a plugin that has told what it is.
//!
//! `candidate` finds what there is to load, `shelf` what of it lies in the plugin folder, `probe` asks one plugin, `describe`
//! and `definitions` check its answer, `found` does it for all. Who is admitted
//! is decided in [`crate::registry`].

mod candidate;
mod definitions;
mod describe;
mod found;
mod probe;
mod shelf;

pub(crate) use candidate::Origin;
pub(crate) use definitions::{definitions, to_json};
pub use describe::Described;
pub(crate) use found::{Found, find_all};
pub(crate) use probe::{Probed, interrogate, probe};
