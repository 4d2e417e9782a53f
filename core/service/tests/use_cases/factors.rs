//! How many factors were shown: what counts as a second one, and what stays asked for when the first is replaced.

use crate::authenticator::Authenticator;
use crate::world::{PASSWORD, World, anonymous, code, holder, person, worlds_with};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::codes::{SendEmail, SendMagicLink, VerifyCode, VerifyMagicLink};
use kavach_model::outbox::DevMessage;
use kavach_model::recovery::{CreateEnrolmentLink, ForgotPassword, RedeemEnrolment, ResetPassword};
use kavach_model::sign_in::{Factor, SignIn, SignedIn};
use kavach_model::two_step::TypedCode;
use kavach_model::user::{ChangePassword, ConfirmEmail, SignInEmail};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::authn::{
    backup_codes, email_otp, email_password, magic_link, passkey, second_step, totp,
};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::recovery::{enrolment, password_reset};
use kavach_service::{Error, Kavach, audit, email_verification, session};
use std::time::Duration;
use totp_rs::Totp;

const ADA: &str = "ada@example.com";
const NEW: &str = "eleven-foxes-hum-softly";
const STEP: Duration = Duration::from_secs(30);

async fn unlimited() -> Vec<World> {
    worlds_with(|config| {
        config.rate_limit.enabled = false;
        config.hibp.enabled = false;
    })
    .await
}

async fn newest(world: &World, kind: &str) -> DevMessage {
    let all = outbox::development(&world.kv, &RequestContext::offline()).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    all.into_iter().filter(|message| message.kind == kind).max_by_key(|message| message.at).unwrap()
}

fn token(link: &str) -> Secret {
    Secret::new(link.split_once("token=").unwrap().1)
}

fn answer(challenge_id: String, code: String) -> VerifyCode {
    VerifyCode { challenge_id, code: Secret::new(code) }
}

fn typed(code: impl Into<String>) -> TypedCode {
    TypedCode { code: Secret::new(code.into()) }
}

async fn by_email_code(world: &World) -> SignIn {
    let kv = &world.kv;
    let sent = email_otp::send(kv, &anonymous(kv).await, SendEmail { email: ADA.to_owned() }).await.unwrap();
    let right = newest(world, "email_otp").await.code.unwrap();
    email_otp::verify(kv, &anonymous(kv).await, answer(sent.challenge_id, right)).await.unwrap()
}

async fn by_link(world: &World) -> SignedIn {
    let kv = &world.kv;
    let request = SendMagicLink { email: ADA.to_owned(), return_to: None };
    magic_link::send(kv, &anonymous(kv).await, request).await.unwrap();
    let token = Some(token(&newest(world, "magic_link").await.links[0]));
    let request = VerifyMagicLink { token, ..VerifyMagicLink::default() };
    magic_link::verify(kv, &anonymous(kv).await, request).await.unwrap().complete().unwrap()
}

async fn by_password(kv: &Kavach, password: &str) -> Result<SignIn, Error> {
    let request = SignInEmail { email: ADA.to_owned(), password: Secret::new(password) };
    email_password::sign_in(kv, &anonymous(kv).await, request).await
}

async fn amr(kv: &Kavach, token: &str) -> Vec<String> {
    let cx = holder(kv, token).await.unwrap();
    session::current(kv, &cx).await.unwrap().session.amr.iter().map(ToString::to_string).collect()
}

async fn with_app(world: &World, cx: &RequestContext) -> Totp {
    let secret = totp::enroll(&world.kv, cx).await.unwrap().secret;
    let app = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .with_account_name("a")
        .build()
        .unwrap();
    totp::confirm(&world.kv, cx, typed(code_of(world, &app))).await.unwrap();
    world.clock.advance(STEP);
    app
}

fn code_of(world: &World, app: &Totp) -> String {
    app.generate(world.kv.clock().now().as_millis() as u64 / 1_000).to_string()
}

/// Security 2.1, same factor counted twice.
#[tokio::test]
async fn a_mailbox_shown_twice_is_one_factor() {
    for world in unlimited().await {
        let kv = &world.kv;
        let first = by_link(&world).await;
        assert!(!amr(kv, first.token.expose()).await.contains(&"mfa".to_owned()));
        let cx = holder(kv, first.token.expose()).await.unwrap();
        let sent = email_otp::send_again(kv, &cx).await.unwrap();
        let right = newest(&world, "email_otp").await.code.unwrap();
        let again = email_otp::reauthenticate(kv, &cx, answer(sent.challenge_id, right)).await.unwrap();
        let shown = amr(kv, again.token.expose()).await;
        assert!(!shown.contains(&"mfa".to_owned()), "{shown:?}");
    }
}

#[tokio::test]
async fn another_code_from_the_same_mailbox_does_not_finish_a_sign_in() {
    for world in unlimited().await {
        let kv = &world.kv;
        let made = by_link(&world).await;
        let cx = holder(kv, made.token.expose()).await.unwrap();
        let app = with_app(&world, &cx).await;
        let SignIn::Pending(first) = by_email_code(&world).await else { panic!("nothing was pending") };
        assert_eq!(first.factors, [Factor::Totp]);
        let half = holder(kv, first.token.expose()).await.unwrap();
        // Neither as the second step of the session there is ...
        assert_eq!(code(email_otp::send_again(kv, &half).await), ErrorCode::MfaRequired);
        let request = SendEmail { email: ADA.to_owned() };
        let sent = email_otp::send(kv, &anonymous(kv).await, request).await.unwrap();
        let right = newest(&world, "email_otp").await.code.unwrap();
        let again =
            email_otp::reauthenticate(kv, &half, answer(sent.challenge_id.clone(), right.clone())).await;
        assert_eq!(code(again), ErrorCode::MfaRequired);
        assert_eq!(code(second_step::verify(kv, &half, typed(&right)).await), ErrorCode::CodeInvalid);
        // ... nor as the first step of another.
        let other = email_otp::verify(kv, &half, answer(sent.challenge_id, right)).await.unwrap();
        let SignIn::Pending(other) = other else { panic!("the same factor twice was enough") };
        let half = holder(kv, other.token.expose()).await.unwrap();
        let done = second_step::verify(kv, &half, typed(code_of(&world, &app))).await.unwrap();
        assert!(amr(kv, done.token.expose()).await.contains(&"mfa".to_owned()));
    }
}

/// C18: whoever reads the mail still needs the app.
#[tokio::test]
async fn a_new_password_by_mail_or_by_an_administrator_leaves_the_second_factor_in_force() {
    for world in unlimited().await {
        let kv = &world.kv;
        let admin = crate::world::admin(kv, "root@example.com").await;
        let cx = person(kv, ADA).await;
        let link = newest(&world, "verify_email").await.links.remove(0);
        email_verification::confirm(kv, &cx, ConfirmEmail { token: token(&link) }).await.unwrap();
        let app = with_app(&world, &cx).await;
        let forgot = ForgotPassword { email: ADA.to_owned() };
        password_reset::forgot(kv, &anonymous(kv).await, forgot).await.unwrap();
        let link = token(&newest(&world, "reset_password").await.links[0]);
        let request = ResetPassword { token: link, password: Secret::new(NEW) };
        password_reset::reset(kv, &anonymous(kv).await, request).await.unwrap();
        assert_eq!(code(by_password(kv, PASSWORD).await), ErrorCode::InvalidCredentials);
        let SignIn::Pending(half) = by_password(kv, NEW).await.unwrap() else { panic!("reset let in") };
        assert_eq!(half.factors, [Factor::Totp]);
        let id = cx.user().unwrap().id;
        let made = enrolment::issue(kv, &admin, id, CreateEnrolmentLink::default()).await.unwrap();
        let request = RedeemEnrolment { token: token(&made.url), password: Secret::new(PASSWORD) };
        enrolment::redeem(kv, &anonymous(kv).await, request).await.unwrap();
        let SignIn::Pending(half) = by_password(kv, PASSWORD).await.unwrap() else { panic!("a link let in") };
        let half = holder(kv, half.token.expose()).await.unwrap();
        second_step::verify(kv, &half, typed(code_of(&world, &app))).await.unwrap();
    }
}

/// C12, C26: whoever takes a session over and changes what its person signs in with does not do so in silence.
#[tokio::test]
async fn every_change_of_a_proof_is_recorded_and_told_and_ends_other_sessions() {
    for world in unlimited().await {
        let kv = &world.kv;
        let cx = person(kv, ADA).await;
        let mut key = Authenticator::new();
        let elsewhere = async || {
            let done = by_password(kv, PASSWORD).await.unwrap();
            Secret::new(done.token().expose())
        };
        let is_over = async |token: &Secret| holder(kv, token.expose()).await.is_err();
        let told = async || {
            let all = outbox::development(kv, &RequestContext::offline()).await.unwrap();
            all.iter().filter(|mail| mail.kind == "credential_changed" && mail.to == ADA).count()
        };
        let recorded = async |kind: AuditKind| {
            let filter = AuditFilter { kind: Some(kind), ..AuditFilter::default() };
            audit::list(kv, &cx, &filter, &PageRequest::default()).await.unwrap().data.len()
        };
        let other = elsewhere().await;
        let options = passkey::register_options(kv, &cx).await.unwrap();
        let added = passkey::register(kv, &cx, key.create(&options)).await.unwrap();
        assert_eq!((told().await, recorded(AuditKind::PasskeyAdded).await), (1, 1));
        // A key more takes nothing from the sessions there are; one less does.
        assert!(!is_over(&other).await);
        passkey::remove(kv, &cx, added.id).await.unwrap();
        assert_eq!((told().await, recorded(AuditKind::PasskeyRemoved).await), (2, 1));
        assert!(is_over(&other).await);
        let other = elsewhere().await;
        with_app(&world, &cx).await;
        assert_eq!((told().await, recorded(AuditKind::TotpEnabled).await), (3, 1));
        assert!(is_over(&other).await);
        backup_codes::regenerate(kv, &cx).await.unwrap();
        assert_eq!((told().await, recorded(AuditKind::BackupCodesCreated).await), (4, 1));
        totp::disable(kv, &cx).await.unwrap();
        assert_eq!((told().await, recorded(AuditKind::TotpDisabled).await), (5, 1));
    }
}

/// C05.
#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_the_one_there_is() {
    for world in unlimited().await {
        let kv = &world.kv;
        let cx = person(kv, ADA).await;
        for wrong in ["", "seven-otters-drift-loudly", NEW] {
            let change = ChangePassword { current: Secret::new(wrong), new: Secret::new(NEW) };
            assert_eq!(
                code(email_password::change_password(kv, &cx, change).await),
                ErrorCode::InvalidCredentials,
                "{wrong:?}"
            );
        }
        by_password(kv, PASSWORD).await.unwrap();
        assert_eq!(code(by_password(kv, NEW).await), ErrorCode::InvalidCredentials);
    }
}
