//! What every page carries and every form is checked for, so that no other site frames a page,
//! runs a script in it or sends a form in a customer's name.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::Response;

const POLICY: &str =
    "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 3] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
];

/// Adds the headers; an answer that does not say how long it is kept is not kept at all.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether a form may have been sent by another site. `Sec-Fetch-Site` decides where the browser
/// sends it; else the origin does. The origin `null` tells nothing: browsers send it from our own
/// pages, which give no referrer.
pub(super) fn is_cross_site(headers: &HeaderMap, uri: &Uri) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return site == "cross-site";
    }
    let host = text(headers, HOST.as_str())
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    match text(headers, ORIGIN.as_str()) {
        None | Some("null") => false,
        Some(origin) => {
            let origin = origin.split_once("://").map_or(origin, |(_, rest)| rest);
            host.is_none_or(|host| !host.eq_ignore_ascii_case(origin))
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        is_cross_site(&headers, &Uri::from_static("/activate"))
    }

    #[test]
    fn forms_of_other_sites_are_told_from_ours() {
        let host = ("host", "licenses.example:8443");
        assert!(!refused(&[host]));
        assert!(!refused(&[host, ("origin", "null")]));
        assert!(!refused(&[
            host,
            ("origin", "https://Licenses.example:8443")
        ]));
        assert!(refused(&[host, ("origin", "https://licenses.example")]));
        assert!(refused(&[host, ("origin", "https://evil.example")]));
        assert!(refused(&[("origin", "https://evil.example")]));
    }

    #[test]
    fn what_the_browser_says_decides() {
        let host = ("host", "inner:8080");
        let origin = ("origin", "https://licenses.example");
        assert!(!refused(&[host, origin, ("sec-fetch-site", "same-origin")]));
        assert!(!refused(&[host, ("sec-fetch-site", "none")]));
        assert!(refused(&[host, ("sec-fetch-site", "cross-site")]));
    }
}
