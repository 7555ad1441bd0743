//! The bytes of the present request's head, as they came.
//!
//! hyper drops a Content-Length that stands beside a Transfer-Encoding before anyone can see it.
//! A sender of both may try to smuggle a request past a proxy, so what came over the wire is kept
//! until its request is answered, and looked at when it matters.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest head that is taken, in bytes.
pub(crate) const MAX_HEAD: usize = 16 << 10;

/// What one connection's socket and its requests share.
#[derive(Clone, Default)]
pub(crate) struct Link(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    seen: Vec<u8>,
    lingers: bool,
    is_stalled: bool,
    turn: Turn,
}

/// Whose turn it is.
#[derive(Clone, Copy, Default)]
enum Turn {
    /// Nobody has asked yet.
    #[default]
    Client,
    /// A request is being answered, or an answer may not yet be at hand as a whole.
    Server,
    /// The client's again, with an answer that may be on its way.
    Answered(Instant),
}

/// What is seen of a request's head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// It came together with others, and is not known byte by byte.
    Unknown,
    /// It has such a header.
    Has,
    /// It has none.
    HasNot,
}

impl Link {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes note of bytes that arrived.
    pub(super) fn saw(&self, bytes: &[u8]) {
        self.with(|state| {
            let room = MAX_HEAD.saturating_sub(state.seen.len());
            state
                .seen
                .extend_from_slice(&bytes[..bytes.len().min(room)]);
        });
    }

    /// A request is there.
    pub(super) fn asked(&self) {
        self.with(|state| state.turn = Turn::Server);
    }

    /// The present request is answered; what comes now belongs to the next. The answer may be at
    /// hand as a whole.
    pub(super) fn answered(&self, is_at_hand: bool) {
        self.with(|state| {
            state.seen = Vec::new();
            if is_at_hand {
                state.turn = Turn::Answered(Instant::now());
            }
        });
    }

    /// When the last answer was at hand.
    pub(super) fn answered_at(&self) -> Option<Instant> {
        match self.with(|state| state.turn) {
            Turn::Answered(at) => Some(at),
            Turn::Client | Turn::Server => None,
        }
    }

    /// Whether nothing has come for so long since the last answer, and the client has taken that.
    pub(super) fn waits_for(&self, time: Duration) -> bool {
        let answered = self.answered_at();
        answered.is_some_and(|at| at.elapsed() >= time)
            && self.with(|state| state.seen.is_empty() && !state.is_stalled)
    }

    /// Whether the client has yet to take something that was sent.
    pub(super) fn stalls(&self, is_stalled: bool) {
        self.with(|state| state.is_stalled = is_stalled);
    }

    /// The sender may still be sending when the connection is closed: let him read the answer.
    pub(crate) fn linger(&self) {
        self.with(|state| state.lingers = true);
    }

    pub(super) fn lingers(&self) -> bool {
        self.with(|state| state.lingers)
    }

    /// Whether the head of the present request, with this method, has a header of this name.
    pub(crate) fn head_has(&self, method: &str, name: &str) -> Head {
        self.with(|state| head_has(&state.seen, method, name))
    }
}

fn head_has(seen: &[u8], method: &str, name: &str) -> Head {
    // Empty lines before a request are allowed, and passed over by hyper too.
    let start = seen.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    let seen = &seen[start.unwrap_or_default()..];
    if !seen.starts_with(method.as_bytes()) {
        return Head::Unknown;
    }
    let is_named = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':');
        colon.is_some_and(|end| line[..end].eq_ignore_ascii_case(name.as_bytes()))
    };
    for line in seen.split(|byte| *byte == b'\n').skip(1) {
        match line.strip_suffix(b"\r").unwrap_or(line) {
            [] => return Head::HasNot,
            line if is_named(line) => return Head::Has,
            _ => {}
        }
    }
    Head::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &[u8] =
        b"\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\ncontent-LENGTH: 5\r\n\r\n0\r\n\r\n";

    #[test]
    fn a_header_is_found_in_any_case() {
        assert_eq!(head_has(BOTH, "POST", "content-length"), Head::Has);
        assert_eq!(head_has(BOTH, "POST", "content"), Head::HasNot);
    }

    #[test]
    fn what_follows_the_head_is_none_of_it() {
        let body = b"POST / HTTP/1.1\r\nHost: a\r\n\r\nContent-Length: 5\r\n\r\n";
        assert_eq!(head_has(body, "POST", "content-length"), Head::HasNot);
    }

    #[test]
    fn another_head_and_half_a_head_are_not_known() {
        assert_eq!(head_has(BOTH, "GET", "content-length"), Head::Unknown);
        assert_eq!(
            head_has(b"POST / HTTP/1.1\r\nHo", "POST", "x"),
            Head::Unknown
        );
        assert_eq!(head_has(b"", "POST", "x"), Head::Unknown);
    }

    #[test]
    fn no_more_than_a_head_is_kept() {
        let link = Link::default();
        link.saw(&vec![b'x'; MAX_HEAD + 1]);
        link.saw(b"more");
        assert_eq!(link.with(|state| state.seen.len()), MAX_HEAD);
        link.answered(true);
        assert_eq!(link.with(|state| state.seen.len()), 0);
    }
}
