//! Which account an identity elsewhere becomes a way into.

use crate::one_tap::{browser, claims, google, google_worlds, post};
use crate::world::{PASSWORD, World, code, holder, sign_in, sign_up};
use kavach_model::identity::OneTap;
use kavach_model::user::ConfirmEmail;
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::{google as one_tap, identity};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::email_verification;
use serde_json::json;
use std::time::Duration;

/// Spends the verification link that was sent last.
pub async fn verify_address(world: &World) {
    let mails = outbox::development(&world.kv, &RequestContext::offline()).await.unwrap();
    let mail = mails.iter().find(|mail| mail.kind == "verify_email").unwrap();
    let token = mail.links[0].split_once("token=").unwrap().1;
    let request = ConfirmEmail { token: Secret::new(token) };
    email_verification::confirm(&world.kv, &RequestContext::offline(), request).await.unwrap();
}

#[tokio::test]
async fn an_address_verified_on_both_sides_links_and_the_person_is_told() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let ada = sign_up(kv, "ada@example.com").await;
        verify_address(&world).await;
        world.clock.advance(Duration::from_secs(60));
        let cx = browser(kv).await;
        let linked = post(kv, &cx, &google.sign(&claims(&world, &cx))).await.unwrap();
        assert_eq!(linked.user.id, ada.user.id);
        // The password still works, because the address was proven when it was chosen.
        assert!(sign_in(kv, "ada@example.com", PASSWORD).await.is_ok());
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        assert!(mails.iter().any(|mail| mail.kind == "identity_linked"));
    }
}

#[tokio::test]
async fn the_first_verified_sign_in_drops_an_unverified_password_and_its_sessions() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        // Somebody signs up with Ada's address and waits.
        let squatter = sign_up(kv, "ada@example.com").await;
        let cx = browser(kv).await;
        let ada = post(kv, &cx, &google.sign(&claims(&world, &cx))).await.unwrap();
        assert!(ada.user.email_verified);
        let refused = holder(kv, squatter.token.expose()).await;
        assert_eq!(code(refused), ErrorCode::Unauthenticated);
        let refused = sign_in(kv, "ada@example.com", PASSWORD).await;
        assert_eq!(code(refused), ErrorCode::InvalidCredentials);
    }
}

#[tokio::test]
async fn an_unverified_account_with_something_in_it_is_not_handed_over() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let squatter = sign_up(kv, "ada@example.com").await;
        let squatter = holder(kv, squatter.token.expose()).await.unwrap();
        let permissions = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;
        crate::world::make_agent(kv, &squatter, permissions).await;
        let cx = browser(kv).await;
        let refused = post(kv, &cx, &google.sign(&claims(&world, &cx))).await;
        assert_eq!(code(refused), ErrorCode::IdentityConflict);
        assert!(sign_in(kv, "ada@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn an_address_the_provider_has_not_verified_links_nothing() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let ada = sign_up(kv, "ada@example.com").await;
        verify_address(&world).await;
        let cx = browser(kv).await;
        for said in [json!(false), json!("false"), json!(null), json!(1), json!("yes")] {
            let mut claims = claims(&world, &cx);
            claims["email_verified"] = said.clone();
            let refused = post(kv, &cx, &google.sign(&claims)).await;
            assert_eq!(code(refused), ErrorCode::IdentityConflict, "{said}");
        }
        let holder = sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        assert_eq!(holder.user.id, ada.user.id);
        let cx = crate::world::holder(kv, holder.token.expose()).await.unwrap();
        assert!(identity::list(kv, &cx).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_new_account_with_an_unverified_address_stays_unverified() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        let mut claims = claims(&world, &cx);
        claims["email_verified"] = json!(false);
        let made = post(kv, &cx, &google.sign(&claims)).await.unwrap();
        assert!(!made.user.email_verified);
    }
}

#[tokio::test]
async fn a_fresh_session_links_and_the_last_way_in_stays() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        let mut said = claims(&world, &cx);
        said["email_verified"] = json!(false);
        let made = post(kv, &cx, &google.sign(&said)).await.unwrap();
        let mut session = holder(kv, made.token.expose()).await.unwrap();
        session.meta.browser.clone_from(&cx.meta.browser);
        let only = identity::list(kv, &session).await.unwrap().remove(0);
        assert_eq!((only.provider.as_str(), only.subject.as_str()), ("google", "109876543210"));
        let refused = identity::unlink(kv, &session, only.id).await;
        assert_eq!(code(refused), ErrorCode::LastWayIn);
        // A second Google account is a second way in, and then the first may go.
        let mut second = claims(&world, &session);
        second["sub"] = json!("2");
        second["email"] = json!("bob@example.com");
        let posted =
            OneTap { credential: Secret::new(google.sign(&second)), g_csrf_token: "csrf".to_owned() };
        one_tap::link(kv, &session, posted, Some("csrf".to_owned())).await.unwrap();
        assert_eq!(identity::list(kv, &session).await.unwrap().len(), 2);
        identity::unlink(kv, &session, only.id).await.unwrap();
        assert_eq!(code(identity::unlink(kv, &session, only.id).await), ErrorCode::NotFound);
        world.clock.advance(Duration::from_secs(3_600));
        let stale = holder(kv, made.token.expose()).await.unwrap();
        let left = identity::list(kv, &stale).await.unwrap().remove(0);
        let refused = identity::unlink(kv, &stale, left.id).await;
        assert_eq!(code(refused), ErrorCode::ReauthenticationRequired);
    }
}

#[tokio::test]
async fn an_identity_that_is_somebody_elses_is_not_linked() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        post(kv, &cx, &google.sign(&claims(&world, &cx))).await.unwrap();
        let bob = sign_up(kv, "bob@example.com").await;
        let mut bob = holder(kv, bob.token.expose()).await.unwrap();
        bob.meta.browser.clone_from(&cx.meta.browser);
        let posted = OneTap {
            credential: Secret::new(google.sign(&claims(&world, &bob))),
            g_csrf_token: "csrf".to_owned(),
        };
        let refused = one_tap::link(kv, &bob, posted, Some("csrf".to_owned())).await;
        assert_eq!(code(refused), ErrorCode::IdentityConflict);
    }
}
