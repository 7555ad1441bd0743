//! Native libraries, called in worker processes.
//!
//! `memory` is what a worker shares with the server, `turn` how the two take
//! turns, `link` the server's end of both, `worker` one process as the server
//! sees it, and `library` how such processes are started. The other side lies
//! in [`crate::worker`].

mod library;
mod link;
pub(crate) mod memory;
mod patience;
pub(crate) mod turn;
mod worker;

pub(crate) use library::Library;
pub(crate) use patience::Patience;
