//! Services that are asked while somebody waits, when they are slow, down or lying: how long it takes, who gets in all the
//! same, what the audit log says, and that they come back without a restart. The table is in docs/sign-in.md.

use crate::one_tap::{browser, jwk, sign};
use crate::part::{Fault, Outward, Part, outward, within};
use crate::world::{PASSWORD, anonymous, code};
use futures::future::join_all;
use jsonwebtoken::EncodingKey;
use kavach_model::audit::AuditKind;
use kavach_model::captcha::CaptchaProvider;
use kavach_model::identity::{OneTap, SiweFor, SiweVerify};
use kavach_model::user::{SignInEmail, SignUpEmail};
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::social::{self, Callback};
use kavach_service::authn::{email_password, google, siwe};
use kavach_service::config::{CaptchaMode, Config, Social};
use kavach_service::{Error, Kavach, setup};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn sign_up(kv: &Kavach, email: &str, captcha: Option<&str>) -> Result<(), Error> {
    let mut cx = anonymous(kv).await;
    cx.meta.captcha = captcha.map(str::to_owned);
    let request = SignUpEmail { email: email.to_owned(), password: Secret::new(PASSWORD), name: None };
    email_password::sign_up(kv, &cx, request).await.map(drop)
}

/// The general faults, and these lies.
fn faults(lies: &[Value]) -> Vec<Fault> {
    let lies =
        lies.iter().map(|lie| Fault::Says(lie.as_str().map_or_else(|| lie.to_string(), str::to_owned)));
    Fault::all().into_iter().chain(lies).collect()
}

// Captcha.

fn with_turnstile(url: String) -> impl FnOnce(&mut Config) {
    move |config| {
        config.captcha.provider = Some(CaptchaProvider::Turnstile);
        config.captcha.site_key = Some("1x00000000000000000000AA".to_owned());
        config.captcha.secret = Some(Secret::new("1x0000000000000000000000000000000AA"));
        config.captcha.verify_url = Some(url);
        config.captcha.mode = CaptchaMode::Always;
        config.captcha.timeout = SECOND;
    }
}

#[tokio::test]
async fn while_a_captcha_cannot_be_checked_nobody_signs_up_and_people_sign_in() {
    let lies = [
        json!({"success": true, "hostname": "localhost", "error-codes": ["timeout-or-duplicate"]}),
        json!({"success": "true", "hostname": "localhost"}),
        json!(r#"{"success": true, "success": false, "hostname": "localhost"}"#),
        json!({"success": 1, "hostname": "localhost"}),
        json!({"hostname": "localhost"}),
        json!({"success": false, "error-codes": ["internal-error"]}),
        json!([]),
    ];
    join_all(faults(&lies).into_iter().map(|fault| async move {
        let what = format!("{fault:?}");
        let right = |_: &str, _: &str| json!({"success": true, "hostname": "localhost"}).to_string();
        let mut part = Part::with(Some(fault), right).await;
        let away = outward(with_turnstile(part.url("/siteverify"))).await;
        let kv = &away.kv;
        setup::create_admin_offline(kv, "ada@example.com", None, Secret::new(PASSWORD)).await.unwrap();
        let refused = within(SECOND, &what, sign_up(kv, "bob@example.com", Some("one"))).await;
        assert_eq!(code(refused), ErrorCode::CaptchaFailed, "{what}");
        let mut cx = anonymous(kv).await;
        cx.meta.captcha = Some("two".to_owned());
        let request = SignInEmail { email: "ada@example.com".into(), password: Secret::new(PASSWORD) };
        within(SECOND, &what, email_password::sign_in(kv, &cx, request)).await.unwrap();
        let events = away.recorded(AuditKind::CaptchaDegraded).await;
        let mut outcomes: Vec<_> =
            events.iter().map(|record| record.event.context.as_ref().unwrap()["outcome"].clone()).collect();
        outcomes.sort_by_key(ToString::to_string);
        assert_eq!(outcomes, ["refused", "went_on"], "{what}");
        part.recover().await;
        sign_up(kv, "bob@example.com", Some("three")).await.unwrap();
        assert_eq!(away.recorded(AuditKind::CaptchaDegraded).await.len(), 2, "{what}");
    }))
    .await;
}

/// A yes that is somebody else's is a no, for signing in too: it is an answer.
#[tokio::test]
async fn a_captcha_solved_elsewhere_is_refused_everywhere() {
    let lies = [
        json!({"success": true}),
        json!({"success": true, "hostname": "evil.example"}),
        json!({"success": true, "hostname": "localhost.evil.example"}),
        json!({"success": true, "hostname": "localhost", "action": "another"}),
        json!({"success": false, "hostname": "localhost"}),
    ];
    join_all(lies.into_iter().map(|lie| async move {
        let part = Part::with(Some(Fault::Says(lie.to_string())), |_, _| String::new()).await;
        let away = outward(with_turnstile(part.url("/siteverify"))).await;
        let kv = &away.kv;
        setup::create_admin_offline(kv, "ada@example.com", None, Secret::new(PASSWORD)).await.unwrap();
        assert_eq!(
            code(sign_up(kv, "bob@example.com", Some("one")).await),
            ErrorCode::CaptchaFailed,
            "{lie}"
        );
        let mut cx = anonymous(kv).await;
        cx.meta.captcha = Some("two".to_owned());
        let request = SignInEmail { email: "ada@example.com".into(), password: Secret::new(PASSWORD) };
        assert_eq!(code(email_password::sign_in(kv, &cx, request).await), ErrorCode::CaptchaFailed, "{lie}");
        assert!(away.recorded(AuditKind::CaptchaDegraded).await.is_empty(), "{lie}");
    }))
    .await;
}

// Breached passwords.

/// The rest of the hash of the password, as the range service has it.
// printf %s seven-otters-drift-quietly | sha1sum
const FOUND: &str = "33544FD4286E52A7BEB42813DC158258341";

#[tokio::test]
async fn while_passwords_cannot_be_checked_people_sign_up_or_do_not_as_configured() {
    let lies = [json!("no range at all"), json!("ABC:many\r\n"), json!(format!("{FOUND}:-1\r\n"))];
    join_all(faults(&lies).into_iter().map(|fault| async move {
        let what = format!("{fault:?}");
        let mut part =
            Part::with(Some(fault), |_, _| format!("{FOUND}:0\r\n{FOUND}:7\r\n{FOUND}:0\r\n")).await;
        for fail_closed in [false, true] {
            let url = part.url("/range/");
            let away = outward(|config| {
                config.hibp.enabled = true;
                config.hibp.url = url;
                config.hibp.fail_closed = fail_closed;
            })
            .await;
            let kv = &away.kv;
            let done = within(SECOND, &what, sign_up(kv, "ada@example.com", None)).await;
            let events = away.recorded(AuditKind::PasswordCheckDegraded).await.len();
            match fail_closed {
                false => {
                    done.unwrap();
                    assert_eq!(events, 1, "{what}");
                }
                true => assert_eq!(code(done), ErrorCode::Unavailable, "{what}"),
            }
            if fail_closed {
                // It comes back with an answer that names the password three times: once is enough.
                part.recover().await;
                let refused = sign_up(kv, "bob@example.com", None).await;
                assert_eq!(code(refused), ErrorCode::PasswordBreached, "{what}");
            }
        }
    }))
    .await;
}

// Google's keys.

const CLIENT: &str = "1234-kavach.apps.googleusercontent.com";

fn one() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("../keys/rsa_one.pem")).unwrap()
}

fn two() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("../keys/rsa_two.pem")).unwrap()
}

async fn one_tap(away: &Outward) -> Result<(), Error> {
    let kv = &away.kv;
    let cx = browser(kv).await;
    let now = kv.clock().now().as_millis() / 1_000;
    let nonce = google::nonce(kv, &cx).unwrap().nonce;
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": CLIENT, "sub": "1", "email": "ada@example.com",
        "email_verified": true, "name": "Ada", "nonce": nonce, "iat": now, "exp": now + 3_600,
    });
    let csrf = "0123456789abcdef".to_owned();
    let credential = Secret::new(sign(&one(), "one", &claims));
    let request = OneTap { credential, g_csrf_token: csrf.clone() };
    google::one_tap(kv, &cx, request, Some(csrf)).await.map(drop)
}

#[tokio::test]
async fn without_the_keys_of_google_nobody_signs_in_with_it() {
    let lies = [
        json!({"keys": "none"}),
        json!([]),
        json!({"key": [jwk(&one(), "one")]}),
        json!(r#"{"keys": [], "keys": []}"#),
    ];
    join_all(faults(&lies).into_iter().map(|fault| async move {
        let what = format!("{fault:?}");
        let mut part =
            Part::with(Some(fault), |_, _| json!({"keys": [jwk(&one(), "one")]}).to_string()).await;
        let url = part.url("/certs");
        let away = outward(|config| {
            config.google.client_id = Some(CLIENT.to_owned());
            config.google.jwks_url = url;
        })
        .await;
        let refused = within(SECOND * 3, &what, one_tap(&away)).await;
        assert_eq!(code(refused), ErrorCode::Unavailable, "{what}");
        assert_eq!(away.recorded(AuditKind::ProviderUnavailable).await.len(), 1, "{what}");
        part.recover().await;
        away.clock.advance(SECOND * 6);
        one_tap(&away).await.unwrap();
    }))
    .await;
}

#[tokio::test]
async fn keys_that_are_not_those_it_was_signed_with_sign_nobody_in() {
    let mut mine = jwk(&one(), "one");
    mine["use"] = json!("enc");
    let mut symmetric = jwk(&one(), "one");
    symmetric = json!({"kty": "oct", "kid": "one", "k": symmetric["n"], "alg": "HS256"});
    let mut other_algorithm = jwk(&one(), "one");
    other_algorithm["alg"] = json!("RS512");
    let lies = [
        json!({"keys": []}),
        json!({"keys": [jwk(&two(), "one")]}),
        json!({"keys": [jwk(&one(), "two")]}),
        json!({"keys": [mine]}),
        json!({"keys": [symmetric]}),
        json!({"keys": [other_algorithm]}),
    ];
    join_all(lies.into_iter().map(|lie| async move {
        let mut part = Part::with(Some(Fault::Says(lie.to_string())), |_, _| {
            json!({"keys": [jwk(&one(), "one")]}).to_string()
        })
        .await;
        let url = part.url("/certs");
        let away = outward(|config| {
            config.google.client_id = Some(CLIENT.to_owned());
            config.google.jwks_url = url;
        })
        .await;
        assert_eq!(code(one_tap(&away).await), ErrorCode::ProofInvalid, "{lie}");
        assert_eq!(away.recorded(AuditKind::UserSignInFailed).await.len(), 1, "{lie}");
        part.recover().await;
        // What was fetched counts for ten minutes where its publisher says nothing.
        away.clock.advance(SECOND * 601);
        one_tap(&away).await.unwrap();
    }))
    .await;
}

// Another provider's token endpoint.

/// Signs in at a provider whose keys are where they should be.
async fn elsewhere(away: &Outward, nonce: &std::sync::Mutex<String>) -> Result<(), Error> {
    let kv = &away.kv;
    let cx = browser(kv).await;
    let url = social::begin(kv, &cx, "op", "/account", false).await?;
    let (_, query) = url.split_once('?').unwrap();
    let sent: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    nonce.lock().unwrap().clone_from(&sent["nonce"]);
    let callback = Callback { code: "code".to_owned(), state: sent["state"].clone(), ..Callback::default() };
    social::finish(kv, &cx, "op", callback).await?.result.map(drop)
}

fn tokens(nonce: &str, now: i64, more: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://op.example", "aud": "kavach", "sub": "op-1", "iat": now, "exp": now + 300, "nonce": nonce,
        "email": "ada@example.com", "email_verified": true, "name": "Ada",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    json!({"access_token": "a", "token_type": "bearer", "id_token": sign(&one(), "one", &claims)})
}

#[tokio::test]
async fn while_a_provider_gives_no_tokens_nobody_signs_in_with_it() {
    let now = crate::world::START.as_millis() / 1_000;
    let mut both = tokens("", now, &json!({}));
    both["error"] = json!("invalid_grant");
    let lies = [
        both,
        tokens("another", now, &json!({})),
        tokens("", now, &json!({"iss": "https://evil.example"})),
        json!({"access_token": "a", "token_type": "bearer"}),
        json!({"access_token": "a", "id_token": null}),
        json!({"access_token": "a", "id_token": "a.b.c"}),
        json!([]),
    ];
    join_all(faults(&lies).into_iter().map(|fault| async move {
        let what = format!("{fault:?}");
        let answered = matches!(fault, Fault::Portal | Fault::Redirects | Fault::Says(_));
        let keys = Part::with(None, |_, _| json!({"keys": [jwk(&one(), "one")]}).to_string()).await;
        let nonce = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let known = std::sync::Arc::clone(&nonce);
        let right = move |_: &str, _: &str| tokens(&known.lock().unwrap(), now, &json!({})).to_string();
        let mut part = Part::with(Some(fault), right).await;
        let (token_url, jwks_url) = (part.url("/token"), keys.url("/jwks"));
        let away = outward(|config| {
            config.social = vec![Social {
                id: "op".to_owned(),
                issuer: Some("https://op.example".to_owned()),
                client_id: "kavach".to_owned(),
                client_secret: Some(Secret::new("s3cret")),
                authorize_url: Some("https://op.example/auth".to_owned()),
                token_url: Some(token_url),
                jwks_url: Some(jwks_url),
                ..Social::default()
            }];
        })
        .await;
        let refused = within(SECOND * 5, &what, elsewhere(&away, &nonce)).await;
        let (expected, kind) = match answered {
            true => (ErrorCode::ProofInvalid, AuditKind::UserSignInFailed),
            false => (ErrorCode::Unavailable, AuditKind::ProviderUnavailable),
        };
        assert_eq!(code(refused), expected, "{what}");
        assert_eq!(away.recorded(kind).await.len(), 1, "{what}");
        part.recover().await;
        elsewhere(&away, &nonce).await.unwrap();
    }))
    .await;
}

// The node that speaks for contract wallets.

async fn by_contract(away: &Outward) -> Result<(), Error> {
    let kv = &away.kv;
    let cx = browser(kv).await;
    let nonce = siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap();
    let message = format!(
        "{} wants you to sign in with your Ethereum account:\n0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\n\n{}\n\nURI: {}\nVersion: 1\nChain ID: 1\nNonce: {}\nIssued At: {}\nExpiration Time: {}",
        nonce.domain, nonce.statement, nonce.uri, nonce.nonce, nonce.issued_at, nonce.expires_at
    );
    let request = SiweVerify { message, signature: format!("0x{}", "42".repeat(64)) };
    siwe::verify(kv, &cx, request).await.map(drop)
}

fn chain(_: &str, body: &str) -> String {
    let asked: Value = serde_json::from_str(body).unwrap();
    json!({"jsonrpc": "2.0", "id": 1, "result": if asked["method"] == "eth_chainId" { "0x1" } else { "0x01" }})
        .to_string()
}

#[tokio::test]
async fn without_the_node_no_contract_wallet_signs_in() {
    let error = json!({"code": -32005, "message": "limit exceeded"});
    let lies = [
        json!({"jsonrpc": "2.0", "id": 1, "result": "0x01", "error": error}),
        json!({"jsonrpc": "2.0", "id": 1, "error": error}),
        json!({"jsonrpc": "2.0", "id": 1, "result": true}),
        json!({"jsonrpc": "2.0", "id": 1, "result": "yes"}),
        json!({"jsonrpc": "2.0", "id": 1}),
        json!([]),
    ];
    join_all(faults(&lies).into_iter().map(|fault| async move {
        let what = format!("{fault:?}");
        let mut part = Part::with(Some(fault), chain).await;
        let url = part.url("/");
        let away = outward(|config| config.siwe.rpc_url = Some(Secret::new(url))).await;
        let refused = within(SECOND * 4, &what, by_contract(&away)).await;
        assert_eq!(code(refused), ErrorCode::Unavailable, "{what}");
        assert_eq!(away.recorded(AuditKind::ProviderUnavailable).await.len(), 1, "{what}");
        part.recover().await;
        by_contract(&away).await.unwrap();
    }))
    .await;
}

/// Another chain's node, and a contract that says anything but yes.
#[tokio::test]
async fn a_node_that_says_no_signs_nobody_in() {
    for (chain_id, verdict) in [
        ("0x2", "0x01"),
        ("0x01f", "0x01"),
        ("0x1", "0x"),
        ("0x1", "0x00"),
        ("0x1", "0x02"),
        ("0x1", "0x0101"),
    ] {
        let answer = move |_: &str, body: &str| {
            let asked: Value = serde_json::from_str(body).unwrap();
            let result = if asked["method"] == "eth_chainId" { chain_id } else { verdict };
            json!({"jsonrpc": "2.0", "id": 1, "result": result}).to_string()
        };
        let part = Part::with(None, answer).await;
        let url = part.url("/");
        let away = outward(|config| config.siwe.rpc_url = Some(Secret::new(url))).await;
        assert_eq!(code(by_contract(&away).await), ErrorCode::ProofInvalid, "{chain_id} {verdict}");
        assert_eq!(away.recorded(AuditKind::UserSignInFailed).await.len(), 1, "{chain_id} {verdict}");
    }
}
