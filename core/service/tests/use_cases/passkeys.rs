//! Passkeys, with an authenticator in software that can be told to get any one thing wrong.

use crate::authenticator::{Authenticator, Says};
use crate::world::{self, PASSWORD, World, anonymous, code, holder, person, worlds};
use futures::future::join_all;
use kavach_model::passkey::{Passkey, PasskeySignUp, RenamePasskey};
use kavach_model::sign_in::{SignIn, SignedIn};
use kavach_model::user::Reauthenticate;
use kavach_model::{ErrorCode, PageRequest};
use kavach_service::authn::{passkey, reauthenticate};
use kavach_service::context::RequestContext;
use kavach_service::{Error, Kavach, session, user};
use std::time::Duration;

async fn add(kv: &Kavach, cx: &RequestContext) -> (Authenticator, Passkey) {
    let mut device = Authenticator::new();
    let options = passkey::register_options(kv, cx).await.unwrap();
    let added = passkey::register(kv, cx, device.create(&options)).await.unwrap();
    (device, added)
}

async fn sign_in(kv: &Kavach, device: &mut Authenticator, says: &Says) -> Result<SignedIn, Error> {
    let cx = anonymous(kv).await;
    let options = passkey::sign_in_options(kv, &cx).await.unwrap();
    let done = passkey::sign_in(kv, &cx, device.get_saying(&options, says)).await?;
    Ok(done.complete().unwrap())
}

#[tokio::test]
async fn a_passkey_signs_its_person_in_by_two_factors_at_once() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut device, added) = add(kv, &cx).await;
        let done = sign_in(kv, &mut device, &Says::default()).await.unwrap();
        assert_eq!(done.user.id, cx.user().unwrap().id);
        let there = holder(kv, done.token.expose()).await.unwrap();
        let session = session::current(kv, &there).await.unwrap().session;
        assert_eq!(session.amr, ["hwk", "user", "mfa"]);
        assert!(session.fresh && !session.pending);
        let listed = passkey::list(kv, &there, &PageRequest::default()).await.unwrap().data;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].id, added.id);
        assert_eq!(listed[0].last_used_at, Some(session.auth_time));
    }
}

#[tokio::test]
async fn an_account_can_begin_with_a_passkey_alone() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = anonymous(kv).await;
        let mut device = Authenticator::new();
        let request = PasskeySignUp { name: Some("Ada".to_owned()), email: None };
        let options = passkey::sign_up_options(kv, &cx, request).await.unwrap();
        let answer = device.create(&options);
        let SignIn::Complete(made) = passkey::sign_up(kv, &cx, answer.clone()).await.unwrap() else {
            panic!("a second factor was due")
        };
        assert_eq!((made.user.email.as_deref(), made.user.name.as_str()), (None, "Ada"));
        assert_eq!(code(passkey::sign_up(kv, &cx, answer).await), ErrorCode::PasskeyInvalid);
        let again = sign_in(kv, &mut device, &Says::default()).await.unwrap();
        assert_eq!(again.user.id, made.user.id);
        let nobody = passkey::sign_up_options(kv, &cx, PasskeySignUp::default()).await;
        assert_eq!(code(nobody), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn an_address_that_somebody_holds_is_not_claimed_by_a_passkey() {
    for world in worlds().await {
        let kv = &world.kv;
        let holder_of_it = person(kv, "ada@example.com").await;
        let cx = anonymous(kv).await;
        let request = PasskeySignUp { name: None, email: Some("ADA@example.com".to_owned()) };
        let options = passkey::sign_up_options(kv, &cx, request).await.unwrap();
        let made = passkey::sign_up(kv, &cx, Authenticator::new().create(&options)).await.unwrap();
        let made = made.complete().unwrap();
        assert_ne!(made.user.id, holder_of_it.user().unwrap().id);
        assert_eq!(made.user.name, "ADA");
        // Whoever holds it still signs in with it.
        let still = world::sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        assert_eq!(still.user.id, holder_of_it.user().unwrap().id);
    }
}

/// Security 2.1, passkey takeover: each of these alone is refused, when a key is made and when it is used.
#[tokio::test]
async fn a_ceremony_with_one_thing_wrong_is_refused() {
    let right = Says::default;
    let wrong = [
        ("the origin", Says { origin: "https://evil.example", ..right() }),
        ("the port", Says { origin: "http://localhost:3001", ..right() }),
        ("the scheme", Says { origin: "https://localhost:3000", ..right() }),
        ("a subdomain", Says { origin: "http://evil.localhost:3000", ..right() }),
        ("the domain's hash", Says { rp_id: "evil.example", ..right() }),
        ("the type", Says { kind: "payment.get", ..right() }),
        ("a frame of another site", Says { cross_origin: true, ..right() }),
        ("a site around it", Says { top_origin: Some("https://evil.example"), ..right() }),
        ("no verification", Says { verified: false, ..right() }),
        ("nobody there", Says { present: false, ..right() }),
        ("another challenge", Says { challenge: Some("A".repeat(43)), ..right() }),
        ("no challenge", Says { challenge: Some(String::new()), ..right() }),
    ];
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &cx).await;
        for (what, says) in &wrong {
            let used = sign_in(kv, &mut device, says).await;
            assert_eq!(code(used), ErrorCode::PasskeyInvalid, "{what}, used");
            let options = passkey::register_options(kv, &cx).await.unwrap();
            let made = passkey::register(kv, &cx, Authenticator::new().create_saying(&options, says)).await;
            assert_eq!(code(made), ErrorCode::PasskeyInvalid, "{what}, made");
        }
        sign_in(kv, &mut device, &right()).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_of_an_algorithm_that_was_not_offered_is_refused() {
    let world = world::start(None, |_| {}).await;
    let cx = person(&world.kv, "ada@example.com").await;
    for algorithm in [-8, -47, -65_535] {
        let options = passkey::register_options(&world.kv, &cx).await.unwrap();
        let says = Says { algorithm, ..Says::default() };
        let made =
            passkey::register(&world.kv, &cx, Authenticator::new().create_saying(&options, &says)).await;
        assert_eq!(code(made), ErrorCode::PasskeyInvalid, "{algorithm}");
    }
}

#[tokio::test]
async fn a_key_made_is_nothing_for_a_sign_in_and_the_other_way_round() {
    let world = world::start(None, |_| {}).await;
    let kv = &world.kv;
    let cx = person(kv, "ada@example.com").await;
    let (mut device, _) = add(kv, &cx).await;
    let create = Says { kind: "webauthn.create", ..Says::default() };
    assert_eq!(code(sign_in(kv, &mut device, &create).await), ErrorCode::PasskeyInvalid);
    // The challenge of one ceremony is nothing for another.
    let options = passkey::confirm_options(kv, &cx).await.unwrap();
    let elsewhere = passkey::sign_in(kv, &anonymous(kv).await, device.get(&options)).await;
    assert_eq!(code(elsewhere), ErrorCode::PasskeyInvalid);
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &cx).await;
        let at = |counter| Says { counter: Some(counter), ..Says::default() };
        sign_in(kv, &mut device, &at(7)).await.unwrap();
        for old in [7, 3, 0] {
            assert_eq!(code(sign_in(kv, &mut device, &at(old)).await), ErrorCode::PasskeyInvalid, "{old}");
        }
        sign_in(kv, &mut device, &at(8)).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_that_counts_nothing_may_be_used_again_and_again() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &cx).await;
        for _ in 0..3 {
            sign_in(kv, &mut device, &Says { counter: Some(0), ..Says::default() }).await.unwrap();
        }
    }
}

#[tokio::test]
async fn of_fifty_parallel_answers_to_one_challenge_exactly_one_signs_in() {
    for base in worlds().await {
        let url = if base.config.database.url.is_some() { world::scratch_postgres().await } else { None };
        let world = world::start(url, |config| config.rate_limit.enabled = false).await;
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &cx).await;
        let options = passkey::sign_in_options(kv, &anonymous(kv).await).await.unwrap();
        let answer = device.get_saying(&options, &Says { counter: Some(0), ..Says::default() });
        let tries = (0..50).map(|_| {
            let answer = answer.clone();
            async move { passkey::sign_in(kv, &anonymous(kv).await, answer).await }
        });
        let won = join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn a_challenge_is_good_for_five_minutes_in_the_browser_that_asked() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &cx).await;
        let in_browser = |browser: &str| {
            let mut cx = RequestContext::offline();
            cx.meta.browser = Some(browser.to_owned());
            cx
        };
        let options = passkey::sign_in_options(kv, &in_browser("one")).await.unwrap();
        let answer = device.get(&options);
        for elsewhere in [in_browser("two"), anonymous(kv).await] {
            let refused = passkey::sign_in(kv, &elsewhere, answer.clone()).await;
            assert_eq!(code(refused), ErrorCode::PasskeyInvalid);
        }
        passkey::sign_in(kv, &in_browser("one"), answer).await.unwrap();
        let options = passkey::sign_in_options(kv, &in_browser("one")).await.unwrap();
        world.clock.advance(Duration::from_secs(300));
        let late = passkey::sign_in(kv, &in_browser("one"), device.get(&options)).await;
        assert_eq!(code(late), ErrorCode::PasskeyInvalid);
    }
}

#[tokio::test]
async fn adding_a_passkey_is_bound_to_the_fresh_session_that_began_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let eve = person(kv, "eve@example.com").await;
        let options = passkey::register_options(kv, &ada).await.unwrap();
        let answer = Authenticator::new().create(&options);
        assert_eq!(code(passkey::register(kv, &eve, answer.clone()).await), ErrorCode::PasskeyInvalid);
        let other = world::sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        let other = holder(kv, other.token.expose()).await.unwrap();
        assert_eq!(code(passkey::register(kv, &other, answer.clone()).await), ErrorCode::PasskeyInvalid);
        passkey::register(kv, &ada, answer.clone()).await.unwrap();
        assert_eq!(code(passkey::register(kv, &ada, answer).await), ErrorCode::PasskeyInvalid);

        let token = world::sign_in(kv, "ada@example.com", PASSWORD).await.unwrap().token;
        world.clock.advance(world.config.session.fresh);
        let stale = holder(kv, token.expose()).await.unwrap();
        assert_eq!(code(passkey::register_options(kv, &stale).await), ErrorCode::ReauthenticationRequired);
    }
}

#[tokio::test]
async fn the_same_key_belongs_to_one_account_only() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &ada).await;
        let eve = person(kv, "eve@example.com").await;
        let options = passkey::register_options(kv, &eve).await.unwrap();
        assert_eq!(code(passkey::register(kv, &eve, device.create(&options)).await), ErrorCode::Conflict);
    }
}

#[tokio::test]
async fn a_signature_for_somebody_else_is_refused() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &ada).await;
        let eve = Says { user_handle: Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned()), ..Says::default() };
        assert_eq!(code(sign_in(kv, &mut device, &eve).await), ErrorCode::PasskeyInvalid);
        // A key that nobody here has.
        let mut stranger = Authenticator::new();
        assert_eq!(code(sign_in(kv, &mut stranger, &eve).await), ErrorCode::PasskeyUnknown);
    }
}

#[tokio::test]
async fn a_passkey_makes_its_own_persons_session_fresh_and_nobody_elses() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &ada).await;
        let with = |passkey| Reauthenticate { passkey: Some(passkey), ..Reauthenticate::default() };
        let eve = person(kv, "eve@example.com").await;
        let options = passkey::confirm_options(kv, &eve).await.unwrap();
        let refused = reauthenticate::reauthenticate(kv, &eve, with(device.get(&options))).await;
        assert_eq!(code(refused), ErrorCode::PasskeyInvalid);
        let options = passkey::confirm_options(kv, &ada).await.unwrap();
        assert_eq!(options.options["allowCredentials"][0]["id"], device.credential_id());
        let done = reauthenticate::reauthenticate(kv, &ada, with(device.get(&options))).await.unwrap();
        let there = holder(kv, done.token.expose()).await.unwrap();
        let session = session::current(kv, &there).await.unwrap().session;
        assert_eq!(session.amr, ["pwd", "hwk", "user", "mfa"]);
    }
}

#[tokio::test]
async fn passkeys_are_named_and_removed_by_their_owner_only() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let (mut device, added) = add(kv, &ada).await;
        let eve = person(kv, "eve@example.com").await;
        let name = || RenamePasskey { name: "Blue key".to_owned() };
        assert_eq!(code(passkey::rename(kv, &eve, added.id, name()).await), ErrorCode::NotFound);
        assert_eq!(code(passkey::remove(kv, &eve, added.id).await), ErrorCode::NotFound);
        assert_eq!(passkey::rename(kv, &ada, added.id, name()).await.unwrap().name, "Blue key");
        passkey::remove(kv, &ada, added.id).await.unwrap();
        let gone = sign_in(kv, &mut device, &Says::default()).await;
        assert_eq!(code(gone), ErrorCode::PasskeyUnknown);
    }
}

#[tokio::test]
async fn the_only_way_in_is_never_removed() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = anonymous(kv).await;
        let request = PasskeySignUp { name: Some("Ada".to_owned()), email: None };
        let options = passkey::sign_up_options(kv, &cx, request).await.unwrap();
        let made = passkey::sign_up(kv, &cx, Authenticator::new().create(&options)).await.unwrap();
        let ada = holder(kv, made.token().expose()).await.unwrap();
        let (_, second) = add(kv, &ada).await;
        let all = passkey::list(kv, &ada, &PageRequest::default()).await.unwrap().data;
        let removals = all.iter().map(|row| passkey::remove(kv, &ada, row.id));
        let outcomes = join_all(removals).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let left = passkey::list(kv, &ada, &PageRequest::default()).await.unwrap().data;
        assert_eq!(left.len(), 1);
        assert_eq!(code(passkey::remove(kv, &ada, left[0].id).await), ErrorCode::LastWayIn);
        assert!(all.iter().any(|row| row.id == second.id));
    }
}

#[tokio::test]
async fn a_person_who_was_switched_off_does_not_get_in_with_a_passkey() {
    for world in worlds().await {
        let kv = &world.kv;
        let admin = world::admin(kv, "root@example.com").await;
        let ada = person(kv, "ada@example.com").await;
        let (mut device, _) = add(kv, &ada).await;
        user::disable(kv, &admin, ada.user().unwrap().id).await.unwrap();
        assert_eq!(code(sign_in(kv, &mut device, &Says::default()).await), ErrorCode::PasskeyInvalid);
    }
}

#[tokio::test]
async fn a_switch_that_is_off_closes_every_door_to_passkeys() {
    let world: World = world::start(None, |config| config.methods.passkey = false).await;
    let kv = &world.kv;
    let cx = person(kv, "ada@example.com").await;
    let mut codes = vec![
        code(passkey::sign_in_options(kv, &cx).await),
        code(passkey::confirm_options(kv, &cx).await),
        code(passkey::register_options(kv, &cx).await),
        code(passkey::sign_up_options(kv, &cx, PasskeySignUp::default()).await),
    ];
    let on = world::start(None, |_| {}).await;
    let there = person(&on.kv, "ada@example.com").await;
    let mut device = Authenticator::new();
    let options = passkey::register_options(&on.kv, &there).await.unwrap();
    let made = device.create(&options);
    let used = device.get(&passkey::sign_in_options(&on.kv, &there).await.unwrap());
    codes.push(code(passkey::register(kv, &cx, made.clone()).await));
    codes.push(code(passkey::sign_up(kv, &cx, made).await));
    codes.push(code(passkey::sign_in(kv, &cx, used).await));
    assert_eq!(codes, [ErrorCode::MethodDisabled; 7]);
    assert!(!kavach_service::authn::methods::list(kv).passkey);
    let bare = world::start(None, |config| config.public_url = "http://127.0.0.1:3000".to_owned()).await;
    assert!(!kavach_service::authn::methods::list(&bare.kv).passkey);
}
