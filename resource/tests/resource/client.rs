//! Asking the resource something.

use super::issuer::RESOURCE;
use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::{HeaderMap, Request, StatusCode};
use kavach_resource::{AccessToken, Need, Require, ResourceServer};
use serde_json::Value;
use tower::ServiceExt as _;

/// What it answered.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub challenges: Vec<String>,
    pub body: Value,
    pub headers: HeaderMap,
}

impl Answered {
    /// The `error` of the body.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }
}

/// What is behind the layer: tells whose token it was, and which headers came through.
async fn inside(token: AccessToken, headers: HeaderMap) -> String {
    let passed = headers.contains_key("authorization") || headers.contains_key("dpop");
    serde_json::json!({"sub": token.subject(), "passed": passed}).to_string()
}

/// An application behind this layer.
pub fn app(require: Require, resource: &ResourceServer) -> Router {
    Router::new().route("/mcp", any(inside)).layer(require).merge(resource.metadata_routes())
}

/// An application that needs the scope `read`.
pub fn reading(resource: &ResourceServer) -> Router {
    app(resource.require(Need::scopes(["read"])), resource)
}

pub async fn ask(app: &Router, request: Request<Body>) -> Answered {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let challenges = parts.headers.get_all("www-authenticate").iter();
    Answered {
        status: parts.status,
        challenges: challenges.map(|value| value.to_str().unwrap().to_owned()).collect(),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
        headers: parts.headers,
    }
}

/// A request with a token.
pub async fn bearing(app: &Router, token: &str) -> Answered {
    let request = Request::get("/mcp").header("authorization", format!("Bearer {token}"));
    ask(app, request.body(Body::empty()).unwrap()).await
}

/// A call of an MCP tool.
pub async fn call(app: &Router, token: &str, body: &str) -> Answered {
    let request = Request::post("/mcp").header("authorization", format!("Bearer {token}"));
    ask(app, request.body(Body::from(body.to_owned())).unwrap()).await
}

/// Where the metadata of the resource is.
pub fn metadata_url() -> String {
    RESOURCE.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
}
