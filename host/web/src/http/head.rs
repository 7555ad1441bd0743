//! The bytes of the present request, as they came, as far as they are of use: its head, and how
//! many there are in all.
//!
//! hyper drops a Content-Length that stands beside a Transfer-Encoding before anyone can see it.
//! A sender of both may try to smuggle a request past a proxy, so what came over the wire is kept
//! until its request is answered, and looked at when it matters. And only when every byte that came
//! belongs to a request that was answered does a connection wait for its client.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Body;
use hyper::header::TRANSFER_ENCODING;
use hyper::{HeaderMap, Request};

/// The longest head that is taken, in bytes.
pub(crate) const MAX_HEAD: usize = 16 << 10;
/// What a chunked body ends with, trailers apart.
const LAST_CHUNK: [u8; 5] = *b"0\r\n\r\n";

/// What one connection's socket and its requests share.
#[derive(Clone, Default)]
pub(crate) struct Link(Arc<Mutex<State>>);

struct State {
    seen: Seen,
    turn: Turn,
    /// The connection is being closed, or will be after the present answer.
    lingers: bool,
    /// The client has yet to take something that was sent.
    is_stalled: bool,
    /// Nothing that comes now is looked at.
    is_closed: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            seen: Seen::new(true),
            turn: Turn::Client,
            lingers: false,
            is_stalled: false,
            is_closed: false,
        }
    }
}

/// What came since the last answer.
struct Seen {
    /// Whether it begins where the present request begins. When something was sent ahead it is not
    /// known any more, for the rest of the connection.
    is_known: bool,
    /// The beginning, up to the longest head.
    head: Vec<u8>,
    /// The last bytes.
    tail: [u8; LAST_CHUNK.len()],
    /// Bytes in all.
    count: u64,
}

/// Whose turn it is.
#[derive(Clone, Copy)]
enum Turn {
    /// The client's: nothing was asked yet.
    Client,
    /// The server's, with a request whose body ends so.
    Server(BodyEnd),
    /// The client's again, since then; the connection may be taken apart.
    Waits(Instant),
}

/// How it is known where a request's body ends.
#[derive(Clone, Copy)]
pub(super) enum BodyEnd {
    /// After so many bytes.
    After(u64),
    /// Where its last chunk does.
    LastChunk,
}

impl BodyEnd {
    /// That of a request as hyper reads it.
    pub(super) fn of<B: Body>(request: &Request<B>) -> Self {
        let exact = request.body().size_hint().exact();
        match exact {
            Some(bytes) if !is_chunked(request.headers()) => Self::After(bytes),
            _ => Self::LastChunk,
        }
    }
}

fn is_chunked(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
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
        self.with(|state| state.seen.add(bytes));
    }

    /// A request is there, with a body that ends so.
    pub(super) fn asked(&self, end: BodyEnd) {
        self.with(|state| {
            // All of its head came together with what was before.
            state.seen.is_known &= state.seen.count > 0;
            state.turn = Turn::Server(end);
        });
    }

    /// The present request is answered; what comes now belongs to the next. The answer may be at
    /// hand as a whole, so that nothing but the client is waited for.
    pub(super) fn answered(&self, is_at_hand: bool) {
        self.with(|state| {
            let Turn::Server(end) = state.turn else {
                return;
            };
            let is_whole = state.seen.ends_with(end);
            state.seen = Seen::new(is_whole);
            // Of a body in chunks it is not certain that its last bytes are its end.
            if is_whole && is_at_hand && matches!(end, BodyEnd::After(_)) {
                state.turn = Turn::Waits(Instant::now());
            }
        });
    }

    /// Since when the connection waits for its client: every byte that came belongs to a request
    /// that was answered, and there are no others.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        self.with(|state| {
            let is_over = state.lingers || state.is_closed;
            match state.turn {
                Turn::Waits(since) if state.seen.count == 0 && !state.is_stalled && !is_over => {
                    Some(since)
                }
                _ => None,
            }
        })
    }

    /// Whether it waits for its client, for so long at least.
    pub(super) fn waits_for(&self, time: Duration) -> bool {
        self.waits_since()
            .is_some_and(|since| since.elapsed() >= time)
    }

    /// Whether the client has yet to take something that was sent.
    pub(super) fn stalls(&self, is_stalled: bool) {
        self.with(|state| state.is_stalled = is_stalled);
    }

    /// The sender may still be sending when the connection is closed: let him read the answer.
    pub(crate) fn linger(&self) {
        self.with(|state| state.lingers = true);
    }

    /// The connection is closed.
    pub(super) fn closes(&self) {
        self.with(|state| state.is_closed = true);
    }

    pub(super) fn lingers(&self) -> bool {
        self.with(|state| state.lingers)
    }

    /// Whether the head of the present request, with this method, has a header of this name.
    pub(crate) fn head_has(&self, method: &str, name: &str) -> Head {
        self.with(|state| {
            if state.seen.is_known {
                head_has(&state.seen.head, method, name)
            } else {
                Head::Unknown
            }
        })
    }
}

impl Seen {
    fn new(is_known: bool) -> Self {
        Self {
            is_known,
            head: Vec::new(),
            tail: [0; LAST_CHUNK.len()],
            count: 0,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = MAX_HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let length = self.tail.len();
        let last = &bytes[bytes.len().saturating_sub(length)..];
        self.tail.rotate_left(last.len());
        self.tail[length - last.len()..].copy_from_slice(last);
        self.count += bytes.len() as u64;
    }

    /// Whether it is one request, whole, and not a byte more.
    fn ends_with(&self, end: BodyEnd) -> bool {
        let start = start(&self.head);
        let Some(head) = head_length(&self.head[start..]).filter(|_| self.is_known) else {
            return false;
        };
        match end {
            BodyEnd::After(bytes) => self.count.checked_sub((start + head) as u64) == Some(bytes),
            BodyEnd::LastChunk => self.tail == LAST_CHUNK,
        }
    }
}

/// Empty lines before a request are allowed, and passed over by hyper too.
fn start(seen: &[u8]) -> usize {
    let start = seen.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    start.unwrap_or_default()
}

/// Bytes up to the first empty line and with it. Like hyper, it takes lines without carriage return.
fn head_length(seen: &[u8]) -> Option<usize> {
    let ends = |place: &usize| {
        let rest = &seen[place + 1..];
        rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    };
    let mut lines = (0..seen.len()).filter(|place| seen[*place] == b'\n');
    let last = lines.find(ends)?;
    Some(last + if seen[last + 1] == b'\n' { 2 } else { 3 })
}

fn head_has(seen: &[u8], method: &str, name: &str) -> Head {
    let seen = &seen[start(seen)..];
    let line = seen.strip_prefix(method.as_bytes());
    if !line.is_some_and(|line| line.starts_with(b" ")) {
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
        assert_eq!(link.with(|state| state.seen.head.len()), MAX_HEAD);
        assert_eq!(link.with(|state| state.seen.count), MAX_HEAD as u64 + 5);
    }

    const HEAD: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n";

    /// A link on which these bytes came before a request with such a body was asked and answered.
    fn after(pieces: &[&[u8]], end: BodyEnd) -> Link {
        let link = Link::default();
        for piece in pieces {
            link.saw(piece);
        }
        link.asked(end);
        link.answered(true);
        link
    }

    fn waits(link: &Link) -> bool {
        link.waits_for(Duration::ZERO)
    }

    #[test]
    fn a_connection_waits_when_all_that_came_was_answered() {
        let two = BodyEnd::After(2);
        assert!(waits(&after(&[HEAD, b"ab"], two)));
        assert!(waits(&after(&[b"\r\n", HEAD, b"ab"], two)));
        assert!(waits(&after(&[b"POST / HTTP/1.1\nA: b\n\nab"], two)));
        let none: [&[&[u8]]; 5] = [
            &[HEAD],
            &[HEAD, b"a"],
            &[HEAD, b"ab", b"P"],
            &[HEAD, b"ab\r\n"],
            // The head ends earlier than it seems.
            &[b"POST / HTTP/1.1\n\nab\r\n\r\n"],
        ];
        for pieces in none {
            assert!(!waits(&after(pieces, two)), "{pieces:?}");
        }
        assert!(!waits(&Link::default()));
    }

    #[test]
    fn a_connection_that_is_closed_or_not_taken_from_does_not_wait() {
        let link = after(&[HEAD, b"ab"], BodyEnd::After(2));
        link.stalls(true);
        assert!(!waits(&link));
        link.stalls(false);
        link.saw(b"P");
        assert!(!waits(&link));
        for end in [Link::linger, Link::closes] {
            let link = after(&[HEAD, b"ab"], BodyEnd::After(2));
            end(&link);
            assert!(!waits(&link));
        }
        let link = Link::default();
        link.saw(&[HEAD, b"ab"].concat());
        link.asked(BodyEnd::After(2));
        assert!(!waits(&link));
        link.answered(false);
        assert!(!waits(&link));
    }

    #[test]
    fn what_is_sent_ahead_makes_heads_unknown() {
        let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let next = |link: &Link| {
            link.saw(HEAD);
            link.asked(BodyEnd::After(2));
            link.head_has("POST", "x")
        };
        let two = BodyEnd::After(2);
        assert_eq!(next(&after(&[HEAD, b"ab"], two)), Head::HasNot);
        assert_eq!(next(&after(&[HEAD, b"abPOST "], two)), Head::Unknown);
        let last = BodyEnd::LastChunk;
        assert_eq!(
            next(&after(&[chunked, b"1\r\na\r\n0\r", b"\n\r\n"], last)),
            Head::HasNot
        );
        assert_eq!(
            next(&after(&[chunked, b"0\r\n\r\nPOST / HT"], last)),
            Head::Unknown
        );
        let link = after(&[HEAD, b"ab"], two);
        link.asked(two);
        link.saw(HEAD);
        assert_eq!(link.head_has("POST", "x"), Head::Unknown);
    }
}
