//! What is refused by its head alone: whatever two servers could understand differently.

use hyper::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use hyper::{Request, Version};

use super::head::{Head, Link};

/// Whether a request is framed in one way only. The text is for its sender.
///
/// # Errors
/// A sentence; such a request is answered with 400 and its connection closed.
pub(crate) fn check<B>(request: &Request<B>, link: &Link) -> Result<(), &'static str> {
    let headers = request.headers();
    match headers.get_all(HOST).iter().count() {
        0 if request.version() == Version::HTTP_11 => return Err("The Host header is missing."),
        0 | 1 => {}
        _ => return Err("There is more than one Host header."),
    }
    let mut encodings = headers.get_all(TRANSFER_ENCODING).iter();
    let Some(encoding) = encodings.next() else {
        return Ok(());
    };
    let plain = encoding
        .as_bytes()
        .trim_ascii()
        .eq_ignore_ascii_case(b"chunked");
    if !plain || encodings.next().is_some() {
        return Err("Transfer-Encoding can only be chunked.");
    }
    match link.head_has(request.method().as_str(), CONTENT_LENGTH.as_str()) {
        Head::HasNot => Ok(()),
        Head::Has => Err("A request has either Content-Length or Transfer-Encoding."),
        Head::Unknown => Err("A request with Transfer-Encoding can not be sent ahead."),
    }
}
