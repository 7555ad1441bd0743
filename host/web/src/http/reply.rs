//! Replies: plain ones for refusals, packed ones where the client takes them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{Either, Full};
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, ALLOW, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY,
};
use hyper::{HeaderMap, Response, StatusCode};

use super::body::Refused;
use super::media;

/// Bytes at hand, or whatever a page answers with.
pub(crate) type Body = Either<Full<Bytes>, axum::body::Body>;

/// Smaller replies are not worth packing.
const WORTH_PACKING: usize = 1024;

/// A reply of bytes at hand.
pub(crate) fn bytes(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Body> {
    let mut reply = Response::new(Either::Left(Full::new(body.into())));
    *reply.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    reply.headers_mut().insert(CONTENT_TYPE, content_type);
    reply
}

/// A reply of bytes that are packed if the request takes it and it is worth it.
pub(crate) fn packed(
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    request: &HeaderMap,
) -> Response<Body> {
    let gzip = (body.len() > WORTH_PACKING && takes_gzip(request)).then(|| pack(&body));
    let Some(Ok(gzip)) = gzip else {
        return bytes(status, content_type, body);
    };
    let mut reply = bytes(status, content_type, gzip);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    reply
}

fn takes_gzip(request: &HeaderMap) -> bool {
    request
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(media::accepts_gzip)
}

fn pack(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

/// A refusal in a line of text.
pub(crate) fn refusal(status: StatusCode, text: &'static str) -> Response<Body> {
    bytes(status, "text/plain; charset=utf-8", text)
}

/// The refusal of a method; the resource takes those that are allowed.
pub(crate) fn not_allowed(allow: &'static str, text: &'static str) -> Response<Body> {
    let mut reply = refusal(StatusCode::METHOD_NOT_ALLOWED, text);
    let allow = HeaderValue::from_static(allow);
    reply.headers_mut().insert(ALLOW, allow);
    reply
}

/// The refusal of a request that can not be taken as it is. Its body is not read, so the
/// connection ends.
pub(crate) fn bad_request(text: &'static str) -> Response<Body> {
    closing(refusal(StatusCode::BAD_REQUEST, text))
}

/// The refusal of a body; what is left of it is not read, so the connection ends.
pub(crate) fn refused_body(refused: Refused) -> Response<Body> {
    let (status, text) = match refused {
        Refused::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The message is too large.\n"),
        Refused::Full => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many large messages come at once. Try again later.\n",
        ),
        Refused::Slow => (StatusCode::REQUEST_TIMEOUT, "The message took too long.\n"),
        Refused::Broken => (StatusCode::BAD_REQUEST, "The message is damaged.\n"),
        Refused::Coding => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Messages may be packed with gzip only.\n",
        ),
    };
    closing(refusal(status, text))
}

/// Ends the connection behind the reply.
pub(crate) fn closing(mut reply: Response<Body>) -> Response<Body> {
    let close = HeaderValue::from_static("close");
    reply.headers_mut().insert(CONNECTION, close);
    reply
}
