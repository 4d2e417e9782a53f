//! Where clients find out what there is (RFC 8414, OpenID Connect Discovery 1.0) and the keys to check it with (RFC 7517).

use crate::answer::Failure;
use crate::state::AppState;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::CACHE_CONTROL;
use kavach_model::ErrorCode;
use kavach_service::Kavach;
use kavach_service::oauth::{keys as signing_keys, metadata};

/// Every address clients look at: with the name of the document before a path, behind it, and without one. The answer
/// is the same to the letter.
pub(super) fn routes() -> Router<AppState> {
    let mut routes = Router::new();
    for name in ["oauth-authorization-server", "openid-configuration"] {
        routes = routes
            .route(&format!("/.well-known/{name}"), get(document))
            .route(&format!("/.well-known/{name}/{{*path}}"), get(document))
            .route(&format!("/{{tenant}}/.well-known/{name}"), get(document));
    }
    routes
}

async fn document(State(kv): State<Kavach>) -> Result<Response, Failure> {
    let document = metadata::document(&kv).ok_or(ErrorCode::NotFound)?;
    Ok(([(CACHE_CONTROL, "public, max-age=300")], Json(document)).into_response())
}

/// `GET /oauth/jwks`
pub(super) async fn keys(State(kv): State<Kavach>) -> Result<Response, Failure> {
    let (set, age) = signing_keys::published(&kv).await?;
    Ok(([(CACHE_CONTROL, format!("public, max-age={age}"))], Json(set)).into_response())
}
