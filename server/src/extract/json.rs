//! JSON bodies: at most 64 KiB, one object (one route takes a list), every field known, every refusal naming its
//! field.
//!
//! Unreadable bodies are 400, bodies that do not fit the type 422. Nesting is bounded by serde_json (128 levels);
//! a key that appears twice in one object is refused anywhere, because the reader and whoever looks at the
//! message later might each believe another of the two.

mod duplicates;

use crate::answer::Failure;
use crate::serve::body::TooSlow;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use kavach_model::{ApiError, ErrorCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Bytes a body may have.
pub const MAX_BODY: usize = 64 * 1024;

/// A body that must be there.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        require_json(&parts.headers)?;
        let bytes = read(&parts.headers, body).await?;
        parse(&bytes).map(Self).map_err(Failure)
    }
}

/// A body that is an object or a list, as its type says.
#[derive(Debug)]
pub struct JsonOrList<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonOrList<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        require_json(&parts.headers)?;
        let bytes = read(&parts.headers, body).await?;
        if first(&bytes) == Some(b'[') { value(&bytes) } else { parse(&bytes) }.map(Self).map_err(Failure)
    }
}

/// A body that may be left out.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        require_json(&parts.headers)?;
        parse(&bytes).map(Self).map_err(Failure)
    }
}

/// For writes that take no body: nothing, or an empty object.
pub type NoBody = OptionalJson<Nothing>;

/// No field at all.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

fn require_json(headers: &HeaderMap) -> Result<(), Failure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ErrorCode::UnsupportedMediaType.into())
}

/// The whole of a body, if it is not too long and arrives in the time the connection gives it.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<axum::body::Bytes, Failure> {
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_BODY) {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    axum::body::to_bytes(body, MAX_BODY).await.map_err(|error| {
        if TooSlow::caused(&error) {
            ApiError::new(ErrorCode::InvalidRequest).message("The body took too long to arrive.").into()
        } else {
            // The limit is the one failure left that is not the connection's; after that nobody reads the answer.
            ErrorCode::PayloadTooLarge.into()
        }
    })
}

/// Reads one JSON object.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // serde would also read a structure from a list of its fields.
    if first(bytes).is_some_and(|byte| byte != b'{') {
        return Err(ApiError::new(ErrorCode::InvalidRequest).message("The body must be one JSON object."));
    }
    value(bytes)
}

fn first(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Structures refuse a doubled field by themselves; objects within them may be free-form.
    let nested = bytes.iter().filter(|byte| **byte == b'{').nth(1).is_some();
    if !nested && let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    duplicates::refuse(bytes)?;
    let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let text = error.inner().to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
        explain(&error.path().to_string(), text)
    })
}

/// Turns what serde says into the field and a sentence about it. Values are not repeated.
pub(super) fn explain(path: &str, text: &str) -> ApiError {
    let inside =
        |name: &str| if path == "." || path == "?" { name.to_owned() } else { format!("{path}.{name}") };
    let quoted = |prefix: &str| text.strip_prefix(prefix)?.split('`').next();
    if let Some(name) = quoted("missing field `") {
        return ApiError::invalid(inside(name), "is missing");
    }
    if let Some(name) = quoted("unknown field `") {
        let ends_in_name = path == name || path.ends_with(&format!(".{name}"));
        return ApiError::invalid(
            if ends_in_name { path.to_owned() } else { inside(name) },
            "there is no such field",
        );
    }
    if let Some(name) = quoted("duplicate field `") {
        return ApiError::invalid(inside(name), "appears twice");
    }
    let field = if path == "." || path == "?" { "body" } else { path };
    let unknown_variant = text.starts_with("unknown variant");
    match text.split_once(", expected ") {
        Some((_, expected)) if unknown_variant => ApiError::invalid(field, format!("expected {expected}")),
        Some((wrong, expected)) if wrong.starts_with("invalid ") => {
            ApiError::invalid(field, format!("expected {expected}"))
        }
        _ => ApiError::invalid(field, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kavach_model::agent::CreateAgent;
    use kavach_model::authorize::Authorize;
    use kavach_model::user::SignUpEmail;

    fn refused<T: DeserializeOwned>(body: &str) -> (ErrorCode, String, String) {
        let error = parse::<T>(body.as_bytes()).err().unwrap();
        let field = error.details.and_then(|details| details.field).unwrap_or_default();
        (error.code, field, error.message)
    }

    #[test]
    fn a_body_that_does_not_fit_names_the_field() {
        let permission = |inside: &str| {
            format!(r#"{{"name":"a","permissions":[{{"resource":"a","actions":["x"]}},{inside}]}}"#)
        };
        for (body, field, words) in [
            (r#"{"password":"x"}"#.to_owned(), "name", "missing"),
            (r#"{"name":7}"#.to_owned(), "name", "expected a string"),
            (r#"{"name":"a","role":"admin"}"#.to_owned(), "role", "no such field"),
            (r#"{"name":"a","type":"robot"}"#.to_owned(), "type", "expected one of `autonomous`"),
            (
                permission(r#"{"resource":"a::b","actions":["x"]}"#),
                "permissions[1].resource",
                "segment 2 is empty",
            ),
            (permission(r#"{"resource":"a"}"#), "permissions[1].actions", "missing"),
            (permission(r#"{"resource":"a","actions":[],"x":1}"#), "permissions[1].actions", "1 to 64"),
            (permission(r#"{"resource":"a","actions":["x"],"x":1}"#), "permissions[1].x", "no such field"),
        ] {
            let body = if field == "name" && words == "missing" {
                body.replace("password", "type").replace("\"x\"", "\"service\"")
            } else {
                body
            };
            let (code, found, message) = refused::<CreateAgent>(&body);
            assert_eq!((code, found.as_str()), (ErrorCode::ValidationFailed, field), "{body}: {message}");
            assert!(message.contains(words), "{body}: {message}");
        }
        let (code, field, message) = refused::<CreateAgent>(&permission(
            r#"{"resource":"a","actions":["x"],"constraints":{"maxCallsPerHour":0}}"#,
        ));
        assert_eq!(
            (code, field.as_str()),
            (ErrorCode::ValidationFailed, "permissions[1].constraints.maxCallsPerHour"),
            "{message}"
        );
    }

    #[test]
    fn a_body_that_cannot_be_read_is_a_bad_request() {
        let deep = format!(
            r#"{{"action":"a","resource":"b","context":{{"a":{}1{}}}}}"#,
            "[".repeat(200),
            "]".repeat(200)
        );
        for body in [
            "",
            "{",
            "{}x",
            "[]",
            "null",
            "\"x\"",
            r#"["a@example.com","password"]"#,
            "{\"a\":\u{1}}",
            deep.as_str(),
        ] {
            assert_eq!(refused::<Authorize>(body).0, ErrorCode::InvalidRequest, "{body}");
        }
        assert_eq!(parse::<Authorize>(b"{\"action\":\"\xff\"}").unwrap_err().code, ErrorCode::InvalidRequest);
    }

    #[test]
    fn a_key_that_appears_twice_is_refused_at_any_depth() {
        for body in [
            r#"{"action":"a","action":"b","resource":"c"}"#,
            r#"{"action":"a","resource":"c","arguments":{"path":"/tmp","path":"/etc"}}"#,
            r#"{"action":"a","resource":"c","context":{"list":[{"x":1,"\u0078":2}]}}"#,
        ] {
            let (code, _, message) = refused::<Authorize>(body);
            assert_eq!(code, ErrorCode::InvalidRequest, "{body}");
            assert!(message.contains("twice"), "{message}");
        }
        assert!(
            parse::<Authorize>(br#"{"action":"a","resource":"c","context":{"a":{"x":1},"b":{"x":2}}}"#)
                .is_ok()
        );
    }

    #[test]
    fn a_refused_value_is_not_repeated() {
        let (_, _, message) = refused::<SignUpEmail>(r#"{"email":"a@example.com","password":["canary"]}"#);
        assert!(!message.contains("canary"), "{message}");
    }
}
