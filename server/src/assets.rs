//! The files browsers load, embedded in the binary, served under an address that names their version.
//!
//! `build.rs` makes the table from what `cargo xtask build` left. The version in the address changes with any
//! content, so a browser may keep a file for ever (RFC 8246). An address of another release still answers, with
//! today's file and no caching: pages that were open during an update keep working. Nothing is compressed
//! here; the copies are made at build time.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// As in the address, with `/` between folders.
    pub name: &'static str,
    /// The media type to serve it as.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// The same, compressed by brotli (RFC 7932), where that makes sense.
    pub brotli: Option<&'static [u8]>,
}

/// The file of that name.
pub fn find(name: &str) -> Option<&'static Asset> {
    let index = ASSETS.binary_search_by(|asset| asset.name.cmp(name)).ok()?;
    ASSETS.get(index)
}

/// Twelve hexadecimal digits that change with the content of any file.
pub fn version() -> &'static str {
    VERSION
}

/// `GET /assets/{version}/{name}`.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new().route("/assets/{version}/{*name}", get(serve))
}

async fn serve(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    match find(&name) {
        Some(asset) => respond(asset, version == VERSION, accepts_brotli(&headers)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(asset: &Asset, current: bool, accepts_brotli: bool) -> Response {
    let brotli = asset.brotli.filter(|_| accepts_brotli);
    let mut response = brotli.unwrap_or(asset.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, if current { FOR_EVER } else { ASK_AGAIN });
    if asset.brotli.is_some() {
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if brotli.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) names brotli with a weight above nought.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("br") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: Asset = Asset {
        name: "a.js",
        content_type: "text/javascript; charset=utf-8",
        bytes: b"let a",
        brotli: Some(b"compressed"),
    };

    fn header(response: &Response, name: axum::http::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn accepting(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_current_version_may_be_kept_for_ever() {
        let response = respond(&SCRIPT, true, false);
        assert_eq!(header(&response, CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(header(&response, CONTENT_TYPE), "text/javascript; charset=utf-8");
        assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), "nosniff");
    }

    #[test]
    fn another_version_is_answered_but_not_kept() {
        let response = respond(&SCRIPT, false, true);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, CACHE_CONTROL), "no-cache");
    }

    #[tokio::test]
    async fn brotli_is_sent_to_those_who_take_it() {
        let response = respond(&SCRIPT, true, true);
        assert_eq!(header(&response, CONTENT_ENCODING), "br");
        assert_eq!(header(&response, VARY), "accept-encoding");
        assert_eq!(axum::body::to_bytes(response.into_body(), 100).await.unwrap(), "compressed");

        let response = respond(&SCRIPT, true, false);
        assert_eq!(header(&response, CONTENT_ENCODING), "");
        assert_eq!(header(&response, VARY), "accept-encoding");
        assert_eq!(axum::body::to_bytes(response.into_body(), 100).await.unwrap(), "let a");
    }

    #[test]
    fn a_file_without_a_compressed_copy_is_sent_as_it_is() {
        let icon = Asset { name: "a.png", content_type: "image/png", bytes: b"png", brotli: None };
        let response = respond(&icon, true, true);
        assert_eq!(header(&response, CONTENT_ENCODING), "");
        assert_eq!(header(&response, VARY), "");
    }

    #[test]
    fn accept_encoding_is_read_with_its_weights() {
        for yes in ["br", "gzip, deflate, br, zstd", "gzip;q=1.0, BR; q=0.5"] {
            assert!(accepts_brotli(&accepting(yes)), "{yes}");
        }
        for no in ["", "gzip", "br;q=0", "br; q=0.000", "bro", "br;q=x"] {
            assert!(!accepts_brotli(&accepting(no)), "{no}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn an_unknown_file_is_not_found() {
        use tower::ServiceExt as _;
        let request =
            axum::http::Request::get("/assets/0/no-such.js").body(axum::body::Body::empty()).unwrap();
        let response = routes::<()>().with_state(()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn every_embedded_file_is_served_under_its_version() {
        use tower::ServiceExt as _;
        for asset in ASSETS {
            let address = format!("/assets/{}/{}", version(), asset.name);
            let request = axum::http::Request::get(address).body(axum::body::Body::empty()).unwrap();
            let response = routes::<()>().with_state(()).oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{}", asset.name);
            assert_eq!(header(&response, CONTENT_TYPE), asset.content_type);
        }
    }

    #[test]
    fn the_version_is_twelve_hexadecimal_digits() {
        assert_eq!(version().len(), 12);
        assert!(version().chars().all(|c| c.is_ascii_hexdigit()));
    }
}
