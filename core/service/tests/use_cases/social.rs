//! Providers: a stand-in for one that speaks OpenID Connect, and for one that does not.

use crate::one_tap::{browser, jwk, sign};
use crate::world::{PASSWORD, World, code, holder, sign_in, sign_up, worlds_with};
use jsonwebtoken::EncodingKey;
use kavach_model::sign_in::SignedIn;
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::identity;
use kavach_service::authn::social::{self, Callback, Finished};
use kavach_service::config::{Preset, Social};
use kavach_service::context::RequestContext;
use kavach_service::outbound::Response;
use kavach_service::{Error, Kavach};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What the stand-in was asked, and how it lies.
#[derive(Default)]
struct Provider {
    /// Claims or members of the next answer.
    says: Mutex<HashMap<String, Value>>,
    /// Bodies of token requests.
    asked: Mutex<Vec<HashMap<String, String>>>,
    down: Mutex<bool>,
}

fn form(body: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

fn ok(body: &Value) -> Option<Response> {
    Some(Response { status: 200, body: body.to_string().into_bytes(), ..Response::default() })
}

/// Answers for `https://op.example` and for GitHub.
fn stand_in(world: &World) -> Arc<Provider> {
    let provider = Arc::new(Provider::default());
    let answering = Arc::clone(&provider);
    let clock = Arc::clone(&world.clock);
    world.network.stand_in(move |url, body| {
        if *answering.down.lock().unwrap() {
            return None;
        }
        let key = EncodingKey::from_rsa_pem(include_bytes!("../keys/rsa_one.pem")).unwrap();
        let now = kavach_service::clock::Clock::now(&*clock).as_millis() / 1_000;
        let says = answering.says.lock().unwrap().clone();
        match url {
            "https://op.example/.well-known/openid-configuration" => ok(&json!({
                "issuer": says.get("document_issuer").cloned().unwrap_or(json!("https://op.example")),
                "authorization_endpoint": "https://op.example/auth",
                "token_endpoint": "https://op.example/token",
                "jwks_uri": "https://op.example/jwks",
            })),
            "https://op.example/jwks" => ok(&json!({"keys": [jwk(&key, "one")]})),
            "https://op.example/token" => {
                answering.asked.lock().unwrap().push(form(body));
                let mut claims = json!({
                    "iss": "https://op.example", "aud": "kavach", "sub": "op-1", "iat": now, "exp": now + 300,
                    "email": "ada@example.com", "email_verified": true, "name": "Ada",
                });
                for (name, value) in says {
                    claims[name] = value;
                }
                ok(&json!({"access_token": "a", "id_token": sign(&key, "one", &claims)}))
            }
            "https://github.com/login/oauth/access_token" => {
                answering.asked.lock().unwrap().push(form(body));
                ok(&json!({"access_token": "gho_x", "token_type": "bearer"}))
            }
            "https://api.github.com/user" => ok(&json!({"id": 583231, "login": "octocat", "name": null})),
            "https://api.github.com/user/emails" => ok(&json!([
                {"email": "other@example.com", "verified": true, "primary": false},
                {"email": "ada@example.com", "verified": says.get("verified").cloned().unwrap_or(json!(true)), "primary": true},
            ])),
            other => panic!("{other} was asked"),
        }
    });
    provider
}

async fn social_worlds() -> Vec<World> {
    worlds_with(|config| {
        config.rate_limit.enabled = false;
        config.hibp.enabled = false;
        let secret = Some(Secret::new("s3cret"));
        config.social = vec![
            Social {
                id: "op".to_owned(),
                issuer: Some("https://op.example".to_owned()),
                client_id: "kavach".to_owned(),
                client_secret: secret.clone(),
                ..Social::default()
            },
            Social {
                preset: Preset::Github,
                client_id: "gh".to_owned(),
                client_secret: secret,
                ..Social::default()
            },
        ];
    })
    .await
}

/// The parameters people are sent to the provider with.
async fn begin(kv: &Kavach, cx: &RequestContext, id: &str, link: bool) -> HashMap<String, String> {
    let url = social::begin(kv, cx, id, "/account", link).await.unwrap();
    let (_, query) = url.split_once('?').unwrap();
    form(query.as_bytes())
}

fn callback(state: &str) -> Callback {
    Callback { code: "code-1".to_owned(), state: state.to_owned(), ..Callback::default() }
}

async fn finish(kv: &Kavach, cx: &RequestContext, id: &str, callback: Callback) -> Result<SignedIn, Error> {
    let Finished { return_to, result, .. } = social::finish(kv, cx, id, callback).await?;
    assert_eq!(return_to, "/account");
    Ok(result?.unwrap().complete().unwrap())
}

/// Signs in with what the provider says.
async fn through(
    kv: &Kavach,
    provider: &Provider,
    cx: &RequestContext,
    says: &[(&str, Value)],
) -> Result<SignedIn, Error> {
    let sent = begin(kv, cx, "op", false).await;
    let mut all: HashMap<String, Value> =
        says.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    all.entry("nonce".to_owned()).or_insert_with(|| json!(sent["nonce"]));
    *provider.says.lock().unwrap() = all;
    finish(kv, cx, "op", callback(&sent["state"])).await
}

#[tokio::test]
async fn a_person_signs_in_at_an_openid_provider_and_is_found_again() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        let made = through(kv, &provider, &cx, &[]).await.unwrap();
        assert_eq!(made.user.email.as_deref(), Some("ada@example.com"));
        let again = through(kv, &provider, &cx, &[("email", json!("new@example.com"))]).await.unwrap();
        assert_eq!(again.user.id, made.user.id);
        // Another subject with the same address is another person, and does not get this account.
        let other = through(kv, &provider, &cx, &[("sub", json!("op-2"))]).await;
        assert_eq!(code(other), ErrorCode::IdentityConflict);
    }
}

#[tokio::test]
async fn the_request_and_the_exchange_hang_together() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        let url = social::begin(kv, &cx, "op", "/account", false).await.unwrap();
        assert!(url.starts_with("https://op.example/auth?response_type=code&client_id=kavach&"), "{url}");
        let sent = form(url.split_once('?').unwrap().1.as_bytes());
        assert_eq!(sent["redirect_uri"], "http://localhost:3000/sign-in/callback/op");
        assert_eq!(sent["code_challenge_method"], "S256");
        *provider.says.lock().unwrap() = HashMap::from([("nonce".to_owned(), json!(sent["nonce"]))]);
        finish(kv, &cx, "op", callback(&sent["state"])).await.unwrap();
        let asked = provider.asked.lock().unwrap().remove(0);
        assert_eq!(asked["code"], "code-1");
        assert_eq!(asked["client_secret"], "s3cret");
        use base64::Engine as _;
        use sha2::Digest as _;
        let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(sha2::Sha256::digest(asked["code_verifier"].as_bytes()));
        assert_eq!(challenge, sent["code_challenge"]);
        assert!(asked["code_verifier"].len() >= 43);
    }
}

#[tokio::test]
async fn a_state_is_good_once_in_its_own_browser_for_its_own_provider() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        let mut elsewhere = cx.clone();
        elsewhere.meta.browser = Some("browser-two".to_owned());
        let sent = begin(kv, &cx, "op", false).await;
        let refused = social::finish(kv, &elsewhere, "op", callback(&sent["state"])).await;
        assert_eq!(code(refused), ErrorCode::ProofInvalid);
        let sent = begin(kv, &cx, "op", false).await;
        let refused = social::finish(kv, &cx, "github", callback(&sent["state"])).await;
        assert_eq!(code(refused), ErrorCode::ProofInvalid);
        for made_up in ["", "made-up"] {
            let refused = social::finish(kv, &cx, "op", callback(made_up)).await;
            assert_eq!(code(refused), ErrorCode::ProofInvalid);
        }
        let sent = begin(kv, &cx, "op", false).await;
        *provider.says.lock().unwrap() = HashMap::from([("nonce".to_owned(), json!(sent["nonce"]))]);
        let tries = (0..50).map(|_| async { finish(kv, &cx, "op", callback(&sent["state"])).await.is_ok() });
        let won = futures::future::join_all(tries).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        assert_eq!(provider.asked.lock().unwrap().len(), 1);
        let sent = begin(kv, &cx, "op", false).await;
        world.clock.advance(std::time::Duration::from_secs(601));
        let late = social::finish(kv, &cx, "op", callback(&sent["state"])).await;
        assert_eq!(code(late), ErrorCode::ProofInvalid);
        assert_eq!(code(social::begin(kv, &cx, "nobody", "/account", false).await), ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn what_the_provider_says_must_be_for_us_and_for_this_flow() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        for says in [
            ("nonce", json!("another")),
            ("nonce", json!(null)),
            ("iss", json!("https://evil.example")),
            ("iss", json!("https://op.example/")),
            ("aud", json!("another")),
            ("aud", json!(["kavach", "another"])),
            ("exp", json!(1)),
            ("exp", json!("9999999999")),
            ("sub", json!("")),
        ] {
            let refused = through(kv, &provider, &cx, std::slice::from_ref(&says)).await;
            assert_eq!(code(refused), ErrorCode::ProofInvalid, "{says:?}");
        }
        // Another issuer answers (RFC 9207), or the provider says no.
        for wrong in [
            Callback { iss: "https://evil.example".to_owned(), ..callback("") },
            Callback { error: "access_denied".to_owned(), ..callback("") },
            Callback { code: String::new(), ..callback("") },
        ] {
            let sent = begin(kv, &cx, "op", false).await;
            let wrong = Callback { state: sent["state"].clone(), ..wrong };
            assert_eq!(code(finish(kv, &cx, "op", wrong).await), ErrorCode::ProofInvalid);
        }
        let sent = begin(kv, &cx, "op", false).await;
        *provider.says.lock().unwrap() = HashMap::from([("nonce".to_owned(), json!(sent["nonce"]))]);
        let right = Callback { iss: "https://op.example".to_owned(), ..callback(&sent["state"]) };
        finish(kv, &cx, "op", right).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_that_exists_is_linked_only_by_its_own_fresh_session() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        let ada = sign_up(kv, "ada@example.com").await;
        crate::identities::verify_address(&world).await;
        let refused = through(kv, &provider, &cx, &[]).await;
        assert_eq!(code(refused), ErrorCode::IdentityConflict);
        let mut session = holder(kv, ada.token.expose()).await.unwrap();
        session.meta.browser.clone_from(&cx.meta.browser);
        let sent = begin(kv, &session, "op", true).await;
        *provider.says.lock().unwrap() = HashMap::from([
            ("nonce".to_owned(), json!(sent["nonce"])),
            ("email".to_owned(), json!("private@example.com")),
        ]);
        let done = social::finish(kv, &session, "op", callback(&sent["state"])).await.unwrap();
        assert!(done.linking && done.result.unwrap().is_none());
        assert_eq!(identity::list(kv, &session).await.unwrap()[0].subject, "op-1");
        assert_eq!(through(kv, &provider, &cx, &[]).await.unwrap().user.id, ada.user.id);
        assert!(sign_in(kv, "ada@example.com", PASSWORD).await.is_ok());
        // Somebody else's session does not finish a flow that began to link.
        let sent = begin(kv, &session, "op", true).await;
        let done = social::finish(kv, &cx, "op", callback(&sent["state"])).await.unwrap();
        assert_eq!(code(done.result), ErrorCode::Unauthenticated);
    }
}

#[tokio::test]
async fn github_is_asked_for_the_person_and_the_verified_address() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        let sent = begin(kv, &cx, "github", false).await;
        assert_eq!(sent["scope"], "read:user user:email");
        let made = finish(kv, &cx, "github", callback(&sent["state"])).await.unwrap();
        assert_eq!((made.user.name.as_str(), made.user.email_verified), ("octocat", true));
        let mut session = holder(kv, made.token.expose()).await.unwrap();
        session.meta.browser.clone_from(&cx.meta.browser);
        let linked = identity::list(kv, &session).await.unwrap();
        assert_eq!((linked[0].issuer.as_str(), linked[0].subject.as_str()), ("https://github.com", "583231"));
        drop(provider);
    }
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be_away_and_comes_back() {
    for world in social_worlds().await {
        let (kv, provider) = (&world.kv, stand_in(&world));
        let cx = browser(kv).await;
        *provider.down.lock().unwrap() = true;
        assert_eq!(code(social::begin(kv, &cx, "op", "/account", false).await), ErrorCode::Unavailable);
        *provider.down.lock().unwrap() = false;
        // A document that is another issuer's is none.
        provider.says.lock().unwrap().insert("document_issuer".to_owned(), json!("https://evil.example"));
        assert_eq!(code(social::begin(kv, &cx, "op", "/account", false).await), ErrorCode::Unavailable);
        provider.says.lock().unwrap().clear();
        let sent = begin(kv, &cx, "op", false).await;
        *provider.down.lock().unwrap() = true;
        assert_eq!(code(finish(kv, &cx, "op", callback(&sent["state"])).await), ErrorCode::Unavailable);
        *provider.down.lock().unwrap() = false;
        through(kv, &provider, &cx, &[]).await.unwrap();
    }
}
