//! The answer of a provider that posts it (OAuth 2.0 Form Post Response Mode), as Apple does.
//!
//! The form comes from another site, so the browser sends no cookie along, and nothing is decided here: the answer becomes
//! a link to the page that does, which the browser then opens with its cookies.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use kavach_model::ErrorCode;

/// What the page reads.
const KEPT: [&str; 4] = ["code", "state", "error", "iss"];

/// `POST /sign-in/callback/{provider}`
pub async fn came_back(Path(provider): Path<String>, Form(answer): Form<Vec<(String, String)>>) -> Response {
    let kept = answer.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let plain = provider.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let location = HeaderValue::from_str(&format!("/sign-in/callback/{provider}?{query}"));
    match location {
        Ok(location) if plain => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        _ => crate::answer::Failure::from(ErrorCode::NotFound).into_response(),
    }
}
