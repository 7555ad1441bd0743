//! Style, icons and script of the pages, embedded in the binary and named by their digest for
//! caches.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// Kept for an hour, then asked for again by its digest.
const KEPT: &str = "public, max-age=3600";

/// `GET /assets/{file}`.
pub(super) async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some((asset, media_type)) = Assets::get(&file).zip(media_type(&file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = entity_tag(&asset.metadata.sha256_hash());
    let fresh = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|tags| tags.contains(&tag));
    let caching = [(ETAG, tag), (CACHE_CONTROL, KEPT.to_owned())];
    if fresh {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let body = Body::from(asset.data.into_owned());
    (caching, [(CONTENT_TYPE, media_type)], body).into_response()
}

fn media_type(file: &str) -> Option<&'static str> {
    match file.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

fn entity_tag(digest: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in digest.iter().take(16) {
        // Writing to a text can't fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_has_a_media_type() {
        for file in Assets::iter() {
            assert!(media_type(&file).is_some(), "{file}");
        }
    }

    #[tokio::test]
    async fn an_asset_that_is_known_is_not_sent_again() {
        let ask = |headers| serve(Path("style.css".to_owned()), headers);
        let first = ask(HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
        let mut known = HeaderMap::new();
        known.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
        assert_eq!(ask(known).await.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for file in ["../Cargo.toml", "nothing.css", ""] {
            let answer = serve(Path(file.to_owned()), HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{file}");
        }
    }
}
