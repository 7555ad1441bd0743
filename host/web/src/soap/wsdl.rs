//! Serves the WSDLs: to everyone, with the address under which the service was reached.

use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use lds_soap::{Service, Version, wsdl};

use super::{generator_at, path};
use crate::http::reply::{self, Body};

/// Which WSDL a query asks for, if it does; tools differ in how they write it.
pub(super) fn asked(query: Option<&str>) -> Option<Version> {
    let query = query?.to_ascii_lowercase();
    match query.split('&').next()? {
        "wsdl" | "wsdl=" | "singlewsdl" => Some(Version::Soap11),
        "wsdl=soap12" => Some(Version::Soap12),
        _ => None,
    }
}

/// The WSDL, under a base URL.
pub(super) fn serve(
    service: Service,
    version: Version,
    base_url: Option<&str>,
    request: &Parts,
) -> Response<Body> {
    let Some(base_url) = base_url else {
        return reply::refusal(StatusCode::BAD_REQUEST, "The Host header names no host.\n");
    };
    // A generator's own path leads there again.
    let path = generator_at(request.uri.path()).map_or(path(service), |_| request.uri.path());
    let url = format!("{}{path}", base_url.trim_end_matches('/'));
    let document = wsdl::serve(service, version, &url).into_bytes();
    let content_type = Version::Soap11.content_type();
    reply::packed(StatusCode::OK, content_type, document, &request.headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_asks_for_a_version() {
        for (query, version) in [
            ("wsdl", Some(Version::Soap11)),
            ("WSDL", Some(Version::Soap11)),
            ("singleWsdl", Some(Version::Soap11)),
            ("wsdl=soap12", Some(Version::Soap12)),
            ("wsdl=other", None),
            ("xsd=1", None),
            ("", None),
        ] {
            assert_eq!(asked(Some(query)), version, "{query}");
        }
        assert_eq!(asked(None), None);
    }
}
