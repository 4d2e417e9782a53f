//! Where a token may stand, what clients without one are told, and the metadata they are sent to.

use super::client::{ask, bearing, metadata_url, reading};
use super::issuer::{Issuer, Key, RESOURCE};
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

async fn world() -> (Issuer, Router, String) {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    let resource = issuer.builder().scopes(["read", "list"]).name("Notes").build().unwrap();
    let token = key.token(&issuer.claims());
    let app = reading(&resource);
    (issuer, app, token)
}

#[tokio::test]
async fn a_client_without_a_token_is_told_where_the_metadata_is() {
    let (issuer, app, _) = world().await;
    let answered = ask(&app, Request::get("/mcp").body(Body::empty()).unwrap()).await;
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
    let expected = format!(r#"Bearer scope="read", resource_metadata="{}""#, metadata_url());
    assert_eq!(answered.challenges[0], expected, "and no error, since there was no token");
    assert_eq!(answered.headers["cache-control"], "no-store");
    for path in ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"] {
        let found = ask(&app, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(found.status, StatusCode::OK, "{path}");
        assert_eq!(found.headers["access-control-allow-origin"], "*");
        assert_eq!(found.headers["content-type"], "application/json");
        assert_eq!(
            found.body,
            json!({
                "resource": RESOURCE, "authorization_servers": [issuer.issuer], "bearer_methods_supported": ["header"],
                "dpop_signing_alg_values_supported": ["ES256", "EdDSA", "RS256"],
                "dpop_bound_access_tokens_required": false, "scopes_supported": ["list", "read"],
                "resource_name": "Notes",
            })
        );
    }
}

#[tokio::test]
async fn a_token_stands_in_one_header_and_nowhere_else() {
    let (_issuer, app, token) = world().await;
    let bearer = format!("Bearer {token}");
    for (what, address, headers) in [
        ("in the query", format!("/mcp?access_token={token}"), vec![]),
        ("in the query, escaped", format!("/mcp?a=1&%61ccess_token={token}"), vec![]),
        ("in both", format!("/mcp?access_token={token}"), vec![bearer.clone()]),
        ("twice", "/mcp".to_owned(), vec![bearer.clone(), bearer.clone()]),
        ("after another scheme's header", "/mcp".to_owned(), vec!["Basic eA==".to_owned(), bearer.clone()]),
        ("with a comma", "/mcp".to_owned(), vec![format!("{bearer}, {bearer}")]),
        ("with a parameter", "/mcp".to_owned(), vec![format!("{bearer} x=1")]),
        ("quoted", "/mcp".to_owned(), vec![format!("Bearer \"{token}\"")]),
        ("empty", "/mcp".to_owned(), vec!["Bearer ".to_owned()]),
        ("the scheme alone", "/mcp".to_owned(), vec!["Bearer".to_owned()]),
        ("padding alone", "/mcp".to_owned(), vec!["Bearer ==".to_owned()]),
    ] {
        let mut request = Request::get(address);
        for header in headers {
            request = request.header("authorization", header);
        }
        let answered = ask(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (answered.status, answered.error()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{what}"
        );
    }
    let form = Request::post("/mcp")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("access_token={token}")))
        .unwrap();
    assert_eq!(ask(&app, form).await.status, StatusCode::UNAUTHORIZED, "in the body it is not looked for");
    let basic = Request::get("/mcp").header("authorization", "Basic YTpi").body(Body::empty()).unwrap();
    assert_eq!(ask(&app, basic).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_name_of_the_scheme_is_read_in_any_case() {
    let (_issuer, app, token) = world().await;
    for scheme in ["bearer", "BEARER", "Bearer "] {
        let request = Request::get("/mcp").header("authorization", format!("{scheme} {token}"));
        assert_eq!(ask(&app, request.body(Body::empty()).unwrap()).await.status, StatusCode::OK, "{scheme}");
    }
}

#[tokio::test]
async fn every_request_is_looked_at() {
    let (issuer, app, token) = world().await;
    assert_eq!(bearing(&app, &token).await.status, StatusCode::OK);
    // A session of the transport below is no credential.
    let request = Request::get("/mcp").header("mcp-session-id", "known").body(Body::empty()).unwrap();
    assert_eq!(ask(&app, request).await.status, StatusCode::UNAUTHORIZED);
    issuer.clock.advance(700);
    assert_eq!(bearing(&app, &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_handler_without_the_layer_lets_nobody_in() {
    use axum::routing::get;
    use kavach_resource::AccessToken;
    let app =
        Router::new().route("/mcp", get(|token: AccessToken| async move { token.subject().to_owned() }));
    let answered = bearing(&app, "anything").await;
    assert_eq!(answered.status, StatusCode::INTERNAL_SERVER_ERROR);
}
