//! Programs: any executable that takes requests on standard input and answers on standard output.
//!
//! `program` is what is started and how, `frame` a line of the two streams, `lines` a process that
//! stays and takes one line after the other, `oneshot` a run for each call, `resident` watches how
//! much memory they have. What a program gives up before it runs is decided in [`crate::worker`].

mod frame;
mod lines;
mod oneshot;
mod program;
mod resident;

pub(crate) use lines::Lines;
pub(crate) use oneshot::OneShot;
pub use program::Mode;
pub(crate) use program::{Program, Starter};
