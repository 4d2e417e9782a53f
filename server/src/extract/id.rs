//! An identifier in the path. One that cannot exist is answered like one that does not: 404.

use crate::answer::Failure;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use kavach_model::ErrorCode;
use std::str::FromStr;

/// The only parameter of a path such as `/agents/{id}`.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let not_found = || Failure::from(ErrorCode::NotFound);
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        let (_, text) = params.iter().next().ok_or_else(not_found)?;
        text.parse().map(Self).map_err(|_| not_found())
    }
}
