//! Links and codes by mail and text message: once, for whoever asked, and nothing told to anybody else.

use crate::world::{
    PASSWORD, World, admin, anonymous, code, holder, meta, open, person, scratch_postgres, sign_in, sign_up,
    start, worlds,
};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::codes::{SendEmail, SendMagicLink, SendPhone, VerifyCode, VerifyMagicLink};
use kavach_model::outbox::DevMessage;
use kavach_model::sign_in::{SignIn, SignedIn};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::authn::{email_otp, magic_link, phone_otp};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::{Error, Kavach, audit, user};
use std::net::IpAddr;
use std::time::Duration;

const ADA: &str = "ada@example.com";
const PHONE: &str = "+49 1512 3456789";
const MINUTE: Duration = Duration::from_secs(60);

/// The newest message of a kind; the clock goes on a little before each is sent.
async fn newest(kv: &Kavach, kind: &str) -> DevMessage {
    let all = outbox::development(kv, &RequestContext::offline()).await.unwrap();
    all.into_iter().filter(|message| message.kind == kind).max_by_key(|message| message.at).unwrap()
}

fn token_of(message: &DevMessage) -> Secret {
    Secret::new(message.links[0].split_once("token=").unwrap().1)
}

async fn send_link(world: &World, email: &str) -> (String, DevMessage) {
    let kv = &world.kv;
    world.clock.advance(Duration::from_millis(1));
    let request = SendMagicLink { email: email.to_owned(), return_to: None };
    let sent = magic_link::send(kv, &anonymous(kv).await, request).await.unwrap();
    (sent.challenge_id, newest(kv, "magic_link").await)
}

async fn open_link(kv: &Kavach, token: &Secret) -> Result<SignIn, Error> {
    let request = VerifyMagicLink { token: Some(token.clone()), ..VerifyMagicLink::default() };
    magic_link::verify(kv, &anonymous(kv).await, request).await
}

async fn send_email_code(world: &World, email: &str) -> (String, String) {
    let kv = &world.kv;
    world.clock.advance(Duration::from_millis(1));
    let request = SendEmail { email: email.to_owned() };
    let sent = email_otp::send(kv, &anonymous(kv).await, request).await.unwrap();
    (sent.challenge_id, newest(kv, "email_otp").await.code.unwrap())
}

fn answer(challenge_id: &str, code: &str) -> VerifyCode {
    VerifyCode { challenge_id: challenge_id.to_owned(), code: Secret::new(code) }
}

async fn bring_email_code(kv: &Kavach, challenge_id: &str, code: &str) -> Result<SignIn, Error> {
    email_otp::verify(kv, &anonymous(kv).await, answer(challenge_id, code)).await
}

async fn send_phone_code(world: &World, phone: &str) -> Result<(String, DevMessage), Error> {
    let kv = &world.kv;
    world.clock.advance(Duration::from_millis(1));
    let request = SendPhone { phone: phone.to_owned() };
    let sent = phone_otp::send(kv, &anonymous(kv).await, request).await?;
    Ok((sent.challenge_id, newest(kv, "phone_otp").await))
}

async fn bring_phone_code(kv: &Kavach, challenge_id: &str, code: &str) -> Result<SignIn, Error> {
    phone_otp::verify(kv, &anonymous(kv).await, answer(challenge_id, code)).await
}

fn done(signed_in: Result<SignIn, Error>) -> SignedIn {
    signed_in.unwrap().complete().unwrap()
}

/// A code that is not the right one.
fn wrong(right: &str) -> String {
    let first = if right.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &right[1..])
}

#[tokio::test]
async fn magic_link_is_single_use() {
    for world in worlds().await {
        let kv = &world.kv;
        let (_, mail) = send_link(&world, ADA).await;
        assert_eq!((mail.kind.as_str(), mail.to.as_str()), ("magic_link", ADA));
        assert!(mail.links[0].starts_with("http://localhost:3000/sign-in/link/open?token=kv_mail_"));
        let token = token_of(&mail);
        let signed_in = done(open_link(kv, &token).await);
        assert!(signed_in.user.email_verified);
        assert_eq!(signed_in.user.name, "ada");
        assert_eq!(code(open_link(kv, &token).await), ErrorCode::LinkInvalid);
        // The code beside it is spent with it.
        let code_beside = mail.code.unwrap();
        let request = VerifyMagicLink {
            challenge_id: Some(send_link(&world, "x@example.com").await.0),
            code: Some(Secret::new(code_beside)),
            ..VerifyMagicLink::default()
        };
        let refused = magic_link::verify(kv, &anonymous(kv).await, request).await;
        assert_eq!(code(refused), ErrorCode::CodeInvalid);
    }
}

#[tokio::test]
async fn of_fifty_presses_of_one_link_one_signs_in() {
    for world in worlds().await {
        let kv = &world.kv;
        let token = token_of(&send_link(&world, ADA).await.1);
        let presses = futures::future::join_all((0..50).map(|_| open_link(kv, &token))).await;
        assert_eq!(presses.iter().filter(|press| press.is_ok()).count(), 1);
    }
}

#[tokio::test]
async fn looking_at_a_link_spends_nothing() {
    for world in worlds().await {
        let kv = &world.kv;
        let token = token_of(&send_link(&world, ADA).await.1);
        for _ in 0..10 {
            let shown = magic_link::open(kv, &anonymous(kv).await, &token).await.unwrap();
            assert_eq!(shown.email, ADA);
        }
        assert!(open_link(kv, &token).await.is_ok());
        assert_eq!(code(magic_link::open(kv, &anonymous(kv).await, &token).await), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn a_link_knows_the_browser_that_asked() {
    for world in worlds().await {
        let kv = &world.kv;
        let in_browser = |name: &str| {
            let mut cx = RequestContext::offline();
            cx.meta = meta();
            cx.meta.browser = Some(name.to_owned());
            cx
        };
        let request = SendMagicLink { email: ADA.to_owned(), return_to: Some("/account".to_owned()) };
        magic_link::send(kv, &in_browser("one"), request).await.unwrap();
        let token = token_of(&newest(kv, "magic_link").await);
        let same = magic_link::open(kv, &in_browser("one"), &token).await.unwrap();
        assert!(same.same_browser);
        assert_eq!(same.return_to.as_deref(), Some("/account"));
        assert!(!magic_link::open(kv, &in_browser("two"), &token).await.unwrap().same_browser);
        assert!(!magic_link::open(kv, &anonymous(kv).await, &token).await.unwrap().same_browser);
    }
}

#[tokio::test]
async fn the_code_beside_a_link_signs_in_on_another_device_and_spends_the_link() {
    for world in worlds().await {
        let kv = &world.kv;
        let (challenge_id, mail) = send_link(&world, ADA).await;
        let request = VerifyMagicLink {
            challenge_id: Some(challenge_id),
            code: mail.code.as_deref().map(Secret::new),
            ..VerifyMagicLink::default()
        };
        done(magic_link::verify(kv, &anonymous(kv).await, request).await);
        assert_eq!(code(open_link(kv, &token_of(&mail)).await), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn links_and_codes_expire() {
    for world in worlds().await {
        let kv = &world.kv;
        let token = token_of(&send_link(&world, ADA).await.1);
        let (challenge_id, right) = send_email_code(&world, ADA).await;
        world.clock.advance(MINUTE * 10);
        assert_eq!(code(bring_email_code(kv, &challenge_id, &right).await), ErrorCode::CodeInvalid);
        world.clock.advance(MINUTE * 5);
        assert_eq!(code(open_link(kv, &token).await), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn a_code_is_read_with_spaces_and_dashes() {
    for world in worlds().await {
        let kv = &world.kv;
        let (challenge_id, right) = send_email_code(&world, ADA).await;
        let spaced = format!(" {} - {} ", &right[..3], &right[3..]);
        assert_eq!(done(bring_email_code(kv, &challenge_id, &spaced).await).user.email.as_deref(), Some(ADA));
        assert_eq!(code(bring_email_code(kv, &challenge_id, &right).await), ErrorCode::CodeInvalid);
    }
}

#[tokio::test]
async fn a_code_belongs_to_the_request_that_began_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let (mine, _) = send_email_code(&world, "eve@example.com").await;
        let (_, of_ada) = send_email_code(&world, ADA).await;
        // What Ada reads out is nothing for the challenge Eve holds, and a link's challenge is none of a code's.
        assert_eq!(code(bring_email_code(kv, &mine, &of_ada).await), ErrorCode::CodeInvalid);
        let (of_link, mail) = send_link(&world, ADA).await;
        let refused = bring_email_code(kv, &of_link, &mail.code.unwrap()).await;
        assert_eq!(code(refused), ErrorCode::CodeInvalid);
        assert_eq!(code(bring_email_code(kv, "chl_unknown", "123456").await), ErrorCode::CodeInvalid);
    }
}

#[tokio::test]
async fn after_200_parallel_wrong_codes_the_right_one_is_refused() {
    for world in worlds().await {
        let kv = &world.kv;
        let (challenge_id, right) = send_email_code(&world, ADA).await;
        let guess = wrong(&right);
        let from = |number: u8| {
            let mut cx = RequestContext::offline();
            // From everywhere at once, so that no limit of one network gets in the way.
            cx.meta.client_ip = IpAddr::from([198, 51, 100, number]);
            cx
        };
        let guesses = (0..200).map(|number| {
            let (cx, proof) = (from(number), answer(&challenge_id, &guess));
            async move { email_otp::verify(kv, &cx, proof).await.is_ok() }
        });
        assert!(futures::future::join_all(guesses).await.into_iter().all(|won| !won));
        let late = email_otp::verify(kv, &from(201), answer(&challenge_id, &right)).await;
        assert_eq!(code(late), ErrorCode::CodeInvalid);
    }
}

#[tokio::test]
async fn of_fifty_parallel_right_codes_one_signs_in() {
    for world in worlds().await {
        let kv = &world.kv;
        let (challenge_id, right) = send_email_code(&world, ADA).await;
        let brought = (0..50).map(|_| bring_email_code(kv, &challenge_id, &right));
        let won = futures::future::join_all(brought).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn tries_are_counted_by_all_replicas_together() {
    let Some(database) = scratch_postgres().await else { return };
    let first = start(Some(database), |config| config.rate_limit.enabled = false).await;
    let second = open(&first.config, &first.clock).await;
    let (challenge_id, right) = send_email_code(&first, ADA).await;
    for _ in 0..3 {
        bring_email_code(&first.kv, &challenge_id, &wrong(&right)).await.unwrap_err();
    }
    for _ in 0..2 {
        bring_email_code(&second, &challenge_id, &wrong(&right)).await.unwrap_err();
    }
    assert_eq!(code(bring_email_code(&first.kv, &challenge_id, &right).await), ErrorCode::CodeInvalid);
}

#[tokio::test]
async fn a_resend_loop_fills_no_mailbox() {
    for world in worlds().await {
        let kv = &world.kv;
        for _ in 0..30 {
            send_email_code(&world, ADA).await;
        }
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        assert_eq!(mails.len(), world.config.rate_limit.mails_per_recipient as usize);
        // Whoever asks is told nothing of that, and a code nobody reads cannot be guessed either.
        let sent = email_otp::send(kv, &anonymous(kv).await, SendEmail { email: ADA.into() }).await.unwrap();
        let refused = bring_email_code(kv, &sent.challenge_id, &mails[0].code.clone().unwrap()).await;
        assert_eq!(code(refused), ErrorCode::CodeInvalid);
    }
}

#[tokio::test]
async fn an_address_that_was_never_proven_is_taken_back_by_its_mailbox() {
    for world in worlds().await {
        let kv = &world.kv;
        // Somebody signs up with Ada's address before she does, and stays signed in.
        let squatter = sign_up(kv, ADA).await;
        let signed_in = done(open_link(kv, &token_of(&send_link(&world, ADA).await.1)).await);
        assert_eq!(signed_in.user.id, squatter.user.id);
        assert!(signed_in.user.email_verified);
        assert_eq!(code(holder(kv, squatter.token.expose()).await), ErrorCode::Unauthenticated);
        assert_eq!(code(sign_in(kv, ADA, PASSWORD).await), ErrorCode::InvalidCredentials);
        assert_eq!(newest(kv, "unproven_dropped").await.to, ADA);
        let cx = holder(kv, signed_in.token.expose()).await.unwrap();
        let filter = AuditFilter { kind: Some(AuditKind::UserUnprovenDropped), ..AuditFilter::default() };
        assert_eq!(audit::list(kv, &cx, &filter, &PageRequest::default()).await.unwrap().data.len(), 1);
        // From then on nothing is dropped.
        done(open_link(kv, &token_of(&send_link(&world, ADA).await.1)).await);
        assert!(holder(kv, signed_in.token.expose()).await.is_ok());
    }
}

#[tokio::test]
async fn an_account_that_is_off_is_entered_by_no_link_or_code() {
    for world in worlds().await {
        let kv = &world.kv;
        let boss = admin(kv, "boss@example.com").await;
        let ada = sign_up(kv, ADA).await;
        let token = token_of(&send_link(&world, ADA).await.1);
        let (challenge_id, right) = send_email_code(&world, ADA).await;
        user::disable(kv, &boss, ada.user.id).await.unwrap();
        assert_eq!(code(open_link(kv, &token).await), ErrorCode::LinkInvalid);
        assert_eq!(code(bring_email_code(kv, &challenge_id, &right).await), ErrorCode::CodeInvalid);
    }
}

#[tokio::test]
async fn an_account_that_is_off_is_sent_nothing_and_asking_is_answered_alike() {
    for world in worlds().await {
        let kv = &world.kv;
        let boss = admin(kv, "boss@example.com").await;
        let (challenge_id, mail) = send_phone_code(&world, PHONE).await.unwrap();
        let number = mail.to.clone();
        let by_phone = done(bring_phone_code(kv, &challenge_id, mail.code.as_deref().unwrap()).await);
        let by_email = sign_up(kv, ADA).await;
        for id in [by_phone.user.id, by_email.user.id] {
            user::disable(kv, &boss, id).await.unwrap();
        }
        let cx = anonymous(kv).await;
        let before = outbox::development(kv, &RequestContext::offline()).await.unwrap().len();
        let link = SendMagicLink { email: ADA.to_owned(), return_to: None };
        let sent = [
            magic_link::send(kv, &cx, link).await,
            email_otp::send(kv, &cx, SendEmail { email: ADA.to_owned() }).await,
            phone_otp::send(kv, &cx, SendPhone { phone: number }).await,
        ];
        assert!(sent.into_iter().all(|sent| sent.unwrap().challenge_id.starts_with("chl_")));
        let after = outbox::development(kv, &RequestContext::offline()).await.unwrap().len();
        assert_eq!(before, after, "nothing was written to anybody");
        // Once the account is on again, it is written to as ever.
        user::enable(kv, &boss, by_email.user.id).await.unwrap();
        done(open_link(kv, &token_of(&send_link(&world, ADA).await.1)).await);
    }
}

#[tokio::test]
async fn what_is_no_single_address_gets_no_mail() {
    for world in worlds().await {
        let kv = &world.kv;
        for email in [
            "ada@example.com, eve@example.com",
            "ada@example.com;eve@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\0",
            "ada\u{202e}@example.com",
            "ada＠example.com",
            "Ada <ada@example.com>",
            "",
        ] {
            let cx = anonymous(kv).await;
            let request = SendMagicLink { email: email.to_owned(), return_to: None };
            assert_eq!(
                code(magic_link::send(kv, &cx, request).await),
                ErrorCode::ValidationFailed,
                "{email:?}"
            );
            let request = SendEmail { email: email.to_owned() };
            assert_eq!(
                code(email_otp::send(kv, &cx, request).await),
                ErrorCode::ValidationFailed,
                "{email:?}"
            );
        }
        assert!(outbox::development(kv, &RequestContext::offline()).await.unwrap().is_empty());
        // A Kelvin sign is a K: one address, whichever is typed.
        let kelvin =
            done(open_link(kv, &token_of(&send_link(&world, "\u{212a}im@example.com").await.1)).await);
        let plain = done(open_link(kv, &token_of(&send_link(&world, "kim@example.com").await.1)).await);
        assert_eq!(kelvin.user.id, plain.user.id);
    }
}

#[tokio::test]
async fn a_switch_that_is_off_closes_every_door() {
    let world = start(None, |config| {
        config.methods.magic_link = false;
        config.methods.email_otp = false;
        config.methods.phone_otp = false;
    })
    .await;
    let (kv, cx) = (&world.kv, anonymous(&world.kv).await);
    let link = SendMagicLink { email: ADA.to_owned(), return_to: None };
    assert_eq!(code(magic_link::send(kv, &cx, link).await), ErrorCode::MethodDisabled);
    assert_eq!(code(open_link(kv, &Secret::new("kv_mail_x")).await), ErrorCode::MethodDisabled);
    assert_eq!(code(magic_link::open(kv, &cx, &Secret::new("x")).await), ErrorCode::MethodDisabled);
    let email = SendEmail { email: ADA.to_owned() };
    assert_eq!(code(email_otp::send(kv, &cx, email).await), ErrorCode::MethodDisabled);
    assert_eq!(code(bring_email_code(kv, "chl_x", "123456").await), ErrorCode::MethodDisabled);
    assert_eq!(code(send_phone_code(&world, PHONE).await), ErrorCode::MethodDisabled);
    assert_eq!(code(bring_phone_code(kv, "chl_x", "123456").await), ErrorCode::MethodDisabled);
}

#[tokio::test]
async fn a_text_message_signs_a_number_up_and_in() {
    for world in worlds().await {
        let kv = &world.kv;
        let (challenge_id, message) = send_phone_code(&world, PHONE).await.unwrap();
        assert_eq!((message.kind.as_str(), message.to.as_str()), ("phone_otp", "+4915123456789"));
        let right = message.code.unwrap();
        assert!(message.text.ends_with(&format!("\n\n@localhost #{right}")), "{}", message.text);
        assert_eq!(code(bring_phone_code(kv, &challenge_id, &wrong(&right)).await), ErrorCode::CodeInvalid);
        let first = done(bring_phone_code(kv, &challenge_id, &right).await);
        assert_eq!(first.user.phone.as_deref(), Some("+4915123456789"));
        assert_eq!(first.user.email, None);
        let (challenge_id, message) = send_phone_code(&world, "+49 (1512) 345 67-89").await.unwrap();
        let again = done(bring_phone_code(kv, &challenge_id, &message.code.unwrap()).await);
        assert_eq!(again.user.id, first.user.id);
    }
}

#[tokio::test]
async fn text_messages_are_capped_by_number_by_block_by_network_and_by_day() {
    let sms =
        |change: fn(&mut kavach_service::config::Sms)| start(None, move |config| change(&mut config.sms));
    let number = |last: u32| format!("+49 1512 345{last:04}");
    let world = sms(|_| {}).await;
    for _ in 0..5 {
        send_phone_code(&world, PHONE).await.unwrap();
    }
    assert_eq!(code(send_phone_code(&world, PHONE).await), ErrorCode::RateLimited);
    // Numbers that are rented together share a limit, wherever the requests come from.
    let world = sms(|_| {}).await;
    let mut taken = 0;
    for last in 0..100 {
        let mut cx = anonymous(&world.kv).await;
        cx.meta.client_ip = IpAddr::from([198, 51, 100, last as u8]);
        let request = SendPhone { phone: number(last) };
        taken += usize::from(phone_otp::send(&world.kv, &cx, request).await.is_ok());
    }
    assert_eq!(taken, 20);
    let world = sms(|sms| sms.per_prefix = 1_000).await;
    let mut taken = 0;
    for last in 0..50 {
        taken += usize::from(send_phone_code(&world, &number(last)).await.is_ok());
    }
    assert_eq!(taken, 20, "one network");
    let world = sms(|sms| sms.per_day = 3).await;
    let mut taken = 0;
    for last in 0..10 {
        taken += usize::from(send_phone_code(&world, &number(last)).await.is_ok());
    }
    assert_eq!(taken, 3, "one day");
}

#[tokio::test]
async fn premium_numbers_and_other_regions_get_nothing() {
    let world = start(None, |config| config.sms.allowed_regions = vec!["DE".to_owned()]).await;
    for phone in ["+49 900 1234567", "+1 900 555 2671", "+1 415 555 2671", "12345", "+49 1512 3456789,+1"] {
        assert_eq!(code(send_phone_code(&world, phone).await), ErrorCode::ValidationFailed, "{phone}");
    }
    assert!(send_phone_code(&world, PHONE).await.is_ok());
}

#[tokio::test]
async fn a_code_proves_again_who_one_is_but_not_for_somebody_else() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = done(open_link(kv, &token_of(&send_link(&world, ADA).await.1)).await);
        world.clock.advance(MINUTE * 60);
        let cx = holder(kv, ada.token.expose()).await.unwrap();
        world.clock.advance(MINUTE);
        let sent = email_otp::send_again(kv, &cx).await.unwrap();
        let right = newest(kv, "email_otp").await.code.unwrap();
        let stranger = person(kv, "eve@example.com").await;
        let refused = email_otp::reauthenticate(kv, &stranger, answer(&sent.challenge_id, &right)).await;
        assert!(refused.is_err());
        world.clock.advance(MINUTE);
        let sent = email_otp::send_again(kv, &cx).await.unwrap();
        let right = newest(kv, "email_otp").await.code.unwrap();
        let renewed = email_otp::reauthenticate(kv, &cx, answer(&sent.challenge_id, &right)).await.unwrap();
        let cx = holder(kv, renewed.token.expose()).await.unwrap();
        assert!(kavach_service::session::current(kv, &cx).await.unwrap().session.fresh);
    }
}
