//! Where password managers and browsers lead people: to where passkeys are made and passwords changed.
//!
//! `/.well-known/passkey-endpoints` (W3C Passkey Endpoints) and `/.well-known/change-password` (W3C).

use crate::answer::Failure;
use crate::state::AppState;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::LOCATION;
use kavach_model::ErrorCode;
use kavach_service::Kavach;
use kavach_service::authn::methods;
use serde_json::json;

/// Both routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/.well-known/passkey-endpoints", get(passkey_endpoints))
        .route("/.well-known/change-password", get(change_password))
}

async fn passkey_endpoints(State(kv): State<Kavach>) -> Result<Response, Failure> {
    if !methods::list(&kv).passkey {
        return Err(ErrorCode::NotFound.into());
    }
    let page = format!("{}/account/passkeys", kv.config().public_url);
    Ok(Json(json!({ "enroll": page, "manage": page })).into_response())
}

async fn change_password() -> Response {
    (StatusCode::FOUND, [(LOCATION, "/account")]).into_response()
}
