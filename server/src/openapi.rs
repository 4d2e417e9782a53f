//! The description of the API, OpenAPI 3.1, made from the very handlers and types that serve it.
//!
//! `/api/auth/openapi.json` for programs, `/api/auth/docs` for people. Both are put together once.

mod page;

use crate::answer::ErrorEnvelope;
use crate::api;
use crate::middleware::idempotency::CREATING;
use crate::state::AppState;
use axum::Router;
use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS};
use kavach_model::agent::{AgentKind, AgentStatus};
use kavach_model::approval::ApprovalStatus;
use kavach_model::audit::AuditKind;
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{ApiError, ClientId, ErrorCode, PrincipalId, Timestamp};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, PathItem, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

const INTRODUCTION: &str = "\
Identity for people and AI agents: who they are, what they may do, and a record of every decision.

JSON in and out, times in RFC 3339 UTC. A success is `{\"data\": ...}`, a failure `{\"error\": {code, message, \
details?, requestId}}` with a stable `code` and a fitting status. Unknown fields are refused by name, bodies \
over 64 KiB with 413. Lists take `limit` and `cursor` and answer `nextCursor`.

A session goes in the cookie a sign-in sets (a write then needs an `Origin` of this site) or as a bearer \
token; agents and API keys are bearer tokens. Requests that create something honour `Idempotency-Key` for a \
day. Where the limit of tries is reached the answer is 429 with `Retry-After`.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Kavach", description = INTRODUCTION, license(name = "Apache-2.0", identifier = "Apache-2.0")),
    tags(
        (name = "Sign-in", description = "Accounts, passwords, and who is who"),
        (name = "Passkeys", description = "Signing in with a key that never leaves its owner's devices"),
        (name = "Second factor", description = "The authenticator app, and the codes for when it is lost"),
        (name = "Sessions", description = "Where a person is signed in"),
        (name = "Account", description = "The account of the person who asks"),
        (name = "Agents", description = "Programs with an identity of their own"),
        (name = "Delegations", description = "Permissions one agent lends to another"),
        (name = "Kill switch", description = "Stopping agents, trees, owners, resources, or everything"),
        (name = "Decisions", description = "What an agent may do, asked before it does it"),
        (name = "Approvals", description = "What agents asked for and people must answer"),
        (name = "AuthZEN", description = "The same questions in the words of the OpenID AuthZEN Authorization API 1.0"),
        (name = "Audit", description = "What was asked and decided, in the order it happened"),
        (name = "API keys", description = "Credentials for services, limited to scopes"),
        (name = "OAuth", description = "Apps that ask for tokens, and the servers the tokens are for"),
        (name = "People", description = "Everyone with an account"),
        (name = "Deliveries", description = "Messages on their way, and trying the settings they leave by"),
    ),
    components(schemas(
        ErrorEnvelope, ApiError, ErrorCode, PrincipalId, ClientId, Timestamp, AuditKind, AgentKind, AgentStatus, ApprovalStatus,
        ReasonCode, Verdict
    )),
    modifiers(&Credentials),
)]
struct Base;

/// The routes of the API and their description; `at_the_door` adds what the routes for people who are not signed in yet
/// need.
pub(crate) fn api(
    at_the_door: impl FnOnce(OpenApiRouter<AppState>) -> OpenApiRouter<AppState>,
) -> (Router<AppState>, Document) {
    let (router, mut document) = OpenApiRouter::with_openapi(Base::openapi())
        .merge(at_the_door(api::sign_in_routes()))
        .merge(api::routes())
        .split_for_parts();
    for (name, path) in &mut document.paths.paths {
        if let Some(post) = path.post.as_mut().filter(|_| CREATING.contains(&name.as_str())) {
            post.parameters.get_or_insert_default().push(idempotency_key().into());
        }
        operations(path).into_iter().for_each(add_error);
    }
    (router, document)
}

/// The description as text.
pub fn text() -> String {
    // A document made of strings and maps with string keys can always be written.
    api(|routes| routes).1.to_pretty_json().unwrap_or_default()
}

/// Serves the description to programs and people.
pub(crate) fn routes(document: Document) -> Router<AppState> {
    let json = Bytes::from(document.to_json().unwrap_or_default());
    let html = Bytes::from(page::render(&document));
    let answer = |content_type: &'static str, body: Bytes| async move {
        let headers: [(HeaderName, &str); 5] = [
            (CONTENT_TYPE, content_type),
            (CACHE_CONTROL, "no-cache"),
            (
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            (X_FRAME_OPTIONS, "DENY"),
            (REFERRER_POLICY, "no-referrer"),
        ];
        (headers, body).into_response()
    };
    Router::new()
        .route("/api/auth/openapi.json", get(move || answer("application/json", json.clone())))
        .route("/api/auth/docs", get(move || answer("text/html; charset=utf-8", html.clone())))
        .route(
            "/api/auth/docs.css",
            get(move || answer("text/css; charset=utf-8", Bytes::from_static(page::STYLE))),
        )
}

fn operations(path: &mut PathItem) -> Vec<&mut Operation> {
    [&mut path.get, &mut path.post, &mut path.patch, &mut path.put, &mut path.delete]
        .into_iter()
        .filter_map(Option::as_mut)
        .collect()
}

/// Every operation can fail in the one way everything fails.
fn add_error(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorEnvelope"))).build();
    let response =
        ResponseBuilder::new().description("What went wrong").content("application/json", content).build();
    operation.responses.responses.insert("default".to_owned(), response.into());
}

fn idempotency_key() -> Parameter {
    let text =
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)).build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some("The same request with the same key gets the same answer for a day."))
        .schema(Some(text))
        .build()
}

/// How callers say who they are.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        let cookie = ApiKeyValue::with_description(
            "__Host-kavach_session",
            "Set by a sign-in; without https the name is `kavach_session`. Writes need an `Origin` of this site.",
        );
        let bearer = |format: &str, words: &str| {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
            SecurityScheme::Http(scheme.description(Some(words)).build())
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        components.add_security_scheme("session", bearer("kv_sess_...", "The session of a person."));
        components.add_security_scheme("agent", bearer("kv_agent_...", "The token of an agent."));
        components.add_security_scheme("apiKey", bearer("kv_key_...", "A key with the scopes named."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::HashSet;

    fn document() -> Value {
        serde_json::from_str(&text()).unwrap()
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str));
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_operation_says_who_may_ask_and_has_a_name_of_its_own() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let mut names = HashSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                assert!(operation["security"].is_array(), "{method} {path}");
                assert!(operation["summary"].is_string(), "{method} {path}");
                assert!(operation["tags"][0].is_string(), "{method} {path}");
                assert!(
                    names.insert(operation["operationId"].as_str().unwrap().to_owned()),
                    "{method} {path}"
                );
            }
        }
        assert!(names.len() >= 28);
    }

    #[test]
    fn passwords_are_described_as_passwords() {
        let schemas = &document()["components"]["schemas"];
        assert_eq!(schemas["SignUpEmail"]["properties"]["password"]["$ref"], "#/components/schemas/Secret");
        assert_eq!(schemas["Secret"]["format"], "password");
    }
}
