//! `/oauth/register` (RFC 7591) and `/oauth/register/{client_id}` (RFC 7592): JSON in and out.

use super::form;
use crate::extract::Meta;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use kavach_model::oauth::{OAuthError, Refusal};
use kavach_service::context::{Caller, RequestContext, RequestMeta};
use kavach_service::oauth::{Answer, register};

fn context(meta: RequestMeta) -> RequestContext {
    RequestContext { meta, caller: Caller::Anonymous }
}

fn json(headers: &HeaderMap) -> Answer<()> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    let refused = || OAuthError::new(Refusal::InvalidClientMetadata, "send the body as application/json");
    if is_json { Ok(()) } else { Err(refused().into()) }
}

/// The token that manages a registration; nothing where there is none.
fn bearer(headers: &HeaderMap) -> &str {
    crate::credentials::bearer(headers).ok().flatten().unwrap_or_default()
}

pub(super) async fn create(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kv = state.kavach();
    let answer = async {
        json(&headers)?;
        register::create(kv, &context(meta), &body).await
    };
    form::answered(kv, answer.await.map(|told| (StatusCode::CREATED, Json(told))), &headers)
}

pub(super) async fn get(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let kv = state.kavach();
    form::protected(kv, register::get(kv, &id, bearer(&headers)).await.map(Json), &headers)
}

pub(super) async fn update(
    State(state): State<AppState>,
    Meta(meta): Meta,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kv = state.kavach();
    let answer = async {
        json(&headers)?;
        register::update(kv, &context(meta), &id, bearer(&headers), &body).await
    };
    form::protected(kv, answer.await.map(Json), &headers)
}

pub(super) async fn delete(
    State(state): State<AppState>,
    Meta(meta): Meta,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let kv = state.kavach();
    let answer = register::delete(kv, &context(meta), &id, bearer(&headers)).await;
    form::protected(kv, answer.map(|()| StatusCode::NO_CONTENT), &headers)
}
