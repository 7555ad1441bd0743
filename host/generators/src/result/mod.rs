//! From what a plugin wrote to what is handed out: the result is checked whole
//! before any signer is called, then placeholders become signatures and sealed
//! files come from the vendor's program.

mod draft;
mod files;
mod slots;

pub(crate) use draft::{Draft, Refused, Signed, check_problems};
pub(crate) use files::{FileBytes, check_files};
