//! `Idempotency-Key`: a creating request that is sent again makes nothing more and gets the answer of the first time,
//! for a day.
//!
//! Two requests are the same when method, path and body are. The use case writes its result in the transaction that
//! makes the thing, so the answer is there whenever the thing is, whatever became of the first answer on its way.
//! A request that failed lets go of the key, so that it may be corrected or simply sent again; if it made something
//! after all, the key stays and answers.

use crate::answer::{Created, Failure};
use crate::credentials;
use crate::extract::json;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use kavach_model::{ErrorCode, Token, TokenKind};
use kavach_service::context::{self, RequestMeta};
use kavach_service::idempotency::{self, Begin, Held};
use serde_json::Value;
use std::convert::Infallible;

/// The header.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The POSTs that make something. Each answers 201 with the result of one use case, to which it hands its [`Once`].
pub(crate) const CREATING: [&str; 5] = [
    "/api/auth/sign-up/email",
    "/api/auth/sign-up/username",
    "/api/auth/agents",
    "/api/auth/api-keys",
    "/api/auth/delegations",
];

/// The key of a request, for its use case.
pub struct Once(pub Option<Held>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Held>().cloned()))
    }
}

/// Whether a request asks for this.
pub fn applies(request: &Request) -> bool {
    request.method() == Method::POST
        && request.headers().contains_key(KEY)
        && CREATING.contains(&request.uri().path())
}

/// Has the request handled, once.
pub async fn once<F: Future<Output = Response>>(
    state: &AppState,
    meta: RequestMeta,
    request: Request,
    handle: impl FnOnce(Request) -> F,
) -> Response {
    try_once(state, meta, request, handle).await.unwrap_or_else(IntoResponse::into_response)
}

async fn try_once<F: Future<Output = Response>>(
    state: &AppState,
    meta: RequestMeta,
    request: Request,
    handle: impl FnOnce(Request) -> F,
) -> Result<Response, Failure> {
    let kavach = state.kavach();
    let (mut parts, body) = request.into_parts();
    let key = parts.headers.get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let presented = credentials::presented(&parts.headers, kavach.config())?;
    let caller = context::authenticate(kavach, meta, presented).await?;
    let body = json::read(&parts.headers, body).await?;
    let fingerprint = format!("{} {}\n{}", parts.method, parts.uri.path(), String::from_utf8_lossy(&body));
    match idempotency::begin(kavach, &caller, key, &fingerprint).await? {
        Begin::Replay(result) => replay(state, result),
        Begin::Fresh(held) => {
            parts.extensions.insert(held.clone());
            let response = handle(Request::from_parts(parts, Body::from(body))).await;
            if !response.status().is_success()
                && let Err(error) = idempotency::abandon(kavach, &held).await
            {
                tracing::warn!(%error, "an Idempotency-Key is held for a minute by a request that failed");
            }
            Ok(response)
        }
    }
}

/// The answer to a use case's result, made anew.
fn replay(state: &AppState, result: Vec<u8>) -> Result<Response, Failure> {
    let result: Value = serde_json::from_slice(&result).map_err(|_| ErrorCode::Internal)?;
    let token = session_token(&result);
    let mut response = Created(result).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    let cookie = token.and_then(|token| credentials::session_cookie(state.kavach().config(), &token));
    if let Some(cookie) = cookie {
        headers.insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The session a result hands over, if it does: the one credential that also travels as a cookie.
fn session_token(result: &Value) -> Option<Token> {
    Token::parse(TokenKind::Session, result.get("token")?.as_str()?)
}
