//! Everything that is good for one use, used fifty times at once: exactly one goes through.
//!
//! Here are those that stand with no other test of their own; docs/security-tests.md lists all of them. Limits are off,
//! so that nothing but the spending itself can refuse the other forty-nine.

use crate::authenticator::{Authenticator, Says};
use crate::world::{PASSWORD, World, anonymous, holder, person, worlds_with};
use futures::future::join_all;
use kavach_model::codes::{SendMagicLink, SendPhone, VerifyCode, VerifyMagicLink};
use kavach_model::outbox::DevMessage;
use kavach_model::passkey::PasskeySignUp;
use kavach_model::user::{Reauthenticate, SetUp, SignUpEmail};
use kavach_model::{PageRequest, Secret};
use kavach_service::authn::{email_otp, email_password, magic_link, passkey, phone_otp, reauthenticate};
use kavach_service::config::{CaptchaMode, DeviceClient};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::guard::captcha::{self, Action};
use kavach_service::{Kavach, contact, device, setup, user};
use sha2::{Digest, Sha256};
use std::future::Future;
use std::time::Duration;

const TIMES: usize = 50;
const PHONE: &str = "+49 1512 3456789";

async fn unlimited() -> Vec<World> {
    worlds_with(|config| {
        config.rate_limit.enabled = false;
        config.hibp.enabled = false;
    })
    .await
}

/// How many of fifty at once go well.
async fn won<F, T, E>(one: impl Fn(usize) -> F) -> usize
where
    F: Future<Output = Result<T, E>>,
{
    join_all((0..TIMES).map(one)).await.into_iter().filter(Result::is_ok).count()
}

async fn newest(kv: &Kavach, kind: &str) -> DevMessage {
    let all = outbox::development(kv, &RequestContext::offline()).await.unwrap();
    all.into_iter().filter(|message| message.kind == kind).max_by_key(|message| message.at).unwrap()
}

fn answer(challenge_id: &str, code: &str) -> VerifyCode {
    VerifyCode { challenge_id: challenge_id.to_owned(), code: Secret::new(code) }
}

/// How many accounts there are, the one that counts left out.
async fn people(kv: &Kavach) -> usize {
    let admin = crate::world::admin(kv, "count@example.com").await;
    user::list(kv, &admin, &PageRequest::default()).await.unwrap().data.len() - 1
}

#[tokio::test]
async fn of_fifty_uses_of_one_set_up_link_one_makes_an_administrator() {
    for world in unlimited().await {
        let kv = &world.kv;
        let link = setup::issue_link(kv).await.unwrap().unwrap();
        let token = link.split_once("token=").unwrap().1;
        let made = won(|number| async move {
            let request = SetUp {
                token: Secret::new(token),
                email: format!("admin{number}@example.com"),
                name: "Ada".to_owned(),
                password: Secret::new(PASSWORD),
            };
            setup::create_admin(kv, &anonymous(kv).await, request).await
        });
        assert_eq!(made.await, 1);
        assert_eq!(people(kv).await, 1);
    }
}

#[tokio::test]
async fn of_fifty_uses_of_one_code_by_text_message_one_signs_in() {
    for world in unlimited().await {
        let kv = &world.kv;
        let request = SendPhone { phone: PHONE.to_owned() };
        let sent = phone_otp::send(kv, &anonymous(kv).await, request).await.unwrap();
        let right = newest(kv, "phone_otp").await.code.unwrap();
        let (id, right) = (sent.challenge_id.as_str(), right.as_str());
        let signed_in =
            won(|_| async move { phone_otp::verify(kv, &anonymous(kv).await, answer(id, right)).await });
        assert_eq!(signed_in.await, 1);
        assert_eq!(people(kv).await, 1);
    }
}

#[tokio::test]
async fn a_link_and_the_code_beside_it_are_good_for_one_use_together() {
    for world in unlimited().await {
        let kv = &world.kv;
        let request = SendMagicLink { email: "ada@example.com".to_owned(), return_to: None };
        let sent = magic_link::send(kv, &anonymous(kv).await, request).await.unwrap();
        let mail = newest(kv, "magic_link").await;
        let token = Secret::new(mail.links[0].split_once("token=").unwrap().1);
        let code = Secret::new(mail.code.unwrap());
        let signed_in = won(|number| {
            let request = match number % 2 {
                0 => VerifyMagicLink { token: Some(token.clone()), ..VerifyMagicLink::default() },
                _ => VerifyMagicLink {
                    challenge_id: Some(sent.challenge_id.clone()),
                    code: Some(code.clone()),
                    ..VerifyMagicLink::default()
                },
            };
            async move { magic_link::verify(kv, &anonymous(kv).await, request).await }
        });
        assert_eq!(signed_in.await, 1);
    }
}

#[tokio::test]
async fn of_fifty_uses_of_one_code_for_another_number_one_changes_it() {
    for world in unlimited().await {
        let kv = &world.kv;
        let ada = &person(kv, "ada@example.com").await;
        let request = SendPhone { phone: PHONE.to_owned() };
        let sent = contact::ask_for_phone(kv, ada, request).await.unwrap();
        let right = newest(kv, "phone_otp").await.code.unwrap();
        let (id, right) = (sent.challenge_id.as_str(), right.as_str());
        let changed = won(|_| async move { contact::confirm_phone(kv, ada, answer(id, right)).await });
        assert_eq!(changed.await, 1);
    }
}

#[tokio::test]
async fn of_fifty_uses_of_one_code_that_proves_again_one_counts() {
    for world in unlimited().await {
        let kv = &world.kv;
        // Somebody who has no password to prove it with.
        let request = SendMagicLink { email: "ada@example.com".to_owned(), return_to: None };
        magic_link::send(kv, &anonymous(kv).await, request).await.unwrap();
        let link = newest(kv, "magic_link").await.links.remove(0);
        let token = Some(Secret::new(link.split_once("token=").unwrap().1));
        let request = VerifyMagicLink { token, ..VerifyMagicLink::default() };
        let made = magic_link::verify(kv, &anonymous(kv).await, request).await.unwrap();
        let ada = &holder(kv, made.token().expose()).await.unwrap();
        world.clock.advance(Duration::from_secs(60));
        let sent = email_otp::send_again(kv, ada).await.unwrap();
        let right = newest(kv, "email_otp").await.code.unwrap();
        let (id, right) = (sent.challenge_id.as_str(), right.as_str());
        let renewed = won(|_| async move { email_otp::reauthenticate(kv, ada, answer(id, right)).await });
        assert_eq!(renewed.await, 1);
    }
}

#[tokio::test]
async fn of_fifty_uses_of_one_challenge_to_sign_up_one_makes_an_account() {
    for world in unlimited().await {
        let kv = &world.kv;
        let cx = &anonymous(kv).await;
        let request = PasskeySignUp { name: Some("Ada".to_owned()), email: None };
        let options = passkey::sign_up_options(kv, cx, request).await.unwrap();
        // Fifty keys, so that no key is in the way of another.
        let answers: Vec<_> = (0..TIMES).map(|_| Authenticator::new().create(&options)).collect();
        let made = won(|number| {
            let answer = answers[number].clone();
            async move { passkey::sign_up(kv, cx, answer).await }
        });
        assert_eq!(made.await, 1);
        assert_eq!(people(kv).await, 1);
    }
}

#[tokio::test]
async fn of_fifty_uses_of_one_challenge_to_add_a_passkey_one_adds_it() {
    for world in unlimited().await {
        let kv = &world.kv;
        let ada = &person(kv, "ada@example.com").await;
        let options = passkey::register_options(kv, ada).await.unwrap();
        let answers: Vec<_> = (0..TIMES).map(|_| Authenticator::new().create(&options)).collect();
        let added = won(|number| {
            let answer = answers[number].clone();
            async move { passkey::register(kv, ada, answer).await }
        });
        assert_eq!(added.await, 1);
        assert_eq!(passkey::list(kv, ada, &PageRequest::default()).await.unwrap().data.len(), 1);
    }
}

#[tokio::test]
async fn of_fifty_uses_of_one_challenge_that_proves_again_one_counts() {
    for world in unlimited().await {
        let kv = &world.kv;
        let ada = &person(kv, "ada@example.com").await;
        let mut key = Authenticator::new();
        let options = passkey::register_options(kv, ada).await.unwrap();
        passkey::register(kv, ada, key.create(&options)).await.unwrap();
        let options = passkey::confirm_options(kv, ada).await.unwrap();
        // A key that counts nothing, so that no counter is in the way.
        let signed = key.get_saying(&options, &Says { counter: Some(0), ..Says::default() });
        let renewed = won(|_| {
            let request = Reauthenticate { passkey: Some(signed.clone()), ..Reauthenticate::default() };
            async move { reauthenticate::reauthenticate(kv, ada, request).await }
        });
        assert_eq!(renewed.await, 1);
    }
}

fn with_a_television(config: &mut kavach_service::config::Config) {
    config.rate_limit.enabled = false;
    config.hibp.enabled = false;
    let client = DeviceClient { id: "tv".to_owned(), name: "Television".to_owned(), scopes: Vec::new() };
    config.device.clients = vec![client];
}

#[tokio::test]
async fn of_fifty_that_look_at_one_code_of_a_device_it_belongs_to_one() {
    for world in worlds_with(with_a_television).await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let asked = device::begin(kv, &anonymous(kv).await, "tv", &[]).await.unwrap().unwrap();
        let user_code = asked.user_code.as_str();
        // The same person in fifty browsers: a code is one browser's.
        let looked = won(|number| {
            let mut cx = ada.clone();
            cx.meta.browser = Some(format!("browser-{number}"));
            async move { device::look(kv, &cx, user_code).await }
        });
        assert_eq!(looked.await, 1);
    }
}

#[tokio::test]
async fn of_fifty_answers_to_one_device_one_counts() {
    for world in worlds_with(with_a_television).await {
        let kv = &world.kv;
        let mut ada = person(kv, "ada@example.com").await;
        ada.meta.browser = Some("one".to_owned());
        let ada = &ada;
        let asked = device::begin(kv, &anonymous(kv).await, "tv", &[]).await.unwrap().unwrap();
        let user_code = asked.user_code.as_str();
        device::look(kv, ada, user_code).await.unwrap();
        let answered = won(|number| async move {
            match number % 2 {
                0 => device::approve(kv, ada, user_code).await,
                _ => device::deny(kv, ada, user_code).await,
            }
        });
        assert_eq!(answered.await, 1);
    }
}

#[tokio::test]
async fn of_fifty_answers_to_one_sum_one_counts() {
    let configured = worlds_with(|config| {
        config.rate_limit.enabled = false;
        config.hibp.enabled = false;
        config.captcha.provider = Some(kavach_model::captcha::CaptchaProvider::Pow);
        config.captcha.mode = CaptchaMode::Always;
        config.captcha.difficulty = 8;
    });
    for world in configured.await {
        let kv = &world.kv;
        let sum = captcha::challenge(kv, Action::SignUp).unwrap().challenge;
        // A sum has many right answers; fifty different ones are brought at once.
        let right = (0u64..).map(|number| format!("{sum}.{number}"));
        let right: Vec<_> =
            right.filter(|token| Sha256::digest(token.as_bytes())[0] == 0).take(TIMES).collect();
        let made = won(|number| {
            let token = right[number].clone();
            async move {
                let mut cx = anonymous(kv).await;
                cx.meta.captcha = Some(token);
                let email = format!("somebody{number}@example.com");
                let request = SignUpEmail { email, password: Secret::new(PASSWORD), name: None };
                email_password::sign_up(kv, &cx, request).await
            }
        });
        assert_eq!(made.await, 1);
    }
}
