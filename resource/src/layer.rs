//! The tower layer, and the extractor for what it found.

use crate::mcp::{self, Tools};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::resource_server::ResourceServer;
use crate::token::AccessToken;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Layer, Service};

/// Longest body that is read to see which tools it calls, in bytes.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// A layer that lets requests through whose token is enough, with the [`AccessToken`] in their extensions and without
/// their `Authorization` and `DPoP` headers, so that whatever is behind it cannot pass the token on by accident.
///
/// Put it where it sees the whole path of a request: around a router, not inside `Router::nest`.
#[derive(Debug, Clone)]
pub struct Require {
    resource: ResourceServer,
    need: Arc<Need>,
    tools: Arc<Tools>,
}

impl ResourceServer {
    /// A layer that asks this of every request.
    pub fn require(&self, need: Need) -> Require {
        Require { resource: self.clone(), need: Arc::new(need), tools: Arc::default() }
    }
}

impl Require {
    /// Calls of the MCP tool `name` need this as well. The challenge then names everything the call needs, and comes
    /// before the MCP server sees the call.
    #[must_use]
    pub fn tool(mut self, name: impl Into<String>, need: Need) -> Self {
        Arc::make_mut(&mut self.tools).insert(name.into(), need);
        self
    }

    async fn admit(&self, request: Request<Body>) -> Result<Request<Body>, Refusal> {
        let (mut parts, body) = request.into_parts();
        let verified = self.resource.verify(&parts.method, &parts.uri, &parts.headers, &self.need).await?;
        let (need, body) = self.need_of(&parts, body).await?;
        self.resource.check(&verified, &need)?;
        parts.headers.remove(AUTHORIZATION);
        parts.headers.remove("dpop");
        parts.extensions.insert(verified);
        Ok(Request::from_parts(parts, body))
    }

    /// What this request needs, by the tools it calls.
    async fn need_of(&self, parts: &Parts, body: Body) -> Result<(Need, Body), Refusal> {
        if self.tools.is_empty() || parts.method != Method::POST {
            return Ok((Need::clone(&self.need), body));
        }
        let refuse = |reason| self.resource.refuse(reason, &self.need);
        let bytes = axum::body::to_bytes(body, LONGEST_BODY).await.map_err(|_| refuse(Reason::TooLarge))?;
        let called = mcp::called_tools(&bytes).map_err(|why| refuse(Reason::Malformed(why)))?;
        let needs = called.iter().filter_map(|name| self.tools.get(name));
        Ok((needs.fold(Need::clone(&self.need), |all, need| all.and(need)), Body::from(bytes)))
    }
}

impl<S> Layer<S> for Require {
    type Service = Required<S>;

    fn layer(&self, inner: S) -> Required<S> {
        Required { inner, require: self.clone() }
    }
}

/// A service behind [`Require`].
#[derive(Debug, Clone)]
pub struct Required<S> {
    inner: S,
    require: Require,
}

impl<S> Service<Request<Body>> for Required<S>
where
    S: Service<Request<Body>> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The one that is ready is used up; a clone waits its turn.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let require = self.require.clone();
        Box::pin(async move {
            match require.admit(request).await {
                Ok(request) => inner.call(request).await.map(IntoResponse::into_response),
                Err(refusal) => {
                    tracing::debug!(reason = %refusal.reason(), "a request was not let through");
                    Ok(refusal.into_response())
                }
            }
        })
    }
}

/// The token of a request that came through [`Require`]. Without that layer nothing was looked at, and the answer is 500.
impl<S: Send + Sync> FromRequestParts<S> for AccessToken {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!("a handler asks for an access token and no layer looked for one");
            StatusCode::INTERNAL_SERVER_ERROR
        })
    }
}
