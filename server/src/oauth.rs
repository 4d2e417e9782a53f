//! The OAuth endpoints: form bodies in, RFC 6749 answers out. Like every door they extract, call one use case, and wrap.

mod device_authorization;
mod form;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;

/// Longest body: identifiers and scopes, nothing else.
const MAX_FORM: usize = 16 * 1024;

/// Every OAuth endpoint.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/oauth/device_authorization", post(device_authorization::begin).fallback(form::only_post))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}
