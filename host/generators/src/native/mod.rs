//! Native libraries, called in worker processes: a library that crashes or
//! hangs costs its worker, never the server.
//!
//! `spawn` starts and ends processes, `frame` is what they speak over a
//! `socket`, `worker` is
//! one process as the server sees it and `pool` hands calls to them. The other
//! side lies in [`crate::worker`].

pub(crate) mod frame;
mod patience;
mod pool;
mod socket;
mod spawn;
mod worker;

pub(crate) use patience::Patience;
pub(crate) use pool::NativePlugin;
pub(crate) use spawn::Spawner;
