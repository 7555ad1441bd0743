//! What all plugins that run in processes of their own have in common, libraries and programs: a
//! plugin that crashes or hangs costs its process, never the server.
//!
//! `spawn` starts and ends processes, `printed` logs what they print, `attempt` is one call with
//! its repetition, `pool` hands calls to processes that stay. How a process is talked to is
//! decided by the kind of worker.

mod attempt;
mod pool;
mod printed;
mod spawn;

pub(crate) use attempt::{Answer, Attempt, Failure, Repeated};
pub(crate) use pool::{Kind, Pool, Worker};
pub(crate) use printed::Printed;
pub(crate) use spawn::{Process, Spawner};
