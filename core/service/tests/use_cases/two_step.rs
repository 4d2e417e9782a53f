//! The second step of a sign-in: authenticator app and backup codes.

use crate::world::{self, PASSWORD, World, anonymous, code, holder, person, worlds};
use futures::future::join_all;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::sign_in::{Factor, PendingSignIn, SignIn};
use kavach_model::two_step::TypedCode;
use kavach_model::user::{Reauthenticate, SignInEmail};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::authn::{backup_codes, email_password, reauthenticate, second_step, totp};
use kavach_service::clock::Clock as _;
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, audit};
use std::time::Duration;
use totp_rs::{Algorithm, Builder, Totp};

const STEP: Duration = Duration::from_secs(30);

fn app(secret: &str) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("a")
        .build()
        .unwrap()
}

fn typed(code: impl Into<String>) -> TypedCode {
    TypedCode { code: Secret::new(code.into()) }
}

impl World {
    fn code_of(&self, app: &Totp) -> String {
        app.generate(self.clock.now().as_millis() as u64 / 1_000).to_string()
    }
}

/// A person with an app that was set up a step ago.
async fn enrolled(world: &World, email: &str) -> (RequestContext, Totp) {
    let cx = person(&world.kv, email).await;
    let app = app(&totp::enroll(&world.kv, &cx).await.unwrap().secret);
    totp::confirm(&world.kv, &cx, typed(world.code_of(&app))).await.unwrap();
    world.clock.advance(STEP);
    (cx, app)
}

async fn pending(kv: &Kavach, email: &str) -> (PendingSignIn, RequestContext) {
    let request = SignInEmail { email: email.to_owned(), password: Secret::new(PASSWORD) };
    let done = email_password::sign_in(kv, &anonymous(kv).await, request).await.unwrap();
    let SignIn::Pending(pending) = done else { panic!("nothing was pending") };
    let cx = holder(kv, pending.token.expose()).await.unwrap();
    (pending, cx)
}

#[tokio::test]
async fn a_code_finishes_a_sign_in_and_changes_its_token() {
    for world in worlds().await {
        let kv = &world.kv;
        let (_, app) = enrolled(&world, "ada@example.com").await;
        let (first, cx) = pending(kv, "ada@example.com").await;
        assert_eq!(first.factors, [Factor::Totp]);
        let done = second_step::verify(kv, &cx, typed(world.code_of(&app))).await.unwrap();
        assert_eq!(code(holder(kv, first.token.expose()).await), ErrorCode::Unauthenticated);
        let whole = holder(kv, done.token.expose()).await.unwrap();
        let session = kavach_service::session::current(kv, &whole).await.unwrap().session;
        assert_eq!(session.amr, ["pwd", "otp", "mfa"]);
        assert!(session.fresh && !session.pending);
        assert_eq!(session.auth_time, world.clock.now());
        // There is nothing to finish in a session that is whole.
        world.clock.advance(STEP);
        let again = second_step::verify(kv, &whole, typed(world.code_of(&app))).await;
        assert_eq!(code(again), ErrorCode::Conflict);
    }
}

#[tokio::test]
async fn a_code_works_once_and_none_works_that_is_older_than_the_last() {
    for world in worlds().await {
        let kv = &world.kv;
        let (_, app) = enrolled(&world, "ada@example.com").await;
        let older = world.code_of(&app);
        world.clock.advance(STEP);
        let used = world.code_of(&app);
        let (_, cx) = pending(kv, "ada@example.com").await;
        second_step::verify(kv, &cx, typed(&used)).await.unwrap();
        for replayed in [used, older] {
            let (_, cx) = pending(kv, "ada@example.com").await;
            assert_eq!(code(second_step::verify(kv, &cx, typed(replayed)).await), ErrorCode::CodeInvalid);
        }
        world.clock.advance(STEP);
        let (_, cx) = pending(kv, "ada@example.com").await;
        second_step::verify(kv, &cx, typed(world.code_of(&app))).await.unwrap();
    }
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_one_code_exactly_one_signs_in() {
    for base in worlds().await {
        let world = unlimited(&base).await;
        let kv = &world.kv;
        let (_, app) = enrolled(&world, "ada@example.com").await;
        let code = world.code_of(&app);
        let mut waiting = Vec::new();
        for _ in 0..50 {
            waiting.push(pending(kv, "ada@example.com").await.1);
        }
        let tries = waiting.iter().map(|cx| second_step::verify(kv, cx, typed(&code)));
        let won = join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn of_fifty_parallel_uses_of_one_backup_code_exactly_one_signs_in() {
    for base in worlds().await {
        let world = unlimited(&base).await;
        let kv = &world.kv;
        let (owner, _) = enrolled(&world, "ada@example.com").await;
        let codes = backup_codes::regenerate(kv, &owner).await.unwrap().codes;
        let mut waiting = Vec::new();
        for _ in 0..30 {
            waiting.push(pending(kv, "ada@example.com").await.1);
        }
        let tries = waiting.iter().map(|cx| second_step::verify(kv, cx, typed(&codes[0])));
        let won = join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

/// The same database kind, where nothing limits how often something is tried.
async fn unlimited(base: &World) -> World {
    let postgres = base.config.database.url.is_some();
    let url = if postgres { world::scratch_postgres().await } else { None };
    world::start(url, |config| config.rate_limit.enabled = false).await
}

#[tokio::test]
async fn after_many_wrong_codes_the_right_one_is_refused_too() {
    for world in worlds().await {
        let kv = &world.kv;
        let (_, app) = enrolled(&world, "ada@example.com").await;
        let right = world.code_of(&app);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let (_, cx) = pending(kv, "ada@example.com").await;
        let tries = (0..200).map(|_| second_step::verify(kv, &cx, typed(wrong)));
        let outcomes: Vec<ErrorCode> = join_all(tries).await.into_iter().map(code).collect();
        let looked_at = outcomes.iter().filter(|outcome| **outcome == ErrorCode::CodeInvalid).count();
        assert!(looked_at <= 5, "{looked_at}");
        assert_eq!(code(second_step::verify(kv, &cx, typed(right)).await), ErrorCode::RateLimited);
        if world.config.database.url.is_none() {
            continue;
        }
        // Another process over the same database knows it too.
        let other = world::open(&world.config, &world.clock).await;
        let cx = holder(&other, pending_token(kv).await.as_str()).await.unwrap();
        assert_eq!(
            code(second_step::verify(&other, &cx, typed(world.code_of(&app))).await),
            ErrorCode::RateLimited
        );
    }
}

async fn pending_token(kv: &Kavach) -> String {
    pending(kv, "ada@example.com").await.0.token.expose().to_owned()
}

#[tokio::test]
async fn a_session_that_waits_for_its_second_factor_can_do_nothing_else() {
    for world in worlds().await {
        let kv = &world.kv;
        enrolled(&world, "ada@example.com").await;
        let (first, cx) = pending(kv, "ada@example.com").await;
        let agent = kavach_service::agent::create(kv, &cx, world::new_agent("[]")).await;
        assert_eq!(code(agent), ErrorCode::MfaRequired);
        assert_eq!(code(totp::enroll(kv, &cx).await), ErrorCode::MfaRequired);
        assert_eq!(code(totp::disable(kv, &cx).await), ErrorCode::MfaRequired);
        assert_eq!(code(backup_codes::regenerate(kv, &cx).await), ErrorCode::MfaRequired);
        let again = Reauthenticate { password: Some(Secret::new(PASSWORD)), ..Reauthenticate::default() };
        assert_eq!(code(reauthenticate::reauthenticate(kv, &cx, again).await), ErrorCode::MfaRequired);
        world.clock.advance(Duration::from_secs(600));
        assert_eq!(code(holder(kv, first.token.expose()).await), ErrorCode::Unauthenticated);
    }
}

#[tokio::test]
async fn setting_up_another_app_needs_a_fresh_session_and_leaves_the_first_in_force_until_it_shows_a_code() {
    for world in worlds().await {
        let kv = &world.kv;
        let (cx, first) = enrolled(&world, "ada@example.com").await;
        let second = app(&totp::enroll(kv, &cx).await.unwrap().secret);
        // The second is not in force, the first is.
        let (_, waiting) = pending(kv, "ada@example.com").await;
        let early = second_step::verify(kv, &waiting, typed(world.code_of(&second))).await;
        assert_eq!(code(early), ErrorCode::CodeInvalid);
        second_step::verify(kv, &waiting, typed(world.code_of(&first))).await.unwrap();
        totp::confirm(kv, &cx, typed(world.code_of(&second))).await.unwrap();
        world.clock.advance(STEP);
        let (_, waiting) = pending(kv, "ada@example.com").await;
        let late = second_step::verify(kv, &waiting, typed(world.code_of(&first))).await;
        assert_eq!(code(late), ErrorCode::CodeInvalid);
        second_step::verify(kv, &waiting, typed(world.code_of(&second))).await.unwrap();

        let stale = stale(&cx);
        assert_eq!(code(totp::enroll(kv, &stale).await), ErrorCode::ReauthenticationRequired);
        assert_eq!(
            code(totp::confirm(kv, &stale, typed("000000")).await),
            ErrorCode::ReauthenticationRequired
        );
        assert_eq!(code(totp::disable(kv, &stale).await), ErrorCode::ReauthenticationRequired);
        assert_eq!(code(backup_codes::regenerate(kv, &stale).await), ErrorCode::ReauthenticationRequired);
        assert!(totp::status(kv, &stale).await.unwrap().totp_since.is_some());
    }
}

/// The same session when it is not fresh any more.
fn stale(cx: &RequestContext) -> RequestContext {
    let kavach_service::context::Caller::Session(caller) = &cx.caller else { panic!("not a session") };
    let mut caller = kavach_service::context::SessionCaller::clone(caller);
    caller.session.fresh = false;
    RequestContext {
        meta: cx.meta.clone(),
        caller: kavach_service::context::Caller::Session(std::sync::Arc::new(caller)),
    }
}

#[tokio::test]
async fn backup_codes_work_once_each_and_new_ones_end_the_old() {
    for world in worlds().await {
        let kv = &world.kv;
        let (cx, _) = enrolled(&world, "ada@example.com").await;
        let old = backup_codes::regenerate(kv, &cx).await.unwrap().codes;
        let new = backup_codes::regenerate(kv, &cx).await.unwrap().codes;
        assert_eq!((old.len(), new.len()), (10, 10));
        let (first, waiting) = pending(kv, "ada@example.com").await;
        assert_eq!(first.factors, [Factor::Totp, Factor::BackupCode]);
        assert_eq!(code(second_step::verify(kv, &waiting, typed(&old[0])).await), ErrorCode::CodeInvalid);
        // As it may be typed: capitals, spaces.
        second_step::verify(kv, &waiting, typed(new[0].to_uppercase().replace('-', " "))).await.unwrap();
        let (_, waiting) = pending(kv, "ada@example.com").await;
        assert_eq!(code(second_step::verify(kv, &waiting, typed(&new[0])).await), ErrorCode::CodeInvalid);
        assert_eq!(totp::status(kv, &cx).await.unwrap().backup_codes_left, 9);
        let filter = AuditFilter { kind: Some(AuditKind::BackupCodeUsed), ..AuditFilter::default() };
        let admin = world::admin(kv, "root@example.com").await;
        let found = audit::list(kv, &admin, &filter, &PageRequest::default()).await.unwrap();
        assert_eq!(found.data.len(), 1);
    }
}

#[tokio::test]
async fn a_code_of_the_app_makes_a_session_fresh_and_a_backup_code_does_not() {
    for world in worlds().await {
        let kv = &world.kv;
        let (cx, app) = enrolled(&world, "ada@example.com").await;
        let codes = backup_codes::regenerate(kv, &cx).await.unwrap().codes;
        let with =
            |code: String| Reauthenticate { code: Some(Secret::new(code)), ..Reauthenticate::default() };
        let backup = reauthenticate::reauthenticate(kv, &cx, with(codes[0].clone())).await;
        assert_eq!(code(backup), ErrorCode::CodeInvalid);
        let done = reauthenticate::reauthenticate(kv, &cx, with(world.code_of(&app))).await.unwrap();
        let renewed = holder(kv, done.token.expose()).await.unwrap();
        let session = kavach_service::session::current(kv, &renewed).await.unwrap().session;
        // A code alone is not two factors: the session began with one and was proven by another later, each at its time.
        assert_eq!(session.amr, ["pwd", "otp"]);
        assert!(session.fresh);
        for bad in [Reauthenticate::default(), both()] {
            let refused = reauthenticate::reauthenticate(kv, &renewed, bad).await;
            assert_eq!(code(refused), ErrorCode::ValidationFailed);
        }
    }
}

fn both() -> Reauthenticate {
    Reauthenticate {
        password: Some(Secret::new(PASSWORD)),
        code: Some(Secret::new("000000")),
        ..Reauthenticate::default()
    }
}

#[tokio::test]
async fn without_the_app_one_step_is_enough_again() {
    for world in worlds().await {
        let kv = &world.kv;
        let (cx, app) = enrolled(&world, "ada@example.com").await;
        backup_codes::regenerate(kv, &cx).await.unwrap();
        let (_, waiting) = pending(kv, "ada@example.com").await;
        let elsewhere = second_step::verify(kv, &waiting, typed(world.code_of(&app))).await.unwrap();
        totp::disable(kv, &cx).await.unwrap();
        assert_eq!(code(holder(kv, elsewhere.token.expose()).await), ErrorCode::Unauthenticated);
        let status = totp::status(kv, &cx).await.unwrap();
        assert_eq!((status.totp_since, status.backup_codes_left), (None, 0));
        world::sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        assert_eq!(code(backup_codes::regenerate(kv, &cx).await), ErrorCode::Conflict);
    }
}

#[tokio::test]
async fn nothing_of_an_app_or_a_code_is_stored_in_clear() {
    let world = world::start(None, |_| {}).await;
    let (cx, _) = enrolled(&world, "ada@example.com").await;
    let codes = backup_codes::regenerate(&world.kv, &cx).await.unwrap().codes;
    let secret = totp::enroll(&world.kv, &cx).await.unwrap().secret;
    let file = std::fs::read(world.config.data_dir.join("kavach.db")).unwrap();
    let log = std::fs::read(world.config.data_dir.join("kavach.db-wal")).unwrap_or_default();
    let stored = [file, log].concat();
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ada@example.com"));
    for secret in codes.iter().map(|code| code.replace('-', "")).chain([secret]) {
        assert!(!holds(&secret));
    }
}
