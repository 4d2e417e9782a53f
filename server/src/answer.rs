//! What handlers give back: `{"data": ...}` when it worked, an [`ApiError`] when it did not.
//!
//! A [`Failure`] carries its error beside the response instead of in it. The outermost middleware knows the
//! request id and writes the envelope, so a refused body, an unknown path, a timeout and a panic all look alike.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use kavach_model::{ApiError, ErrorCode, json};
use serde::Serialize;

const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a handler returns.
pub type Answer<T> = Result<Data<T>, Failure>;

/// A success.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Data<T> {
    /// What was asked for.
    pub data: T,
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self)
    }
}

fn json(status: StatusCode, answer: &impl Serialize) -> Response {
    match json::to_vec(answer) {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, APPLICATION_JSON);
            response
        }
        // What we answer with are texts, numbers and lists of them; still, nobody gets half of one.
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Failure::from(ErrorCode::Internal).into_response()
        }
    }
}

/// A success without anything to say.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Done {
    /// Always true.
    pub done: bool,
}

/// Answers that it is done.
pub fn done() -> Data<Done> {
    Data { data: Done { done: true } }
}

/// A success that made something: 201.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        json(StatusCode::CREATED, &Data { data: self.0 })
    }
}

/// Anything that did not work.
#[derive(Debug)]
pub struct Failure(pub ApiError);

impl<E: Into<ApiError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status(self.0.code);
        response.extensions_mut().insert(self);
        response
    }
}

impl Clone for Failure {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Failure {
    /// Writes the envelope into a response that keeps its status.
    pub(crate) fn write(self, response: &mut Response, request_id: &str, as_json: bool) {
        let mut error = self.0;
        error.request_id = request_id.to_owned();
        let retry_after = match (error.code, error.details.as_ref().and_then(|details| details.retry_after)) {
            (_, Some(seconds)) => Some(seconds),
            (ErrorCode::Unavailable | ErrorCode::RateLimited, None) => Some(1),
            _ => None,
        };
        let (body, content_type) = if as_json {
            let envelope = ErrorEnvelope { error };
            // Serialising strings, a code and a number cannot fail; an empty object says so if it ever does.
            (serde_json::to_vec(&envelope).unwrap_or_else(|_| b"{}".to_vec()), "application/json")
        } else {
            let text = format!("{}\n\nRequest {request_id}\n", error.message);
            (text.into_bytes(), "text/plain; charset=utf-8")
        };
        *response.body_mut() = Body::from(body);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

/// A failure, as it travels.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorEnvelope {
    /// What went wrong.
    pub error: ApiError,
}

fn status(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
