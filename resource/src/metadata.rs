//! Protected resource metadata (RFC 9728): where clients read which authorization server to go to.

use crate::jwk::ALGORITHMS;
use crate::refusal::Dpop;
use crate::resource_server::ResourceServer;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value, json};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

impl ResourceServer {
    /// The metadata.
    pub fn metadata(&self) -> Value {
        let inner = &self.0;
        let mut document = json!({
            "resource": inner.resource,
            "authorization_servers": [inner.issuer],
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": ALGORITHMS,
            "dpop_bound_access_tokens_required": inner.dpop == Dpop::Required,
        });
        if !inner.scopes.is_empty() {
            document["scopes_supported"] = inner.scopes.iter().collect::<Vec<_>>().into();
        }
        if let Some(name) = &inner.name {
            document["resource_name"] = name.as_str().into();
        }
        if let Some(url) = &inner.documentation {
            document["resource_documentation"] = url.as_str().into();
        }
        document
    }

    /// Where the metadata is for clients, as challenges say.
    pub fn metadata_url(&self) -> String {
        format!("{}{}", self.0.url.origin().ascii_serialization(), self.metadata_path())
    }

    /// Serves the metadata at the well-known address with the path of the resource, and at the one without, where
    /// clients look next. Merge these outside what needs a token.
    ///
    /// Of several resources on one host, one may use this; the others serve [`ResourceServer::metadata`] at the path of
    /// [`ResourceServer::metadata_url`].
    pub fn metadata_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let text = self.metadata().to_string();
        let serve = move || {
            let text = text.clone();
            async move { answer(text) }
        };
        let path = self.metadata_path();
        let router = Router::new().route(WELL_KNOWN, get(serve.clone()));
        if path == WELL_KNOWN { router } else { router.route(&path, get(serve)) }
    }

    fn metadata_path(&self) -> String {
        match self.0.url.path() {
            "/" => WELL_KNOWN.to_owned(),
            path => format!("{WELL_KNOWN}{path}"),
        }
    }
}

/// Public, also for clients in browsers.
fn answer(text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, text).into_response()
}
