//! People without an address: a user name and a password.

use crate::world::{PASSWORD, World, anonymous, code, holder, sign_up, start, worlds};
use kavach_model::codes::{SignInUsername, SignUpUsername};
use kavach_model::sign_in::SignedIn;
use kavach_model::user::{ChangePassword, Reauthenticate};
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::{email_password, reauthenticate, username_password};
use kavach_service::{Error, Kavach};
use std::time::Duration;

async fn make(kv: &Kavach, username: &str) -> Result<SignedIn, Error> {
    let request =
        SignUpUsername { username: username.to_owned(), password: Secret::new(PASSWORD), name: None };
    let done = username_password::sign_up(kv, &anonymous(kv).await, request, None).await?;
    Ok(done.complete().unwrap())
}

async fn enter(kv: &Kavach, username: &str, password: &str) -> Result<SignedIn, Error> {
    let request = SignInUsername { username: username.to_owned(), password: Secret::new(password) };
    let done = username_password::sign_in(kv, &anonymous(kv).await, request).await?;
    Ok(done.complete().unwrap())
}

#[tokio::test]
async fn a_person_without_an_address_signs_up_and_in() {
    for world in worlds().await {
        let kv = &world.kv;
        let made = make(kv, "AdaL").await.unwrap();
        assert_eq!((made.user.username.as_deref(), made.user.email.as_deref()), (Some("AdaL"), None));
        assert_eq!(made.user.name, "AdaL");
        for spelling in ["adal", "ADAL", " Ａｄａｌ "] {
            assert_eq!(enter(kv, spelling, PASSWORD).await.unwrap().user.id, made.user.id, "{spelling}");
        }
        assert_eq!(code(enter(kv, "adal", "not the password at all").await), ErrorCode::InvalidCredentials);
        assert_eq!(code(enter(kv, "nobody-here", PASSWORD).await), ErrorCode::InvalidCredentials);
        assert_eq!(code(enter(kv, "what is\0this@", PASSWORD).await), ErrorCode::InvalidCredentials);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_kept_back_or_looks_alike_is_refused_alike() {
    for world in worlds().await {
        let kv = &world.kv;
        make(kv, "paypal").await.unwrap();
        let mut answers = Vec::new();
        for taken in ["paypal", "PayPal", "paypa1", "раураӏ", "admin", "r00t"] {
            let error = make(kv, taken).await.unwrap_err();
            answers.push(kavach_model::ApiError::from(error));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
        assert_eq!(answers[0].code, ErrorCode::ValidationFailed);
        // A name that only looks like another does not sign in as it.
        assert_eq!(code(enter(kv, "paypa1", PASSWORD).await), ErrorCode::InvalidCredentials);
        // One Cyrillic letter among Latin ones.
        assert_eq!(code(make(kv, "pаypal").await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn of_fifty_sign_ups_with_one_name_one_is_made() {
    let world = start(None, |config| config.rate_limit.enabled = false).await;
    let made = futures::future::join_all((0..50).map(|_| make(&world.kv, "ada"))).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
}

#[tokio::test]
async fn the_rules_for_passwords_are_those_of_everybody() {
    for world in worlds().await {
        let kv = &world.kv;
        let attempt = async |username: &str, password: &str| {
            let request =
                SignUpUsername { username: username.into(), password: Secret::new(password), name: None };
            code(username_password::sign_up(kv, &anonymous(kv).await, request, None).await)
        };
        assert_eq!(attempt("ada", "secret123").await, ErrorCode::PasswordBreached);
        assert_eq!(attempt("ada", "fourteen chars").await, ErrorCode::PasswordTooShort);
        assert_eq!(attempt("lovelace", "lovelace-lovelace").await, ErrorCode::PasswordContextual);
        assert_eq!(attempt("ada", &"x".repeat(1_000_000)).await, ErrorCode::PasswordTooLong);
    }
}

#[tokio::test]
async fn guessing_at_a_name_is_stopped() {
    for world in worlds().await {
        let kv = &world.kv;
        make(kv, "ada").await.unwrap();
        for _ in 0..10 {
            assert_eq!(code(enter(kv, "ada", "a wrong guess, again").await), ErrorCode::InvalidCredentials);
        }
        assert_eq!(code(enter(kv, "ada", PASSWORD).await), ErrorCode::RateLimited);
    }
}

async fn stale(world: &World, token: &str) -> kavach_service::context::RequestContext {
    world.clock.advance(Duration::from_secs(3_600));
    holder(&world.kv, token).await.unwrap()
}

#[tokio::test]
async fn a_password_without_an_address_proves_again_who_one_is() {
    for email_password_on in [true, false] {
        let world = start(None, |config| config.methods.email_password = email_password_on).await;
        let kv = &world.kv;
        let made = make(kv, "ada").await.unwrap();
        let cx = stale(&world, made.token.expose()).await;
        let proof = || Reauthenticate { password: Some(Secret::new(PASSWORD)), ..Reauthenticate::default() };
        let renewed = reauthenticate::reauthenticate(kv, &cx, proof()).await.unwrap();
        let cx = holder(kv, renewed.token.expose()).await.unwrap();
        let change = ChangePassword {
            current: Secret::new(PASSWORD),
            new: Secret::new("eleven-herons-wait-patiently"),
        };
        email_password::change_password(kv, &cx, change).await.unwrap();
        assert!(enter(kv, "ada", "eleven-herons-wait-patiently").await.is_ok());
    }
}

#[tokio::test]
async fn each_switch_closes_its_own_door() {
    let world = start(None, |config| config.methods.username_password = false).await;
    assert_eq!(code(make(&world.kv, "ada").await), ErrorCode::MethodDisabled);
    assert_eq!(code(enter(&world.kv, "ada", PASSWORD).await), ErrorCode::MethodDisabled);
    let ada = sign_up(&world.kv, "ada@example.com").await;
    let cx = holder(&world.kv, ada.token.expose()).await.unwrap();
    let proof = Reauthenticate { password: Some(Secret::new(PASSWORD)), ..Reauthenticate::default() };
    assert!(reauthenticate::reauthenticate(&world.kv, &cx, proof).await.is_ok());
}

#[tokio::test]
async fn what_has_an_at_sign_is_an_address() {
    for world in worlds().await {
        let kv = &world.kv;
        let by_address = sign_up(kv, "ada@example.com").await;
        let by_name = make(kv, "ada").await.unwrap();
        let either = async |identifier: &str| {
            let cx = anonymous(kv).await;
            let password = Secret::new(PASSWORD);
            let done = username_password::sign_in_by_either(kv, &cx, identifier.to_owned(), password).await;
            done.unwrap().complete().unwrap().user.id
        };
        assert_eq!(either("ada@example.com").await, by_address.user.id);
        assert_eq!(either("ada").await, by_name.user.id);
    }
}
