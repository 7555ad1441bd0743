//! What server and worker say to each other over their socket.
//!
//! A request is the operation, the length and the input. An answer is a kind,
//! a length and the body; messages come as they are logged, so that those
//! before a crash are kept.

use std::io;

/// Bytes before every body: two numbers, little end first.
pub(crate) const HEAD: usize = 8;
/// Bytes before the output within the body of a result: status, overflow.
pub(crate) const RESULT_HEAD: usize = 8;

/// What a worker sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The library is loaded; the body is its `lds_abi`.
    Ready,
    /// The library cannot be loaded; the body says why.
    Refused,
    /// A message: level and text.
    Log,
    /// The call is over: status, whether the output limit was hit, output.
    Result,
}

impl Kind {
    fn number(self) -> u32 {
        match self {
            Self::Ready => 1,
            Self::Refused => 2,
            Self::Log => 3,
            Self::Result => 4,
        }
    }

    fn from_number(number: u32) -> io::Result<Self> {
        [Self::Ready, Self::Refused, Self::Log, Self::Result]
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or_else(|| invalid("a frame of an unknown kind"))
    }
}

/// The head of a frame from the worker.
pub(crate) fn answer_head(kind: Kind, len: usize) -> io::Result<[u8; HEAD]> {
    head(kind.number(), len)
}

/// The head of a frame from the server.
pub(crate) fn request_head(op: u32, len: usize) -> io::Result<[u8; HEAD]> {
    head(op, len)
}

fn head(first: u32, len: usize) -> io::Result<[u8; HEAD]> {
    let len = u32::try_from(len).map_err(|_| invalid("a frame that is too long"))?;
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&first.to_le_bytes());
    head[4..].copy_from_slice(&len.to_le_bytes());
    Ok(head)
}

/// Kind and length of a frame from the worker, which is not trusted.
pub(crate) fn parse_answer(head: [u8; HEAD], longest: usize) -> io::Result<(Kind, usize)> {
    let (kind, len) = parse_request(head);
    if len > longest {
        return Err(invalid("a frame that is too long"));
    }
    Ok((Kind::from_number(kind)?, len))
}

/// Operation and length of a frame from the server.
pub(crate) fn parse_request(head: [u8; HEAD]) -> (u32, usize) {
    let both = u64::from_le_bytes(head);
    let op = u32::try_from(both & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    (op, usize::try_from(both >> 32).unwrap_or(usize::MAX))
}

/// A number at the start of a body, and the rest.
pub(crate) fn number(body: &[u8]) -> io::Result<(u32, &[u8])> {
    let (number, rest) = body
        .split_first_chunk::<4>()
        .ok_or_else(|| invalid("a frame that is too short"))?;
    Ok((u32::from_le_bytes(*number), rest))
}

pub(crate) fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
