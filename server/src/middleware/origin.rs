//! The origin check: a browser on another site can never write here with a person's cookie.
//!
//! Browsers say where a write comes from in `Origin` and, to hosts they trust, in `Sec-Fetch-Site`; pages cannot
//! forge either. Programs send neither and carry a bearer token, which no browser adds by itself.

use super::{host, path};
use crate::credentials;
use axum::extract::Request;
use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderMap, Method};
use kavach_service::config::Config;

/// Where providers send people back to.
pub const CALLBACK: &str = "/sign-in/callback/";
/// Where programs ask for tokens.
const OAUTH: &str = "/oauth/";

/// Whether this is a write that may come from another site.
///
/// Outside the API every write is a browser's and must say that it comes from here. In the API a write without a bearer
/// token must not come from elsewhere, and must say so when it carries the cookie.
pub fn is_foreign_write(request: &Request, config: &Config) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    // Providers answer with a form of their own; all it does here is to become a link.
    if request.uri().path().starts_with(CALLBACK) {
        return false;
    }
    // No endpoint of OAuth knows a person by a cookie: scripts of any site may ask there, and a form that is posted to one
    // of them becomes a link.
    if request.uri().path().starts_with(OAUTH) {
        return false;
    }
    let is_api = path::is_api(request.uri().path());
    if is_api && request.headers().contains_key(AUTHORIZATION) {
        return false;
    }
    match stated(request, config) {
        Stated::Here => false,
        Stated::Elsewhere => true,
        Stated::Nothing => !is_api || credentials::cookie(request.headers(), config.cookie_name()).is_some(),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Stated {
    Here,
    Elsewhere,
    Nothing,
}

fn stated(request: &Request, config: &Config) -> Stated {
    let headers = request.headers();
    let site = text(headers, "sec-fetch-site");
    let same_site = site.as_deref() == Some("same-origin");
    match text(headers, ORIGIN.as_str()).as_deref() {
        Some(origin) if is_ours(origin, request, config) && (site.is_none() || same_site) => Stated::Here,
        // A form on a page with `Referrer-Policy: no-referrer` has its origin withheld, even from ourselves.
        Some("null") | None if same_site => Stated::Here,
        None if site.is_none() => Stated::Nothing,
        _ => Stated::Elsewhere,
    }
}

/// `https://id.example.com`; without https also the very host the request was sent to, which was checked before.
fn is_ours(origin: &str, request: &Request, config: &Config) -> bool {
    if origin.eq_ignore_ascii_case(&config.public_url) {
        return true;
    }
    let requested = host::named(request).unwrap_or_default();
    !config.secure()
        && origin.strip_prefix("http://").is_some_and(|origin| origin.eq_ignore_ascii_case(requested))
}

/// The header's text; one that is doubled or unreadable becomes something nobody accepts.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    match (first.to_str(), values.next()) {
        (Ok(text), None) => Some(text.to_owned()),
        _ => Some("unreadable".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn foreign(method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:3000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_foreign_write(&request.body(Body::empty()).unwrap(), &Config::default())
    }

    const COOKIE: (&str, &str) = ("cookie", "kavach_session=x");
    const OURS: (&str, &str) = ("origin", "http://localhost:3000");

    #[test]
    fn a_cookie_write_must_say_that_it_comes_from_here() {
        assert!(!foreign("POST", "/api/auth/agents", &[COOKIE, OURS]));
        assert!(!foreign("POST", "/api/auth/agents", &[COOKIE, ("sec-fetch-site", "same-origin")]));
        for origin in [
            "http://evil.example",
            "null",
            "",
            "http://localhost:3001",
            "https://localhost:3000",
            "http://localhost:3000.evil.example",
        ] {
            assert!(foreign("POST", "/api/auth/agents", &[COOKIE, ("origin", origin)]), "{origin}");
        }
        assert!(foreign("POST", "/api/auth/agents", &[COOKIE]));
        assert!(foreign("DELETE", "/api/auth/agents/x", &[COOKIE]));
        assert!(foreign("POST", "/api/auth/agents", &[COOKIE, OURS, ("sec-fetch-site", "cross-site")]));
        assert!(foreign("POST", "/api/auth/agents", &[COOKIE, OURS, OURS]));
    }

    #[test]
    fn programs_need_no_origin() {
        assert!(!foreign("POST", "/api/auth/sign-in/email", &[]));
        assert!(!foreign("POST", "/api/auth/agents", &[("authorization", "Bearer x"), COOKIE]));
        assert!(!foreign("GET", "/api/auth/session", &[COOKIE, ("origin", "http://evil.example")]));
    }

    #[test]
    fn a_sign_in_from_another_site_is_refused() {
        assert!(foreign("POST", "/api/auth/sign-in/email", &[("origin", "http://evil.example")]));
        assert!(foreign("POST", "/api/auth/sign-in/email", &[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn a_form_needs_its_origin_with_or_without_a_cookie() {
        assert!(foreign("POST", "/_fn/sign_in", &[]));
        assert!(foreign("POST", "/_fn/sign_in", &[("authorization", "Bearer x")]));
        assert!(!foreign("POST", "/_fn/sign_in", &[OURS]));
        assert!(!foreign("POST", "/_fn/sign_in", &[("origin", "null"), ("sec-fetch-site", "same-origin")]));
    }
}
