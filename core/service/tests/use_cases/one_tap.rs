//! Google One Tap against a stand-in for Google that signs with a real key.

use crate::world::{World, anonymous, code, worlds_with};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::identity::OneTap;
use kavach_model::sign_in::SignedIn;
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::context::RequestContext;
use kavach_service::outbound::Response;
use kavach_service::{Error, Kavach, audit, authn::google};
use reqwest::header::{CACHE_CONTROL, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

pub const CLIENT: &str = "1234-kavach.apps.googleusercontent.com";
const CSRF: &str = "0123456789abcdef";

/// The stand-in's keys: the first is published from the start, the second when it is said so.
pub struct Google {
    pub key: EncodingKey,
    pub other_key: EncodingKey,
    up: AtomicBool,
    rotated: AtomicBool,
    asked: AtomicUsize,
}

pub fn google(world: &World) -> Arc<Google> {
    let key = |pem: &str| EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let google = Arc::new(Google {
        key: key(include_str!("../keys/rsa_one.pem")),
        other_key: key(include_str!("../keys/rsa_two.pem")),
        up: AtomicBool::new(true),
        rotated: AtomicBool::new(false),
        asked: AtomicUsize::new(0),
    });
    let answering = Arc::clone(&google);
    world.network.stand_in(move |url, _| answering.answer(url));
    google
}

impl Google {
    fn answer(&self, url: &str) -> Option<Response> {
        if url != "https://keys.example/certs" {
            return None;
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        if !self.up.load(Ordering::SeqCst) {
            return None;
        }
        let mut keys = vec![jwk(&self.key, "one")];
        if self.rotated.load(Ordering::SeqCst) {
            keys.push(jwk(&self.other_key, "two"));
        }
        let headers =
            HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("public, max-age=19000"))]);
        Some(Response { status: 200, headers, body: json!({"keys": keys}).to_string().into_bytes() })
    }

    /// An ID token of these claims.
    pub fn sign(&self, claims: &Value) -> String {
        sign(&self.key, "one", claims)
    }
}

pub fn jwk(key: &EncodingKey, kid: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(key, Algorithm::RS256).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
    serde_json::to_value(jwk).unwrap()
}

pub fn sign(key: &EncodingKey, kid: &str, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

pub async fn google_worlds() -> Vec<World> {
    worlds_with(|config| {
        config.google.client_id = Some(CLIENT.to_owned());
        config.google.jwks_url = "https://keys.example/certs".to_owned();
        config.rate_limit.enabled = false;
    })
    .await
}

pub async fn browser(kv: &Kavach) -> RequestContext {
    let mut cx = anonymous(kv).await;
    cx.meta.browser = Some("browser-one".to_owned());
    cx
}

/// What Google says of Ada to the browser of this context.
pub fn claims(world: &World, cx: &RequestContext) -> Value {
    let now = world.kv.clock().now().as_millis() / 1_000;
    json!({
        "iss": "https://accounts.google.com", "azp": CLIENT, "aud": CLIENT, "sub": "109876543210",
        "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace",
        "nonce": google::nonce(&world.kv, cx).unwrap().nonce,
        "nbf": now - 300, "iat": now, "exp": now + 3_600, "jti": "a1b2",
    })
}

pub async fn post(kv: &Kavach, cx: &RequestContext, credential: &str) -> Result<SignedIn, Error> {
    let request = OneTap { credential: Secret::new(credential), g_csrf_token: CSRF.to_owned() };
    let done = google::one_tap(kv, cx, request, Some(CSRF.to_owned())).await?;
    Ok(done.complete().unwrap())
}

#[tokio::test]
async fn a_google_account_makes_an_account_and_finds_it_again_by_its_subject() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        let made = post(kv, &cx, &google.sign(&claims(&world, &cx))).await.unwrap();
        assert_eq!(made.user.email.as_deref(), Some("ada@example.com"));
        assert!(made.user.email_verified);
        assert_eq!(made.user.name, "Ada Lovelace");
        // Another address at Google, and the other spelling of its name: the same person.
        let mut later = claims(&world, &cx);
        later["email"] = json!("ada@elsewhere.example");
        later["iss"] = json!("accounts.google.com");
        let again = post(kv, &cx, &google.sign(&later)).await.unwrap();
        assert_eq!(again.user.id, made.user.id);
        assert_eq!(again.user.email.as_deref(), Some("ada@example.com"));
    }
}

#[tokio::test]
async fn a_nonce_is_good_once_and_in_its_own_browser() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        let token = google.sign(&claims(&world, &cx));
        let mut elsewhere = cx.clone();
        elsewhere.meta.browser = Some("browser-two".to_owned());
        assert_eq!(code(post(kv, &elsewhere, &token).await), ErrorCode::ProofInvalid);
        let tries = (0..50).map(|_| async { post(kv, &cx, &token).await.is_ok() });
        let won = futures::future::join_all(tries).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn what_is_posted_must_match_the_cookie() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        let token = google.sign(&claims(&world, &cx));
        for (body, cookie) in
            [(CSRF, None), (CSRF, Some("another")), ("", Some("")), ("", None), ("", Some(CSRF))]
        {
            let request = OneTap { credential: Secret::new(token.clone()), g_csrf_token: body.to_owned() };
            let result = google::one_tap(kv, &cx, request, cookie.map(str::to_owned)).await;
            assert_eq!(code(result), ErrorCode::ProofInvalid, "{body:?} {cookie:?}");
        }
        assert!(post(kv, &cx, &token).await.is_ok());
    }
}

#[tokio::test]
async fn a_key_nobody_knows_is_looked_for_once_a_minute() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        post(kv, &cx, &google.sign(&claims(&world, &cx))).await.unwrap();
        assert_eq!(google.asked.load(Ordering::SeqCst), 1);
        google.rotated.store(true, Ordering::SeqCst);
        let with_new_key = |claims: Value| sign(&google.other_key, "two", &claims);
        // Too soon after the last look.
        for _ in 0..20 {
            let refused = post(kv, &cx, &with_new_key(claims(&world, &cx))).await;
            assert_eq!(code(refused), ErrorCode::ProofInvalid);
        }
        assert_eq!(google.asked.load(Ordering::SeqCst), 1);
        world.clock.advance(Duration::from_secs(61));
        post(kv, &cx, &with_new_key(claims(&world, &cx))).await.unwrap();
        assert_eq!(google.asked.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn without_googles_keys_nobody_signs_in_and_it_recovers_by_itself() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        google.up.store(false, Ordering::SeqCst);
        for _ in 0..10 {
            let refused = post(kv, &cx, &google.sign(&claims(&world, &cx))).await;
            assert_eq!(code(refused), ErrorCode::Unavailable);
        }
        assert_eq!(google.asked.load(Ordering::SeqCst), 1, "it is left alone for a moment");
        google.up.store(true, Ordering::SeqCst);
        world.clock.advance(Duration::from_secs(6));
        post(kv, &cx, &google.sign(&claims(&world, &cx))).await.unwrap();
        let admin = crate::world::admin(kv, "root@example.com").await;
        let filter = AuditFilter { kind: Some(AuditKind::ProviderUnavailable), ..AuditFilter::default() };
        let events = audit::list(kv, &admin, &filter, &PageRequest::default()).await.unwrap().data;
        assert_eq!(events.len(), 10);
    }
}

#[tokio::test]
async fn one_tap_is_off_without_a_client_id() {
    for world in worlds_with(|_| {}).await {
        let cx = browser(&world.kv).await;
        assert_eq!(code(google::nonce(&world.kv, &cx)), ErrorCode::MethodDisabled);
        assert_eq!(code(post(&world.kv, &cx, "a.b.c").await), ErrorCode::MethodDisabled);
    }
}
