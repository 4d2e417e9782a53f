use crate::world::{
    PASSWORD, World, admin, anonymous, code, holder, person, scratch_postgres, sign_in, sign_up, start,
    worlds,
};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::recovery::{CreateEnrolmentLink, ForgotPassword, RedeemEnrolment, ResetPassword};
use kavach_model::user::{ChangePassword, ConfirmEmail};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::recovery::{enrolment, password_reset};
use kavach_service::{Error, Kavach, audit, authn::email_password, email_verification, user};
use std::time::Duration;

const NEW: &str = "eleven-foxes-hum-softly";
const MINUTE: Duration = Duration::from_secs(60);

async fn forgot(kv: &Kavach, email: &str) -> Result<(), Error> {
    password_reset::forgot(kv, &anonymous(kv).await, ForgotPassword { email: email.to_owned() }).await
}

/// The links of a kind of mail, newest first.
async fn links(kv: &Kavach, kind: &str) -> Vec<String> {
    let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
    mails.into_iter().filter(|mail| mail.kind == kind).map(|mut mail| mail.links.remove(0)).collect()
}

fn token(link: &str) -> String {
    link.split_once("token=").unwrap().1.to_owned()
}

async fn asked(world: &World, email: &str) -> String {
    // Mails of one millisecond have no order.
    world.clock.advance(Duration::from_millis(1));
    forgot(&world.kv, email).await.unwrap();
    token(&links(&world.kv, "reset_password").await[0])
}

async fn reset(kv: &Kavach, token: &str, password: &str) -> Result<(), Error> {
    let request = ResetPassword { token: Secret::new(token), password: Secret::new(password) };
    password_reset::reset(kv, &anonymous(kv).await, request).await
}

async fn redeem(kv: &Kavach, token: &str, password: &str) -> Result<(), Error> {
    let request = RedeemEnrolment { token: Secret::new(token), password: Secret::new(password) };
    enrolment::redeem(kv, &anonymous(kv).await, request).await
}

async fn events(kv: &Kavach, cx: &RequestContext, kind: AuditKind) -> usize {
    let filter = AuditFilter { kind: Some(kind), ..AuditFilter::default() };
    audit::list(kv, cx, &filter, &PageRequest::default()).await.unwrap().data.len()
}

#[tokio::test]
async fn a_reset_sets_the_password_ends_every_session_and_signs_nobody_in() {
    for world in worlds().await {
        let kv = &world.kv;
        let before = sign_up(kv, "ada@example.com").await;
        let link = asked(&world, "ADA@example.com").await;
        assert!(password_reset::works(kv, &link).await.unwrap());
        reset(kv, &link, NEW).await.unwrap();
        assert!(!password_reset::works(kv, &link).await.unwrap());
        assert_eq!(code(holder(kv, before.token.expose()).await), ErrorCode::Unauthenticated);
        assert_eq!(code(sign_in(kv, "ada@example.com", PASSWORD).await), ErrorCode::InvalidCredentials);
        let after = sign_in(kv, "ada@example.com", NEW).await.unwrap();
        assert!(after.user.email_verified, "the mail reached its address");
        let cx = holder(kv, after.token.expose()).await.unwrap();
        assert_eq!(events(kv, &cx, AuditKind::UserPasswordResetRequested).await, 1);
        assert_eq!(events(kv, &cx, AuditKind::UserPasswordReset).await, 1);
        assert_eq!(links(kv, "password_changed").await.len(), 1, "the person is told");
    }
}

#[tokio::test]
async fn of_fifty_parallel_resets_exactly_one_wins() {
    for world in worlds().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        let link = &asked(&world, "ada@example.com").await;
        let tries = (0..50).map(|_| async move { reset(kv, link, NEW).await.is_ok() });
        let won = futures::future::join_all(tries).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn every_order_of_the_steps_but_the_right_one_is_refused() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let invalid = |token: String| async move { code(reset(kv, &token, NEW).await) };
        // Without a link, with one that is none, and with one for something else.
        for text in ["", "kv_mail_", "kv_mail_unknown", "kv_sess_x"] {
            assert_eq!(invalid(text.to_owned()).await, ErrorCode::LinkInvalid, "{text}");
        }
        let verify = token(&links(kv, "verify_email").await[0]);
        assert_eq!(invalid(verify.clone()).await, ErrorCode::LinkInvalid);
        // A link to reset verifies no address by itself, and is no enrolment.
        let first = asked(&world, "ada@example.com").await;
        let as_verify = ConfirmEmail { token: Secret::new(first.clone()) };
        let confirmed = email_verification::confirm(kv, &anonymous(kv).await, as_verify).await;
        assert_eq!(code(confirmed), ErrorCode::LinkInvalid);
        assert_eq!(code(redeem(kv, &first, NEW).await), ErrorCode::LinkInvalid);
        // A newer link takes the place of the older one.
        let second = asked(&world, "ada@example.com").await;
        assert_eq!(invalid(first).await, ErrorCode::LinkInvalid);
        // A password that is refused costs no link; a changed password does.
        assert_eq!(code(reset(kv, &second, "secret123").await), ErrorCode::PasswordBreached);
        let change =
            ChangePassword { current: Secret::new(PASSWORD), new: Secret::new("nine-owls-paint-barns") };
        email_password::change_password(kv, &cx, change).await.unwrap();
        assert_eq!(invalid(second).await, ErrorCode::LinkInvalid);
        // The right order, once; and never late.
        world.clock.advance(MINUTE * 60);
        let third = asked(&world, "ada@example.com").await;
        reset(kv, &third, NEW).await.unwrap();
        assert_eq!(invalid(third).await, ErrorCode::LinkInvalid);
        let fourth = asked(&world, "ada@example.com").await;
        world.clock.advance(MINUTE * 30);
        assert_eq!(invalid(fourth).await, ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn asking_for_an_unknown_or_a_disabled_account_is_answered_alike_and_sends_nothing() {
    for world in worlds().await {
        let kv = &world.kv;
        let boss = admin(kv, "boss@example.com").await;
        let ada = sign_up(kv, "ada@example.com").await;
        let link = asked(&world, "ada@example.com").await;
        user::disable(kv, &boss, ada.user.id).await.unwrap();
        for email in ["nobody@example.com", "ada@example.com"] {
            forgot(kv, email).await.unwrap();
        }
        assert_eq!(links(kv, "reset_password").await.len(), 1, "the one from before");
        assert_eq!(code(reset(kv, &link, NEW).await), ErrorCode::LinkInvalid, "switched off since");
        assert_eq!(events(kv, &boss, AuditKind::UserPasswordResetRequested).await, 3);
        assert_eq!(code(forgot(kv, "a@x.com,b@y.com").await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn a_mailbox_gets_so_many_links_and_asking_more_answers_alike() {
    for world in worlds().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        for _ in 0..20 {
            forgot(kv, "ada@example.com").await.unwrap();
        }
        assert_eq!(links(kv, "reset_password").await.len(), 4, "five mails in all, one was at sign-up");
    }
}

async fn without_reset() -> Vec<World> {
    let off = |config: &mut kavach_service::config::Config| config.methods.password_reset = false;
    let mut worlds = vec![start(None, off).await];
    if let Some(url) = scratch_postgres().await {
        worlds.push(start(Some(url), off).await);
    }
    worlds
}

#[tokio::test]
async fn a_reset_that_is_switched_off_is_refused_at_every_step() {
    for world in without_reset().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        assert_eq!(code(forgot(kv, "ada@example.com").await), ErrorCode::MethodDisabled);
        assert_eq!(code(reset(kv, "x", NEW).await), ErrorCode::MethodDisabled);
        assert_eq!(code(password_reset::works(kv, "x").await), ErrorCode::MethodDisabled);
    }
}

#[tokio::test]
async fn an_administrators_link_lets_a_person_set_their_password_once_within_a_day() {
    for world in worlds().await {
        let kv = &world.kv;
        let boss = admin(kv, "boss@example.com").await;
        let ada = sign_up(kv, "ada@example.com").await;
        let request = CreateEnrolmentLink::default();
        let first = enrolment::issue(kv, &boss, ada.user.id, request).await.unwrap();
        let made = enrolment::issue(kv, &boss, ada.user.id, request).await.unwrap();
        assert!(made.url.starts_with("http://localhost:3000/enroll?token=kv_enroll_"), "{}", made.url);
        let link = token(&made.url);
        assert_eq!(enrolment::whose(kv, &link).await.unwrap().as_deref(), Some("ada@example.com"));
        assert_eq!(enrolment::whose(kv, &token(&first.url)).await.unwrap(), None, "replaced");
        let told = links(kv, "enrolment_link").await;
        assert!(told.iter().all(|link| !link.contains("kv_enroll_")), "the link goes another way: {told:?}");
        let tries = (0..50).map(|_| redeem(kv, &link, NEW));
        let won = futures::future::join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
        assert_eq!(code(holder(kv, ada.token.expose()).await), ErrorCode::Unauthenticated);
        assert!(sign_in(kv, "ada@example.com", NEW).await.is_ok());
        assert_eq!(events(kv, &boss, AuditKind::UserEnrolmentLink).await, 2);
        assert_eq!(events(kv, &boss, AuditKind::UserEnrolled).await, 1);
        let late = enrolment::issue(kv, &boss, ada.user.id, request).await.unwrap();
        world.clock.advance(MINUTE * 60 * 24);
        assert_eq!(code(redeem(kv, &token(&late.url), NEW).await), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn only_an_administrator_who_just_proved_it_makes_such_a_link() {
    for world in worlds().await {
        let kv = &world.kv;
        let boss = admin(kv, "boss@example.com").await;
        let ada = person(kv, "ada@example.com").await;
        let id = ada.user().unwrap().id;
        let request = CreateEnrolmentLink::default();
        assert_eq!(code(enrolment::issue(kv, &ada, id, request).await), ErrorCode::Forbidden);
        assert_eq!(
            code(enrolment::issue(kv, &anonymous(kv).await, id, request).await),
            ErrorCode::Unauthenticated
        );
        user::disable(kv, &boss, id).await.unwrap();
        assert_eq!(code(enrolment::issue(kv, &boss, id, request).await), ErrorCode::Conflict);
        user::enable(kv, &boss, id).await.unwrap();
        let link = enrolment::issue(kv, &boss, id, request).await.unwrap();
        user::disable(kv, &boss, id).await.unwrap();
        assert_eq!(code(redeem(kv, &token(&link.url), NEW).await), ErrorCode::LinkInvalid);
        world.clock.advance(MINUTE * 11);
        let token = sign_in(kv, "boss@example.com", PASSWORD).await.unwrap().token;
        let stale = holder(kv, token.expose()).await.unwrap();
        assert!(enrolment::issue_offline(kv, "boss@example.com", request).await.is_ok());
        world.clock.advance(MINUTE * 11);
        let stale = match stale.caller {
            // What a new request of the same session finds.
            kavach_service::context::Caller::Session(_) => holder(kv, token.expose()).await.unwrap(),
            _ => stale,
        };
        assert_eq!(
            code(enrolment::issue(kv, &stale, id, request).await),
            ErrorCode::ReauthenticationRequired
        );
    }
}
