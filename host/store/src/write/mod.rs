//! Writing: units that wait are taken by a writer, decided and committed together.
//!
//! [`queue`] holds what waits, [`names`] keeps units that touch the same rows apart, [`group`] is
//! one transaction, [`writer`] is the task that runs it and sorts out what fails.

pub(crate) mod audit;
mod batch;
mod group;
mod locks;
mod names;
mod queue;
mod requests;
pub(crate) mod roll;
mod search;
mod writer;

pub(crate) use group::decide;
pub(crate) use queue::{Queue, Touch};
pub(crate) use search::{attribute_digest, fold, texts};
pub(crate) use writer::Writer;
