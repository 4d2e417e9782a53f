//! The look of an instance: its stylesheet and its logo, each made or read once, when the server starts.

use crate::state::AppState;
use app::{brand, theme};
use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use kavach_service::config::Config;
use std::path::Path;

/// A restart can change it.
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// A drawing is a document too; opened by itself it runs nothing and loads nothing.
const DRAWING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
);
const MOST: usize = 256 * 1024;

/// `GET /branding/theme.css` and `GET /branding/logo`.
pub fn routes(config: &Config) -> Router<AppState> {
    let css = Bytes::from(theme::stylesheet(&config.branding));
    let logo = config.branding.logo.as_deref().and_then(read);
    Router::new()
        .route(brand::STYLESHEET, get(async move || file("text/css; charset=utf-8", css.clone())))
        .route(
            brand::LOGO,
            get(async move || match &logo {
                Some((media_type, bytes)) => file(media_type, bytes.clone()),
                None => StatusCode::NOT_FOUND.into_response(),
            }),
        )
}

fn file(media_type: &'static str, bytes: Bytes) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, DRAWING);
    headers.insert(CACHE_CONTROL, A_WHILE);
    response
}

/// The picture, by what it holds and not by what it is called. A server without its logo is better than none.
fn read(path: &Path) -> Option<(&'static str, Bytes)> {
    let found =
        std::fs::read(path).map_err(|error| error.to_string()).and_then(|bytes| match media_type(&bytes) {
            Some(media_type) if bytes.len() <= MOST => Ok((media_type, Bytes::from(bytes))),
            Some(_) => Err(format!("is larger than {MOST} bytes")),
            None => Err("is neither an SVG nor a PNG file".to_owned()),
        });
    found.inspect_err(|problem| tracing::error!(path = %path.display(), problem, "the logo is left out")).ok()
}

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let text = str::from_utf8(bytes).unwrap_or_default().trim_start_matches('\u{feff}').trim_start();
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        _ if text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")) => {
            Some("image/svg+xml")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_what_it_holds() {
        assert_eq!(media_type(b"\x89PNG\r\n"), Some("image/png"));
        assert_eq!(media_type(b"\n<svg xmlns='http://www.w3.org/2000/svg'/>"), Some("image/svg+xml"));
        assert_eq!(media_type(b"<?xml version='1.0'?><svg/>"), Some("image/svg+xml"));
        assert_eq!(media_type(b"<html><svg/></html>"), None);
        assert_eq!(media_type(b""), None);
    }
}
