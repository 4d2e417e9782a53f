//! Asking the authorization server about every token.

use super::client::{bearing, reading};
use super::issuer::{Issuer, NOW, RESOURCE, with};
use axum::Router;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

async fn world(answer: Value) -> (Issuer, Router) {
    let issuer = Issuer::start().await;
    *issuer.answers.introspection.lock().unwrap() = answer;
    let app = reading(&issuer.builder().introspect("rs one", "s3cret+&").build().unwrap());
    (issuer, app)
}

fn active() -> Value {
    json!({"active": true, "aud": RESOURCE, "sub": "usr_1", "client_id": "c1", "scope": "read", "exp": NOW + 5})
}

#[tokio::test]
async fn an_opaque_token_is_asked_about_with_our_credentials() {
    let (issuer, app) = world(active()).await;
    let answered = bearing(&app, "opaque").await;
    assert_eq!((answered.status, &answered.body["sub"]), (StatusCode::OK, &json!("usr_1")));
    let (_, authorization, body) = issuer.answers.asked.lock().unwrap().clone().unwrap();
    // `rs+one:s3cret%2B%26`, each half encoded by itself.
    assert_eq!(authorization, "Basic cnMrb25lOnMzY3JldCUyQiUyNg==");
    assert_eq!(body, "token=opaque&token_type_hint=access_token");
}

#[tokio::test]
async fn an_answer_is_remembered_for_seconds_and_never_beyond_the_end_of_the_token() {
    let (issuer, app) = world(with(&active(), json!({"exp": NOW + 100}))).await;
    for _ in 0..5 {
        assert_eq!(bearing(&app, "one").await.status, StatusCode::OK);
    }
    assert_eq!(issuer.answers.introspected.load(Ordering::SeqCst), 1);
    *issuer.answers.introspection.lock().unwrap() = json!({"active": false});
    issuer.clock.advance(10);
    assert_eq!(bearing(&app, "one").await.status, StatusCode::UNAUTHORIZED, "revoked, and it shows");
    assert_eq!(issuer.answers.introspected.load(Ordering::SeqCst), 2);
    *issuer.answers.introspection.lock().unwrap() = with(&active(), json!({"exp": NOW + 12}));
    assert_eq!(bearing(&app, "two").await.status, StatusCode::OK);
    issuer.clock.advance(3);
    *issuer.answers.introspection.lock().unwrap() = json!({"active": false});
    assert_eq!(
        bearing(&app, "two").await.status,
        StatusCode::UNAUTHORIZED,
        "its end came before the memory's"
    );
}

#[tokio::test]
async fn what_is_not_said_to_be_active_and_ours_is_refused() {
    for (what, changes) in [
        ("not active", json!({"active": false})),
        ("of another issuer", json!({"iss": "https://evil.example"})),
        ("for nobody", json!({"aud": null})),
        ("for another", json!({"aud": "https://other.example"})),
        ("without end", json!({"exp": null})),
        ("expired", json!({"exp": NOW - 31})),
        ("not good yet", json!({"nbf": NOW + 31})),
    ] {
        let (_issuer, app) = world(with(&active(), changes)).await;
        let answered = bearing(&app, "t").await;
        assert_eq!(
            (answered.status, answered.error()),
            (StatusCode::UNAUTHORIZED, "invalid_token"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn without_a_usable_answer_nobody_is_let_in() {
    for answer in [json!({}), json!({"active": "true"}), json!({"active": 1}), json!([]), json!("active")] {
        let (_issuer, app) = world(answer.clone()).await;
        assert_eq!(bearing(&app, "t").await.status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    }
    let (issuer, app) = world(active()).await;
    issuer.set_broken(true);
    assert_eq!(bearing(&app, "t").await.status, StatusCode::SERVICE_UNAVAILABLE);
    issuer.set_broken(false);
    assert_eq!(bearing(&app, "t").await.status, StatusCode::OK, "a failure is not remembered");
}
