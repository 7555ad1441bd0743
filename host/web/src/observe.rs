//! What is told of requests that are no calls of a service: pages, WSDLs, refusals. Calls tell of
//! themselves.

use std::time::Instant;

use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode, Uri};

use crate::http::reply::Body;

/// A request, until it is answered.
pub(crate) struct Seen {
    method: Method,
    uri: Uri,
    at: Instant,
}

impl Seen {
    /// Keeps what is needed of the request.
    pub(crate) fn new(request: &Request<Incoming>, at: Instant) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            at,
        }
    }

    /// Counts the request and writes its line in the log. Paths that lead nowhere are not shown:
    /// who knows what was typed there.
    pub(crate) fn answered(&self, reply: &Response<Body>) {
        let status = reply.status();
        let path = match status {
            StatusCode::NOT_FOUND => "-",
            _ => self.uri.path(),
        };
        metrics::counter!("lds_http_requests_total", "status" => status.as_str().to_owned())
            .increment(1);
        tracing::info!(
            method = self.method.as_str(),
            path,
            status = status.as_u16(),
            duration_us = u64::try_from(self.at.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered a request"
        );
    }
}
