//! The query string. Unknown, doubled and ill-formed parameters are refused by name.

use super::json::explain;
use crate::answer::Failure;
use axum::extract::FromRequestParts;
use http::request::Parts;
use kavach_model::{ApiError, PageRequest};
use serde::de::DeserializeOwned;

/// Parameters of the query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        // Nothing that is searched for holds one, and databases disagree on what NUL means.
        if let Some((name, _)) = pairs.clone().find(|(_, value)| value.contains(char::is_control)) {
            return Err(ApiError::invalid(name, "must not contain control characters").into());
        }
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
            .map(Self)
            .map_err(|error| explain(&error.path().to_string(), &error.inner().to_string()).into())
    }
}

/// A page as the query string asks for it.
pub fn page(limit: Option<u32>, cursor: Option<String>) -> Result<PageRequest, Failure> {
    PageRequest::new(limit, cursor).map_err(|error| ApiError::invalid("limit", error).into())
}
