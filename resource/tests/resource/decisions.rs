//! Asking Kavach about one call.

use super::issuer::{Issuer, Key, with};
use http::{HeaderMap, Method, Uri};
use kavach_resource::{AccessToken, Asks, Need, NoDecision, Question, ResourceServer};
use serde_json::{Value, json};

async fn token(issuer: &Issuer, resource: &ResourceServer, changes: Value) -> AccessToken {
    let key = Key::es256(&changes.to_string());
    issuer.publish(&[&key]);
    let mut headers = HeaderMap::new();
    let text = key.token(&with(&issuer.claims(), changes));
    headers.insert("authorization", format!("Bearer {text}").parse().unwrap());
    resource.verify(&Method::POST, &Uri::from_static("/mcp"), &headers, &Need::default()).await.unwrap()
}

fn question() -> Question<'static> {
    Question { action: "execute", resource: "mcp:deploy:production", ..Question::default() }
}

fn answer(issuer: &Issuer, status: u16, body: Value) {
    *issuer.answers.decision.lock().unwrap() = (status, body);
}

fn waiting() -> Value {
    json!({"data": {
        "allowed": false, "reason": "a person must approve", "reasonCode": "approval_required", "auditId": "aud_1",
        "matched": null, "approval": {
            "id": "apr_1", "status": "pending", "url": "https://id.example/approve/apr_1", "expiresAt": "2026-01-01T00:00:00Z",
        },
    }})
}

#[tokio::test]
async fn an_agent_is_asked_about_with_its_own_token() {
    let issuer = Issuer::start().await;
    let resource = issuer.builder().asks(Asks::WithCallersToken).build().unwrap();
    let token = token(&issuer, &resource, json!({"act": {"sub": "agt_2", "act": {"sub": "agt_1"}}})).await;
    assert_eq!((token.agent(), token.actors().len()), (Some("agt_2"), 2));
    answer(&issuer, 200, waiting());
    let arguments = json!({"version": "1.2"});
    let asked = Question { arguments: arguments.as_object(), ..question() };
    let decision = resource.authorize(&token, asked).await.unwrap();
    assert!(!decision.allowed);
    assert_eq!(decision.waits_for().unwrap().url, "https://id.example/approve/apr_1");
    let (path, authorization, body) = issuer.answers.asked.lock().unwrap().clone().unwrap();
    assert_eq!(path, "/api/auth/authorize/token");
    assert_eq!(authorization, format!("Bearer {}", token.expose()));
    assert_eq!(
        body,
        json!({"action": "execute", "resource": "mcp:deploy:production", "arguments": {"version": "1.2"}})
    );
}

#[tokio::test]
async fn a_resource_with_an_api_key_names_the_agent() {
    let issuer = Issuer::start().await;
    let resource = issuer.builder().asks(Asks::WithApiKey("kv_key_x".to_owned())).build().unwrap();
    let token = token(&issuer, &resource, json!({"sub": "agt_7"})).await;
    let allowed = json!({"allowed": true, "reason": "ok", "reasonCode": "allowed", "auditId": "aud_1", "matched": null});
    answer(&issuer, 200, json!({"data": allowed}));
    let asked = Question { ip: Some([192, 0, 2, 1].into()), units: Some(3), ..question() };
    assert!(resource.authorize(&token, asked).await.unwrap().allowed);
    let (path, authorization, body) = issuer.answers.asked.lock().unwrap().clone().unwrap();
    assert_eq!((path.as_str(), authorization.as_str()), ("/api/auth/authorize", "Bearer kv_key_x"));
    assert_eq!(
        (&body["agentId"], &body["ip"], &body["units"]),
        (&json!("agt_7"), &json!("192.0.2.1"), &json!(3))
    );
}

#[tokio::test]
async fn whatever_is_no_decision_is_no_permission() {
    let issuer = Issuer::start().await;
    let silent = issuer.builder().build().unwrap();
    let mute = token(&issuer, &silent, json!({"sub": "agt_1"})).await;
    assert_eq!(silent.authorize(&mute, question()).await, Err(NoDecision::NotConfigured));
    let resource = issuer.builder().asks(Asks::WithCallersToken).build().unwrap();
    let person = token(&issuer, &resource, json!({"act": {"sub": "another-client"}})).await;
    assert_eq!(resource.authorize(&person, question()).await, Err(NoDecision::NoAgent));
    issuer.clock.advance(5);
    let agent = token(&issuer, &resource, json!({"sub": "agt_7"})).await;
    for (status, body, expected) in [
        (401, json!({}), NoDecision::Refused(401)),
        (403, json!({"data": {"allowed": true}}), NoDecision::Refused(403)),
        (500, json!({}), NoDecision::Unavailable),
        (302, json!({}), NoDecision::Unavailable),
        (200, json!({}), NoDecision::Unavailable),
        (200, json!({"data": {"allowed": "true"}}), NoDecision::Unavailable),
        (200, json!({"data": {"allowed": true}}), NoDecision::Unavailable),
    ] {
        answer(&issuer, status, body.clone());
        assert_eq!(resource.authorize(&agent, question()).await, Err(expected), "{status} {body}");
    }
    issuer.set_broken(true);
    assert_eq!(resource.authorize(&agent, question()).await, Err(NoDecision::Unavailable));
}
