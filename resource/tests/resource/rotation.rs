//! Keys come and go while requests are served.

use super::client::{bearing, reading};
use super::issuer::{Issuer, Key, with};
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn no_good_token_is_refused_while_keys_rotate() {
    let issuer = Issuer::start().await;
    let app = reading(&issuer.builder().build().unwrap());
    let (mut current, mut next) = (Key::es256("0"), Key::es256("1"));
    for round in 2..12 {
        // Published before it signs.
        issuer.publish(&[&current, &next]);
        let claims = with(&issuer.claims(), json!({"exp": 4_000_000_000_u32}));
        let (old, new) = (current.token(&claims), next.token(&claims));
        let all = (0..10).map(|n| bearing(&app, if n % 2 == 0 { &old } else { &new }));
        for answered in futures::future::join_all(all).await {
            assert_eq!(answered.status, StatusCode::OK, "round {round}: {answered:?}");
        }
        current = next;
        next = Key::es256(&round.to_string());
        issuer.clock.advance(30);
    }
    assert!(issuer.keys_asked() <= 11, "asked {} times", issuer.keys_asked());
}

#[tokio::test]
async fn many_who_miss_one_key_ask_once() {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    let app = reading(&issuer.builder().build().unwrap());
    let token = key.token(&issuer.claims());
    for answered in futures::future::join_all((0..50).map(|_| bearing(&app, &token))).await {
        assert_eq!(answered.status, StatusCode::OK);
    }
    assert_eq!(issuer.keys_asked(), 1);
}

#[tokio::test]
async fn invented_keys_are_asked_for_once_in_five_seconds() {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    let app = reading(&issuer.builder().build().unwrap());
    for name in 0..50 {
        let token = Key::es256(&format!("invented-{name}")).token(&issuer.claims());
        assert_eq!(bearing(&app, &token).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(issuer.keys_asked(), 1);
    issuer.clock.advance(5);
    let late = Key::es256("late");
    issuer.publish(&[&key, &late]);
    assert_eq!(bearing(&app, &late.token(&issuer.claims())).await.status, StatusCode::OK);
    assert_eq!(issuer.keys_asked(), 2);
}

#[tokio::test]
async fn a_key_that_was_taken_back_ends_within_ten_minutes() {
    let issuer = Issuer::start().await;
    let (stolen, good) = (Key::es256("stolen"), Key::es256("good"));
    issuer.publish(&[&stolen, &good]);
    let app = reading(&issuer.builder().build().unwrap());
    let claims = with(&issuer.claims(), json!({"exp": 4_000_000_000_u32}));
    assert_eq!(bearing(&app, &stolen.token(&claims)).await.status, StatusCode::OK);
    issuer.publish(&[&good]);
    issuer.clock.advance(601);
    assert_eq!(bearing(&app, &stolen.token(&claims)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bearing(&app, &good.token(&claims)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn known_keys_serve_a_day_while_the_issuer_is_away_and_unknown_ones_are_503() {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    let app = reading(&issuer.builder().build().unwrap());
    let claims = with(&issuer.claims(), json!({"exp": 4_000_000_000_u32}));
    let token = key.token(&claims);
    assert_eq!(bearing(&app, &token).await.status, StatusCode::OK);
    issuer.set_broken(true);
    for hours in [1, 12, 10] {
        issuer.clock.advance(hours * 3_600);
        assert_eq!(bearing(&app, &token).await.status, StatusCode::OK, "after {hours} hours more");
    }
    let answered = bearing(&app, &Key::es256("k2").token(&claims)).await;
    assert_eq!(
        answered.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "it may be good; a client must not throw it away"
    );
    assert_eq!(answered.headers["retry-after"], "1");
    issuer.clock.advance(2 * 3_600);
    assert_eq!(bearing(&app, &token).await.status, StatusCode::SERVICE_UNAVAILABLE, "too old to be believed");
    issuer.set_broken(false);
    issuer.clock.advance(1);
    assert_eq!(bearing(&app, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_is_let_in_before_the_issuer_was_reached_or_when_it_says_it_is_another() {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    issuer.set_broken(true);
    let app = reading(&issuer.builder().build().unwrap());
    let token = key.token(&issuer.claims());
    assert_eq!(bearing(&app, &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    issuer.set_broken(false);
    for claimed in [format!("{}/", issuer.issuer), "https://evil.example".to_owned()] {
        *issuer.answers.claimed.lock().unwrap() = Some(claimed);
        issuer.clock.advance(1);
        assert_eq!(bearing(&app, &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    *issuer.answers.claimed.lock().unwrap() = None;
    issuer.clock.advance(1);
    assert_eq!(bearing(&app, &token).await.status, StatusCode::OK);
}
