//! Who is asking: the request's facts, and the identity its credentials stand for.
//!
//! Identity comes from a cookie or a bearer token and from nothing else. A bearer token that is not valid is
//! refused even where none was needed; a cookie that has ended is as good as none.

use crate::answer::Failure;
use crate::credentials;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use kavach_model::{ErrorCode, Secret, TokenKind};
use kavach_service::context::{self, RequestContext, RequestMeta};

/// The request's facts, whoever asks.
#[derive(Debug, Clone)]
pub struct Meta(pub RequestMeta);

impl<S: Send + Sync> FromRequestParts<S> for Meta {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        // Put there by the gate, which every route is behind.
        parts.extensions.get::<RequestMeta>().cloned().map(Self).ok_or_else(|| ErrorCode::Internal.into())
    }
}

/// Who asks, as far as the credentials say.
#[derive(Debug, Clone)]
pub struct Caller(pub RequestContext);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Meta(meta) = Meta::from_request_parts(parts, state).await?;
        Self::of(state, meta, &parts.headers).await
    }
}

impl Caller {
    /// Who asks with these headers.
    pub async fn of(state: &AppState, meta: RequestMeta, headers: &HeaderMap) -> Result<Self, Failure> {
        let presented = credentials::presented(headers, state.kavach().config())?;
        Ok(Self(context::authenticate(state.kavach(), meta, presented).await?))
    }
}

/// A bearer token of the agent class, not looked up yet: even an unknown one gets a decision and a record.
#[derive(Debug)]
pub struct AgentBearer(pub Secret);

impl<S: Send + Sync> FromRequestParts<S> for AgentBearer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Self::of(&parts.headers)
    }
}

impl AgentBearer {
    /// The token of these headers.
    pub fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        match credentials::bearer(headers)? {
            Some(text) if TokenKind::of(text) == Some(TokenKind::Agent) => Ok(Self(Secret::new(text))),
            _ => Err(ErrorCode::Unauthenticated.into()),
        }
    }
}
