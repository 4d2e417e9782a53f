use crate::world::{PASSWORD, World, code, holder, sign_in, sign_up, worlds};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::sign_in::SignedIn;
use kavach_model::user::ChangePassword;
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::audit;
use kavach_service::authn::email_password;
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use std::time::Duration;

const EMAIL: &str = "ada@example.com";
/// What the range API says of the world's password, without the five digits it was asked with.
// printf %s seven-otters-drift-quietly | sha1sum
const FOUND: &str = "33544FD4286E52A7BEB42813DC158258341:4711\r\n";
const OTHERS: &str = "0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n";

async fn signed_in(world: &World) -> SignedIn {
    // The breaker gives a service that was away another chance.
    world.clock.advance(Duration::from_secs(60));
    sign_in(&world.kv, EMAIL, PASSWORD).await.unwrap()
}

/// How many records of a kind the person sees.
async fn recorded(world: &World, who: &SignedIn, kind: AuditKind) -> usize {
    let cx = holder(&world.kv, who.token.expose()).await.unwrap();
    let filter = AuditFilter { kind: Some(kind), ..AuditFilter::default() };
    audit::list(&world.kv, &cx, &filter, &PageRequest::default()).await.unwrap().data.len()
}

async fn mails_about_it(world: &World) -> usize {
    let mails = outbox::development(&world.kv, &RequestContext::offline()).await.unwrap();
    mails.iter().filter(|mail| mail.kind == "password_breached" && mail.to == EMAIL).count()
}

#[tokio::test]
async fn a_password_nobody_could_check_is_checked_at_the_next_sign_in() {
    for world in worlds().await {
        sign_up(&world.kv, EMAIL).await;
        world.network.answer(OTHERS);
        let asked = world.network.asked();
        assert!(!signed_in(&world).await.password_breached);
        assert_eq!(world.network.asked(), asked + 1);
        signed_in(&world).await;
        assert_eq!(world.network.asked(), asked + 1, "once it was answered, it is not asked again");
    }
}

#[tokio::test]
async fn a_breach_found_later_is_told_to_the_program_the_person_and_the_log() {
    for world in worlds().await {
        sign_up(&world.kv, EMAIL).await;
        world.network.answer(FOUND);
        let told = signed_in(&world).await;
        assert!(told.password_breached);
        assert_eq!(recorded(&world, &told, AuditKind::PasswordBreached).await, 1);
        assert_eq!(mails_about_it(&world).await, 1);
        // The program is told at every sign-in, the person once.
        let again = signed_in(&world).await;
        assert!(again.password_breached);
        assert_eq!(recorded(&world, &again, AuditKind::PasswordBreached).await, 1);
        assert_eq!(mails_about_it(&world).await, 1);
        assert_eq!(world.network.asked(), 2, "at the sign-up and once more");

        let new = "eleven-herons-wait-patiently";
        let cx = holder(&world.kv, again.token.expose()).await.unwrap();
        let same = ChangePassword { current: Secret::new(PASSWORD), new: Secret::new(PASSWORD) };
        let refused = email_password::change_password(&world.kv, &cx, same).await;
        assert_eq!(code(refused), ErrorCode::PasswordBreached);
        let change = ChangePassword { current: Secret::new(PASSWORD), new: Secret::new(new) };
        email_password::change_password(&world.kv, &cx, change).await.unwrap();
        assert!(!sign_in(&world.kv, EMAIL, new).await.unwrap().password_breached);
    }
}

#[tokio::test]
async fn while_the_service_is_away_people_sign_in_and_the_question_stays_open() {
    for world in worlds().await {
        sign_up(&world.kv, EMAIL).await;
        assert!(!signed_in(&world).await.password_breached);
        let there = signed_in(&world).await;
        assert_eq!(recorded(&world, &there, AuditKind::PasswordCheckDegraded).await, 3);
        world.network.answer(FOUND);
        assert!(signed_in(&world).await.password_breached);
    }
}

#[tokio::test]
async fn a_password_that_was_checked_is_not_asked_about_again() {
    for world in worlds().await {
        world.network.answer(OTHERS);
        sign_up(&world.kv, EMAIL).await;
        signed_in(&world).await;
        assert_eq!(world.network.asked(), 1);
    }
}

#[tokio::test]
async fn a_password_changed_while_the_service_is_away_is_checked_later_too() {
    for world in worlds().await {
        world.network.answer(OTHERS);
        let made = sign_up(&world.kv, EMAIL).await;
        let cx = holder(&world.kv, made.token.expose()).await.unwrap();
        // A page of some hotel's network is no answer.
        world.network.answer("<html>Welcome!</html>");
        let new = "eleven-herons-wait-patiently";
        let change = ChangePassword { current: Secret::new(PASSWORD), new: Secret::new(new) };
        email_password::change_password(&world.kv, &cx, change).await.unwrap();
        // printf %s eleven-herons-wait-patiently | sha1sum
        world.network.answer("4708E4E3F10229C6450ADB71BF429D416C2:1\r\n");
        assert!(sign_in(&world.kv, EMAIL, new).await.unwrap().password_breached);
    }
}

#[tokio::test]
async fn a_wrong_password_asks_nobody() {
    for world in worlds().await {
        sign_up(&world.kv, EMAIL).await;
        let asked = world.network.asked();
        let wrong = sign_in(&world.kv, EMAIL, "not the password at all").await;
        assert_eq!(code(wrong), ErrorCode::InvalidCredentials);
        assert_eq!(world.network.asked(), asked);
    }
}
