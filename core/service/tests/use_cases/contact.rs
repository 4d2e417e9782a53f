//! Another address, another number: proven first, in a fresh session, and told to the one before.

use crate::world::{PASSWORD, World, code, holder, person, sign_in, sign_up, worlds};
use kavach_model::codes::{SendEmail, SendPhone, VerifyCode};
use kavach_model::outbox::DevMessage;
use kavach_model::user::ConfirmEmail;
use kavach_model::{ErrorCode, Secret};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::{Kavach, contact, email_verification, session};
use std::time::Duration;

const ADA: &str = "ada@example.com";
const NEW: &str = "ada@new.example";
const PHONE: &str = "+49 1512 3456789";

async fn outbox(kv: &Kavach) -> Vec<DevMessage> {
    outbox::development(kv, &RequestContext::offline()).await.unwrap()
}

async fn kinds(kv: &Kavach) -> Vec<(String, String)> {
    outbox(kv).await.into_iter().map(|message| (message.kind, message.to)).collect()
}

async fn ask(kv: &Kavach, cx: &RequestContext, email: &str) -> Secret {
    contact::ask_for_email(kv, cx, SendEmail { email: email.to_owned() }).await.unwrap();
    let sent = outbox(kv).await;
    let mail = sent.iter().find(|mail| mail.kind == "email_change").unwrap();
    Secret::new(mail.links[0].split_once("token=").unwrap().1)
}

fn confirm(token: &Secret) -> ConfirmEmail {
    ConfirmEmail { token: token.clone() }
}

#[tokio::test]
async fn an_address_changes_when_the_new_one_is_proven_and_both_are_told() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, ADA).await;
        let elsewhere = sign_in(kv, ADA, PASSWORD).await.unwrap();
        let token = ask(kv, &cx, NEW).await;
        let sent = kinds(kv).await;
        assert!(sent.contains(&("email_change".into(), NEW.into())), "{sent:?}");
        assert!(sent.contains(&("email_change_requested".into(), ADA.into())), "{sent:?}");
        // Nothing has changed yet.
        assert_eq!(session::current(kv, &cx).await.unwrap().user.email.as_deref(), Some(ADA));
        assert!(sign_in(kv, ADA, PASSWORD).await.is_ok());
        // Somebody else's session does not count, and spends nothing.
        let eve = person(kv, "eve@example.com").await;
        assert_eq!(code(contact::confirm_email(kv, &eve, confirm(&token)).await), ErrorCode::LinkInvalid);
        let user = contact::confirm_email(kv, &cx, confirm(&token)).await.unwrap();
        assert_eq!((user.email.as_deref(), user.email_verified), (Some(NEW), true));
        assert!(kinds(kv).await.contains(&("email_changed".into(), ADA.into())));
        assert_eq!(code(holder(kv, elsewhere.token.expose()).await), ErrorCode::Unauthenticated);
        assert_eq!(code(contact::confirm_email(kv, &cx, confirm(&token)).await), ErrorCode::LinkInvalid);
        assert_eq!(code(sign_in(kv, ADA, PASSWORD).await), ErrorCode::InvalidCredentials);
        assert_eq!(sign_in(kv, NEW, PASSWORD).await.unwrap().user.id, user.id);
    }
}

#[tokio::test]
async fn of_fifty_confirmations_one_counts() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, ADA).await;
        let token = ask(kv, &cx, NEW).await;
        let confirmed = (0..50).map(|_| contact::confirm_email(kv, &cx, confirm(&token)));
        let won = futures::future::join_all(confirmed).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn an_address_that_somebody_has_proven_is_told_to_them_alone() {
    for world in worlds().await {
        let kv = &world.kv;
        let bob = person(kv, "bob@example.com").await;
        let link = outbox(kv).await.remove(0).links.remove(0);
        let token = Secret::new(link.split_once("token=").unwrap().1);
        email_verification::confirm(kv, &bob, ConfirmEmail { token }).await.unwrap();
        let cx = person(kv, ADA).await;
        contact::ask_for_email(kv, &cx, SendEmail { email: "bob@example.com".into() }).await.unwrap();
        let sent = kinds(kv).await;
        assert!(sent.contains(&("sign_up_existing".into(), "bob@example.com".into())), "{sent:?}");
        assert!(!sent.iter().any(|(kind, _)| kind == "email_change"), "{sent:?}");
    }
}

#[tokio::test]
async fn a_claim_that_was_never_proven_gives_way() {
    for world in worlds().await {
        let kv = &world.kv;
        let squatter = sign_up(kv, NEW).await;
        let cx = person(kv, ADA).await;
        let token = ask(kv, &cx, NEW).await;
        let user = contact::confirm_email(kv, &cx, confirm(&token)).await.unwrap();
        assert_ne!(user.id, squatter.user.id);
        assert_eq!(sign_in(kv, NEW, PASSWORD).await.unwrap().user.id, user.id);
    }
}

#[tokio::test]
async fn a_stale_session_changes_neither() {
    for world in worlds().await {
        let kv = &world.kv;
        let made = sign_up(kv, ADA).await;
        world.clock.advance(Duration::from_secs(3_600));
        let cx = holder(kv, made.token.expose()).await.unwrap();
        let stale = ErrorCode::ReauthenticationRequired;
        let email = SendEmail { email: NEW.to_owned() };
        assert_eq!(code(contact::ask_for_email(kv, &cx, email).await), stale);
        let phone = SendPhone { phone: PHONE.to_owned() };
        assert_eq!(code(contact::ask_for_phone(kv, &cx, phone).await), stale);
        let proof = VerifyCode { challenge_id: "chl_x".into(), code: Secret::new("123456") };
        assert_eq!(code(contact::confirm_phone(kv, &cx, proof).await), stale);
        assert_eq!(code(contact::remove_phone(kv, &cx).await), stale);
    }
}

/// The code that came last to a number, which the clock is past.
async fn newest_code(world: &World) -> String {
    world.clock.advance(Duration::from_millis(1));
    let sent = outbox(&world.kv).await;
    let codes = sent.into_iter().filter(|message| message.kind == "phone_otp");
    codes.max_by_key(|message| message.at).unwrap().code.unwrap()
}

async fn give_phone(world: &World, cx: &RequestContext, phone: &str) -> Result<(), ErrorCode> {
    let kv = &world.kv;
    let asked = contact::ask_for_phone(kv, cx, SendPhone { phone: phone.to_owned() }).await.unwrap();
    let right = newest_code(world).await;
    let proof = VerifyCode { challenge_id: asked.challenge_id, code: Secret::new(right) };
    match contact::confirm_phone(kv, cx, proof).await {
        Ok(_) => Ok(()),
        refused => Err(code(refused)),
    }
}

#[tokio::test]
async fn a_number_is_added_changed_and_removed_and_each_is_told() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, ADA).await;
        give_phone(&world, &cx, PHONE).await.unwrap();
        assert!(kinds(kv).await.contains(&("phone_changed".into(), ADA.into())));
        give_phone(&world, &cx, "+1 415 555 2671").await.unwrap();
        assert!(kinds(kv).await.contains(&("phone_removed".into(), "+4915123456789".into())));
        let again = sign_in(kv, ADA, PASSWORD).await.unwrap();
        assert_eq!(again.user.phone.as_deref(), Some("+14155552671"));
        assert_eq!(contact::remove_phone(kv, &cx).await.unwrap().phone, None);
        assert!(kinds(kv).await.contains(&("phone_removed".into(), ADA.into())));
        assert_eq!(code(contact::remove_phone(kv, &cx).await), ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn a_number_belongs_to_one_account_and_a_code_to_who_asked() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, ADA).await;
        let eve = person(kv, "eve@example.com").await;
        let asked = contact::ask_for_phone(kv, &ada, SendPhone { phone: PHONE.into() }).await.unwrap();
        let right = newest_code(&world).await;
        let proof = || VerifyCode { challenge_id: asked.challenge_id.clone(), code: Secret::new(&*right) };
        assert_eq!(code(contact::confirm_phone(kv, &eve, proof()).await), ErrorCode::CodeInvalid);
        contact::confirm_phone(kv, &ada, proof()).await.unwrap();
        assert_eq!(give_phone(&world, &eve, PHONE).await, Err(ErrorCode::Conflict));
    }
}
