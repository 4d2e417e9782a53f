//! What single operations need: scopes and those that include them, step-up, and MCP tools.

use super::client::{app, bearing, call, metadata_url};
use super::issuer::{Issuer, Key, NOW, with};
use axum::Router;
use http::StatusCode;
use kavach_resource::Need;
use serde_json::{Value, json};
use std::time::Duration;

struct World {
    issuer: Issuer,
    key: Key,
    app: Router,
}

async fn world() -> World {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    let resource =
        issuer.builder().implies("admin", ["write", "deploy"]).implies("write", ["read"]).build().unwrap();
    let require = resource
        .require(Need::scopes(["read"]))
        .tool("write", Need::scopes(["write"]))
        .tool("deploy", Need::scopes(["deploy"]).acr(["mfa"]).max_age(Duration::from_secs(300)));
    let app = app(require, &resource);
    World { issuer, key, app }
}

impl World {
    fn token(&self, changes: Value) -> String {
        self.key.token(&with(&self.issuer.claims(), changes))
    }
}

fn calling(tool: &str) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}})
        .to_string()
}

#[tokio::test]
async fn a_broad_scope_includes_narrow_ones() {
    let world = world().await;
    for (scope, status) in [
        ("read", StatusCode::OK),
        ("write", StatusCode::OK),
        ("admin", StatusCode::OK),
        ("other read", StatusCode::OK),
        ("reading", StatusCode::FORBIDDEN),
        ("READ", StatusCode::FORBIDDEN),
        ("deploy", StatusCode::FORBIDDEN),
        ("", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(
            bearing(&world.app, &world.token(json!({"scope": scope}))).await.status,
            status,
            "{scope:?}"
        );
    }
    assert_eq!(bearing(&world.app, &world.token(json!({"scope": null}))).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_tool_that_needs_more_names_all_of_it_in_one_challenge() {
    let world = world().await;
    let token = world.token(json!({}));
    assert_eq!(call(&world.app, &token, &calling("anything")).await.status, StatusCode::OK);
    let answered = call(&world.app, &token, &calling("write")).await;
    assert_eq!((answered.status, answered.error()), (StatusCode::FORBIDDEN, "insufficient_scope"));
    let [challenge] = &answered.challenges[..] else { panic!("{:?}", answered.challenges) };
    for part in
        [r#"error="insufficient_scope""#, r#"scope="read write""#, "error_description=", &metadata_url()]
    {
        assert!(challenge.contains(part), "{part} in {challenge}");
    }
    assert_eq!(
        call(&world.app, &world.token(json!({"scope": "write"})), &calling("write")).await.status,
        StatusCode::OK
    );
    // In a batch, every call counts.
    let batch = format!("[{},{}]", calling("anything"), calling("write"));
    assert_eq!(call(&world.app, &token, &batch).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_tool_may_need_that_the_person_signed_in_well_and_lately() {
    let world = world().await;
    for (what, changes) in [
        ("nothing said", json!({})),
        ("another way", json!({"acr": "pwd", "auth_time": NOW})),
        ("no time", json!({"acr": "mfa"})),
        ("too long ago", json!({"acr": "mfa", "auth_time": NOW - 301})),
    ] {
        let token = world.token(with(&json!({"scope": "read deploy"}), changes));
        let answered = call(&world.app, &token, &calling("deploy")).await;
        assert_eq!(
            (answered.status, answered.error()),
            (StatusCode::UNAUTHORIZED, "insufficient_user_authentication"),
            "{what}"
        );
        let challenge = &answered.challenges[0];
        for part in [r#"acr_values="mfa""#, r#"max_age="300""#, r#"scope="deploy read""#] {
            assert!(challenge.contains(part), "{part} in {challenge}");
        }
    }
    let lately = json!({"scope": "admin", "acr": "mfa", "auth_time": NOW - 299});
    assert_eq!(call(&world.app, &world.token(lately), &calling("deploy")).await.status, StatusCode::OK);
    let narrow = json!({"acr": "mfa", "auth_time": NOW});
    let answered = call(&world.app, &world.token(narrow), &calling("deploy")).await;
    assert_eq!(answered.error(), "insufficient_scope", "scopes come first");
}

#[tokio::test]
async fn a_call_that_could_be_read_in_two_ways_is_refused() {
    let world = world().await;
    let token = world.token(json!({}));
    for body in [
        r#"{"method":"tools/list","method":"tools/call","params":{"name":"deploy"}}"#,
        r#"{"method":"tools/call","params":{"name":"anything","name":"deploy"}}"#,
        r#"{"method":"tools/call"}"#,
        "not json",
    ] {
        let answered = call(&world.app, &token, body).await;
        assert_eq!(
            (answered.status, answered.error()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{body}"
        );
    }
    let huge = format!(r#"{{"x":"{}"}}"#, "a".repeat(5 << 20));
    assert_eq!(call(&world.app, &token, &huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(call(&world.app, "nonsense", &huge).await.status, StatusCode::UNAUTHORIZED, "not read before");
}
