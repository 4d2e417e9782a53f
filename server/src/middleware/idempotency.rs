//! `Idempotency-Key`: a creating request that is sent again gets the answer of the first time, for a day.
//!
//! Two requests are the same when method, path and body are. The answer is kept whole (it shows a token once, and
//! may set a cookie) and sealed by the services. An answer that refuses lets go of the key, so that a corrected
//! request may use it; a fault keeps it, because what happened is not known.

use super::HANDLER_TIMEOUT;
use crate::answer::Failure;
use crate::credentials;
use crate::extract::json::MAX_BODY;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use kavach_model::ErrorCode;
use kavach_service::context::{self, RequestMeta};
use kavach_service::idempotency::{self, Begin, Held};
use serde::{Deserialize, Serialize};

/// The header.
pub(crate) const KEY: &str = "idempotency-key";
/// On an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The POSTs that make something.
pub(crate) const CREATING: [&str; 3] = ["/api/auth/sign-up/email", "/api/auth/agents", "/api/auth/api-keys"];
/// Bytes an answer that is kept may have.
const MAX_ANSWER: usize = 1024 * 1024;

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    cookie: Option<String>,
    body: String,
}

/// Whether a request asks for this.
pub fn applies(request: &Request) -> bool {
    request.headers().contains_key(KEY)
        && request.method() == Method::POST
        && CREATING.contains(&request.uri().path())
}

/// Answers the request, once.
pub async fn once(state: &AppState, meta: RequestMeta, request: Request, next: Next) -> Response {
    try_once(state, meta, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn try_once(
    state: &AppState,
    meta: RequestMeta,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let kavach = state.kavach();
    let (parts, body) = request.into_parts();
    let key = parts.headers.get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let presented = credentials::presented(&parts.headers, kavach.config())?;
    let caller = context::authenticate(kavach, meta, presented).await?;
    let body = match tokio::time::timeout(HANDLER_TIMEOUT, axum::body::to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        _ => return Err(ErrorCode::PayloadTooLarge.into()),
    };
    let fingerprint = format!("{} {}\n{}", parts.method, parts.uri.path(), String::from_utf8_lossy(&body));
    match idempotency::begin(kavach, &caller, key, &fingerprint).await? {
        Begin::Replay(answer) => replay(&answer),
        Begin::Fresh(held) => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            keep(state, held, response).await
        }
    }
}

/// Keeps an answer that made something, and passes it on.
async fn keep(state: &AppState, held: Held, response: Response) -> Result<Response, Failure> {
    let kavach = state.kavach();
    if !response.status().is_success() {
        if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
            idempotency::abandon(kavach, held).await?;
        }
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, MAX_ANSWER).await.map_err(|_| ErrorCode::Internal)?;
    let kept = Kept {
        status: parts.status.as_u16(),
        cookie: parts.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let kept = serde_json::to_vec(&kept).map_err(|_| ErrorCode::Internal)?;
    // The thing is made and its answer is known: failing to keep the answer must not take it from the caller.
    if let Err(error) = idempotency::finish(kavach, held, &kept).await {
        tracing::warn!(%error, "an answer could not be kept for its Idempotency-Key");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(answer: &[u8]) -> Result<Response, Failure> {
    let kept: Kept = serde_json::from_slice(answer).map_err(|_| ErrorCode::Internal)?;
    let status = StatusCode::from_u16(kept.status).map_err(|_| ErrorCode::Internal)?;
    let mut response = (status, [(CONTENT_TYPE, "application/json")], kept.body).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(mut cookie) = kept.cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        cookie.set_sensitive(true);
        headers.insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
