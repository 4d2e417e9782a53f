//! Bodies of OAuth requests, and errors as RFC 6749 (section 5.2) has them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use kavach_model::device::DeviceError;
use kavach_model::oauth::{OAuthError, Refusal};
use kavach_model::{ApiError, ErrorCode};
use kavach_service::Kavach;
use kavach_service::oauth::{Answer, Failure, token};
use serde_json::json;

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// A form body as it came; None when it is none, or longer than one may be.
pub(super) fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<&'a str> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    str::from_utf8(body).ok().filter(|_| is_form)
}

/// What an endpoint for clients answers. A client that tried to prove who it is by a header is challenged by one.
pub(super) fn answered(kv: &Kavach, answer: Answer<impl IntoResponse>, headers: &HeaderMap) -> Response {
    let mut response = match answer {
        Ok(answer) => answer.into_response(),
        Err(Failure::Refused(error)) => {
            let mut response = refused(&error);
            if error.refusal == Refusal::InvalidClient && headers.contains_key(AUTHORIZATION) {
                let challenge = HeaderValue::from_static("Basic realm=\"kavach\", charset=\"UTF-8\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Err(Failure::Service(error)) => failure(error),
    };
    finish(kv, &mut response);
    response
}

/// What an endpoint for tokens answers (RFC 6750, section 3; RFC 9449, section 7.1).
pub(super) fn protected(kv: &Kavach, answer: Answer<impl IntoResponse>, headers: &HeaderMap) -> Response {
    let mut response = match answer {
        Ok(answer) => answer.into_response(),
        Err(Failure::Refused(error)) => {
            let mut response = refused(&error);
            let dpop = matches!(error.refusal, Refusal::InvalidDpopProof | Refusal::UseDpopNonce);
            if dpop {
                *response.status_mut() = StatusCode::UNAUTHORIZED;
            }
            let scheme = if dpop { "DPoP" } else { "Bearer" };
            let name = error.refusal.as_str();
            let challenge = match headers.contains_key(AUTHORIZATION) {
                true => format!("{scheme} error=\"{name}\", error_description=\"{}\"", error.description),
                false => scheme.to_owned(),
            };
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Err(Failure::Service(error)) => failure(error),
    };
    finish(kv, &mut response);
    response
}

fn finish(kv: &Kavach, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    if let Some(nonce) = token::nonce(kv).and_then(|nonce| HeaderValue::from_str(&nonce).ok()) {
        headers.insert(DPOP_NONCE, nonce);
    }
}

/// A refusal on the wire (RFC 6749, section 5.2).
pub(super) fn refused(error: &OAuthError) -> Response {
    let OAuthError { refusal, description } = error;
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({"error": refusal.as_str(), "error_description": description});
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error on the wire.
pub(super) fn error(error: DeviceError) -> Response {
    let status = match error {
        DeviceError::InvalidClient => StatusCode::UNAUTHORIZED,
        DeviceError::UnauthorizedClient => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    answer(status, error.as_str())
}

/// What broke on our side, or was asked for too often, in the same form.
pub(super) fn failure(failure: impl Into<ApiError>) -> Response {
    let failure = failure.into();
    let status = StatusCode::from_u16(failure.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let name = match failure.code {
        ErrorCode::RateLimited | ErrorCode::Unavailable => "temporarily_unavailable",
        code if code.status() < 500 => "invalid_request",
        _ => "server_error",
    };
    let mut response = answer(status, name);
    if let Some(seconds) = failure.details.and_then(|details| details.retry_after) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// For every other method.
pub(super) async fn only_post() -> Response {
    let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, "invalid_request");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

fn answer(status: StatusCode, name: &str) -> Response {
    let mut response = (status, Json(json!({"error": name}))).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &'static str) -> Option<&'static str> {
        text(&HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]), body.as_bytes())
    }

    #[test]
    fn a_form_says_that_it_is_one() {
        let form = "application/x-www-form-urlencoded";
        assert_eq!(read(form, "client_id=tv"), Some("client_id=tv"));
        assert_eq!(read(&format!("{form}; charset=utf-8"), "client_id=tv"), Some("client_id=tv"));
        assert_eq!(read("application/json", "{}"), None);
        assert_eq!(text(&HeaderMap::new(), b"client_id=tv"), None);
    }
}
