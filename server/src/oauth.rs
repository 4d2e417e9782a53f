//! The OAuth endpoints: form bodies in, RFC 6749 answers out. Like every door they extract, call one use case, and wrap.
//!
//! None of them knows a person by a cookie. `/oauth/authorize`, where a browser comes, is a page like any other
//! (`app::pages`); a form that is posted there becomes a link to it.

mod authorize;
mod client;
mod cors;
mod device_authorization;
mod form;
mod metadata;
mod register;
mod tokens;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

/// Longest body: identifiers, scopes, assertions and tokens.
const MAX_FORM: usize = 64 * 1024;

/// Every OAuth endpoint.
pub fn routes() -> Router<AppState> {
    let for_programs = Router::new()
        .route("/oauth/token", post(tokens::token).fallback(form::only_post))
        .route("/oauth/introspect", post(tokens::introspect).fallback(form::only_post))
        .route("/oauth/revoke", post(tokens::revoke).fallback(form::only_post))
        .route("/oauth/bc-authorize", post(tokens::ask_person).fallback(form::only_post))
        .route("/oauth/par", post(tokens::push).fallback(form::only_post))
        .route("/oauth/userinfo", get(tokens::userinfo).post(tokens::userinfo_posted))
        .route("/oauth/device_authorization", post(device_authorization::begin).fallback(form::only_post))
        .route("/oauth/register", post(register::create).fallback(form::only_post))
        .route("/oauth/register/{id}", get(register::get).put(register::update).delete(register::delete))
        .route("/oauth/jwks", get(metadata::keys))
        .merge(metadata::routes())
        .layer(from_fn(cors::open));
    Router::new()
        .merge(for_programs)
        .route("/oauth/authorize", post(authorize::posted))
        .route("/oauth/logout", post(authorize::posted_to_leave))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}
