//! Native libraries, called in worker processes: a library that crashes or
//! hangs costs its worker, never the server.
//!
//! `spawn` starts and ends processes; `memory` is what they share with the
//! server, `turn` how the two take turns, `link` the server's end of both;
//! `worker` is one process as the server sees it, `printed` what it prints, and
//! `pool` hands calls to them. The other side lies in [`crate::worker`].

mod link;
pub(crate) mod memory;
mod patience;
mod pool;
mod printed;
mod spawn;
pub(crate) mod turn;
mod worker;

pub(crate) use patience::Patience;
pub(crate) use pool::NativePlugin;
pub(crate) use spawn::Spawner;
