//! Whose turn it is: the server's with a request, the worker's with the answer.
//!
//! A side looks for its turn in the shared memory for a while, then says that
//! it is asleep and waits for a byte on the socket. A byte too many does no
//! harm: whoever it wakes looks again.

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;

use rustix::io::Errno;
use rustix::net::{SendFlags, send};

use super::memory::Side;

/// Whether this side has passed the turn of this number: then what it wrote
/// before is seen.
pub(crate) fn passed(side: &Side, turn: u32) -> bool {
    side.turn.load(Ordering::SeqCst) == turn
}

/// Passes the turn to the other side and wakes it if it sleeps.
pub(crate) fn pass(mine: &Side, turn: u32, other: &Side, socket: impl AsFd) -> io::Result<()> {
    mine.turn.store(turn, Ordering::SeqCst);
    if other.asleep.load(Ordering::SeqCst) == 0 {
        return Ok(());
    }
    other.asleep.store(0, Ordering::SeqCst);
    match send(socket, b"!", SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
        // A socket that is full of bytes wakes as well.
        Ok(_) | Err(Errno::AGAIN) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether this side must sleep until its turn. It says so first and looks
/// then: the other side may have passed the turn before it could know.
pub(crate) fn must_sleep(mine: &Side, turn: u32, other: &Side) -> bool {
    mine.asleep.store(1, Ordering::SeqCst);
    !passed(other, turn)
}
