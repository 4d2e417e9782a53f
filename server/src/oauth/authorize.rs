//! `POST /oauth/authorize` (OpenID Connect Core, section 3.1.2.1): what a form on another site says becomes a link to the
//! page, which the browser then opens with its cookies. Nothing is decided here.

use super::form;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use kavach_model::oauth::{OAuthError, Refusal};

pub(super) async fn posted(headers: HeaderMap, body: Bytes) -> Response {
    link("/oauth/authorize", &headers, &body)
}

/// The same for signing out (OpenID Connect RP-Initiated Logout 1.0, section 2).
pub(super) async fn posted_to_leave(headers: HeaderMap, body: Bytes) -> Response {
    link("/oauth/logout", &headers, &body)
}

fn link(page: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    let text = form::text(headers, body);
    let location = text.and_then(|text| HeaderValue::from_str(&format!("{page}?{text}")).ok());
    match location {
        Some(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        None => form::refused(&OAuthError::new(Refusal::InvalidRequest, "the request is not a form")),
    }
}
