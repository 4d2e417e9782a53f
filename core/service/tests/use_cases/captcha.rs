//! Captchas: a stand-in for the providers with the test secrets they document, and the built-in sum.

use crate::world::{PASSWORD, World, anonymous, code, sign_in, sign_up, worlds_with};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::captcha::CaptchaProvider;
use kavach_model::user::{SignInEmail, SignUpEmail};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::authn::email_password;
use kavach_service::config::{CaptchaMode, Config};
use kavach_service::guard::captcha::{self, Action};
use kavach_service::outbound::Response;
use kavach_service::{Error, Kavach, audit};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Turnstile's documented secrets: always passes, always fails, and "already spent".
const PASSES: &str = "1x0000000000000000000000000000000AA";
const FAILS: &str = "2x0000000000000000000000000000000AA";
const SPENT: &str = "3x0000000000000000000000000000000AA";

fn with(provider: CaptchaProvider, secret: &'static str, mode: CaptchaMode) -> impl Fn(&mut Config) {
    move |config| {
        config.rate_limit.enabled = false;
        config.hibp.enabled = false;
        config.captcha.provider = Some(provider);
        config.captcha.site_key = Some("1x00000000000000000000AA".to_owned());
        config.captcha.secret = Some(Secret::new(secret));
        config.captcha.verify_url = Some("https://verify.example/siteverify".to_owned());
        config.captcha.mode = mode;
    }
}

/// What the vendors answer; a token that says so is from elsewhere.
fn site_verify(body: &[u8]) -> Value {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(field("remoteip"), Some("192.0.2.1"));
    let token = field("response").unwrap();
    match field("secret").unwrap() {
        FAILS => json!({"success": false, "error-codes": ["invalid-input-response"]}),
        SPENT => json!({"success": false, "error-codes": ["timeout-or-duplicate"]}),
        PASSES if token.contains("elsewhere") => json!({"success": true, "hostname": "evil.example"}),
        PASSES if token.contains("nowhere") => json!({"success": true}),
        PASSES if token.contains("action") => {
            json!({"success": true, "hostname": "localhost", "action": "other"})
        }
        PASSES if token.contains("robot") => {
            json!({"success": true, "hostname": "localhost", "action": "sign_up", "score": 0.3})
        }
        PASSES => json!({"success": true, "hostname": "localhost", "action": "sign_up", "score": 0.9}),
        _ => json!({"success": false, "error-codes": ["invalid-input-secret"]}),
    }
}

fn answers(world: &World) {
    world.network.stand_in(|url, body| {
        assert_eq!(url, "https://verify.example/siteverify");
        let body = site_verify(body).to_string().into_bytes();
        Some(Response { status: 200, body, ..Response::default() })
    });
}

async fn try_sign_up(kv: &Kavach, email: &str, token: Option<&str>) -> Result<(), Error> {
    let mut cx = anonymous(kv).await;
    cx.meta.captcha = token.map(str::to_owned);
    let request = SignUpEmail { email: email.to_owned(), password: Secret::new(PASSWORD), name: None };
    email_password::sign_up(kv, &cx, request).await.map(drop)
}

async fn try_sign_in(kv: &Kavach, password: &str, token: Option<&str>) -> Result<(), Error> {
    let mut cx = anonymous(kv).await;
    cx.meta.captcha = token.map(str::to_owned);
    let request = SignInEmail { email: "ada@example.com".to_owned(), password: Secret::new(password) };
    email_password::sign_in(kv, &cx, request).await.map(drop)
}

const THEIRS: [CaptchaProvider; 4] = [
    CaptchaProvider::Turnstile,
    CaptchaProvider::RecaptchaV2,
    CaptchaProvider::RecaptchaV3,
    CaptchaProvider::Hcaptcha,
];

#[tokio::test]
async fn an_answer_counts_once_and_only_from_here() {
    for provider in THEIRS {
        for world in worlds_with(with(provider, PASSES, CaptchaMode::Always)).await {
            let kv = &world.kv;
            answers(&world);
            assert_eq!(code(try_sign_up(kv, "a@example.com", None).await), ErrorCode::CaptchaRequired);
            assert_eq!(code(try_sign_up(kv, "a@example.com", Some("")).await), ErrorCode::CaptchaRequired);
            try_sign_up(kv, "a@example.com", Some("good")).await.unwrap();
            let again = try_sign_up(kv, "b@example.com", Some("good")).await;
            assert_eq!(code(again), ErrorCode::CaptchaFailed, "{provider:?}");
            for token in ["elsewhere", "nowhere", "action", &"x".repeat(9_000)] {
                let refused = try_sign_up(kv, "b@example.com", Some(token)).await;
                assert_eq!(code(refused), ErrorCode::CaptchaFailed, "{provider:?} {token}");
            }
            let robot = try_sign_up(kv, "c@example.com", Some("robot")).await;
            assert_eq!(robot.is_err(), provider == CaptchaProvider::RecaptchaV3, "{provider:?}");
        }
    }
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_one_answer_one_goes_through() {
    for world in worlds_with(with(CaptchaProvider::Turnstile, PASSES, CaptchaMode::Always)).await {
        answers(&world);
        let tries = (0..50).map(|number| {
            let email = format!("p{number}@example.com");
            let kv = &world.kv;
            async move { try_sign_up(kv, &email, Some("one answer")).await }
        });
        let results = futures::future::join_all(tries).await;
        let won = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn the_test_secrets_that_fail_do_fail() {
    for secret in [FAILS, SPENT] {
        for world in worlds_with(with(CaptchaProvider::Turnstile, secret, CaptchaMode::Always)).await {
            answers(&world);
            let refused = try_sign_up(&world.kv, "a@example.com", Some("XXXX.DUMMY.TOKEN.XXXX")).await;
            assert_eq!(code(refused), ErrorCode::CaptchaFailed);
        }
    }
}

#[tokio::test]
async fn a_captcha_is_due_after_failures_and_not_before() {
    for world in worlds_with(with(CaptchaProvider::Turnstile, PASSES, CaptchaMode::OnRisk)).await {
        let kv = &world.kv;
        answers(&world);
        sign_up(kv, "ada@example.com").await;
        for _ in 0..3 {
            let refused = try_sign_in(kv, "a wrong guess, again", None).await;
            assert_eq!(code(refused), ErrorCode::InvalidCredentials);
        }
        assert_eq!(code(try_sign_in(kv, PASSWORD, None).await), ErrorCode::CaptchaRequired);
        // Turnstile's stand-in answers for signing up; signing in is another action.
        assert_eq!(code(try_sign_in(kv, PASSWORD, Some("good")).await), ErrorCode::CaptchaFailed);
        world.clock.advance(Duration::from_secs(901));
        sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        // A sign-in that went well gives the allowance back.
        for _ in 0..5 {
            sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_rush_of_sign_ups_needs_a_captcha() {
    for world in worlds_with(with(CaptchaProvider::Turnstile, PASSES, CaptchaMode::OnRisk)).await {
        let kv = &world.kv;
        answers(&world);
        for number in 0..3 {
            try_sign_up(kv, &format!("p{number}@example.com"), None).await.unwrap();
        }
        assert_eq!(code(try_sign_up(kv, "p3@example.com", None).await), ErrorCode::CaptchaRequired);
        try_sign_up(kv, "p3@example.com", Some("good")).await.unwrap();
    }
}

#[tokio::test]
async fn without_an_answer_from_the_provider_nobody_signs_up_and_signing_in_goes_on() {
    for world in worlds_with(with(CaptchaProvider::Hcaptcha, PASSES, CaptchaMode::Always)).await {
        let kv = &world.kv;
        answers(&world);
        try_sign_up(kv, "ada@example.com", Some("good")).await.unwrap();
        for broken in [
            None,
            Some(Response { status: 500, ..Response::default() }),
            Some(Response { status: 200, body: b"<html>".to_vec(), ..Response::default() }),
        ] {
            let token = format!("token-{broken:?}");
            world.network.stand_in(move |_, _| broken.clone());
            let refused = try_sign_up(kv, "bob@example.com", Some(&token)).await;
            assert_eq!(code(refused), ErrorCode::CaptchaFailed);
            try_sign_in(kv, PASSWORD, Some(&format!("in-{token}"))).await.unwrap();
        }
        kavach_service::setup::create_admin_offline(kv, "root@example.com", None, Secret::new(PASSWORD))
            .await
            .unwrap();
        let mut cx = anonymous(kv).await;
        cx.meta.captcha = Some("admin".to_owned());
        let request = SignInEmail { email: "root@example.com".into(), password: Secret::new(PASSWORD) };
        let done = email_password::sign_in(kv, &cx, request).await.unwrap();
        let admin = crate::world::holder(kv, done.token().expose()).await.unwrap();
        let filter = AuditFilter { kind: Some(AuditKind::CaptchaDegraded), ..AuditFilter::default() };
        let events = audit::list(kv, &admin, &filter, &PageRequest::default()).await.unwrap().data;
        assert_eq!(events.len(), 7);
    }
}

fn solve(challenge: &str, difficulty: u32) -> String {
    (0u64..)
        .map(|number| format!("{challenge}.{number}"))
        .find(|token| {
            let digest = Sha256::digest(token.as_bytes());
            u64::from_be_bytes(digest[..8].try_into().unwrap()).leading_zeros() >= difficulty
        })
        .unwrap()
}

#[tokio::test]
async fn the_built_in_sum_is_done_once_for_its_action_and_in_time() {
    let configured = worlds_with(|config| {
        config.rate_limit.enabled = false;
        config.hibp.enabled = false;
        config.captcha.provider = Some(CaptchaProvider::Pow);
        config.captcha.mode = CaptchaMode::Always;
        config.captcha.difficulty = 8;
    })
    .await;
    for world in configured {
        let kv = &world.kv;
        let issued = |action| captcha::challenge(kv, action).unwrap();
        let challenge = issued(Action::SignUp);
        assert_eq!(challenge.difficulty, 8);
        let token = solve(&challenge.challenge, 8);
        try_sign_up(kv, "ada@example.com", Some(&token)).await.unwrap();
        // The same sum has other answers; none of them counts again.
        let more = (0u64..1_000_000)
            .map(|number| format!("{}.0{number}", challenge.challenge))
            .find(|token| Sha256::digest(token.as_bytes())[0] == 0);
        for used in [token, more.unwrap()] {
            let refused = try_sign_up(kv, "bob@example.com", Some(&used)).await;
            assert_eq!(code(refused), ErrorCode::CaptchaFailed);
        }
        let other = issued(Action::SignIn).challenge;
        let late = issued(Action::SignUp).challenge;
        for bad in [solve(&other, 8), format!("{late}.x"), "1.2".to_owned(), format!("{late}x.1")] {
            let refused = try_sign_up(kv, "bob@example.com", Some(&bad)).await;
            assert_eq!(code(refused), ErrorCode::CaptchaFailed, "{bad}");
        }
        let late = issued(Action::SignUp).challenge;
        world.clock.advance(Duration::from_secs(601));
        let refused = try_sign_up(kv, "bob@example.com", Some(&solve(&late, 8))).await;
        assert_eq!(code(refused), ErrorCode::CaptchaFailed);
        assert_eq!(world.network.asked(), 0, "nobody else is asked");
    }
}
