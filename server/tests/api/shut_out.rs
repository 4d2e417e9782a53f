//! Somebody whose account was switched off: whatever they had ready to come in by, or to be let in with, opens nothing.
//!
//! There is no other lock. Too many wrong passwords make the password wait, from that network, and nothing else: a
//! stranger must not be able to shut a person out.

use crate::world::{PASSWORD, Person, World, text, worlds_with};
use kavach_service::config::{Config, DeviceClient};
use serde_json::{Value, json};
use std::time::Duration;

const NAME: &str = "ada.byron";

/// A request that was ready before the account was switched off.
struct Ready {
    name: &'static str,
    path: &'static str,
    body: Value,
    bearer: Option<String>,
}

async fn newest(world: &World, kind: &str) -> Value {
    let outbox = world.get("/dev/outbox.json").send().await.json();
    let found = outbox["data"].as_array().unwrap().iter().find(|message| message["kind"] == kind).cloned();
    found.unwrap_or_else(|| panic!("no {kind} in {outbox}"))
}

fn token(link: &Value) -> String {
    text(link).split_once("token=").unwrap().1.split('&').next().unwrap().to_owned()
}

/// Everything a person with an address can have ready.
async fn everything(world: &World, admin: &Person, ada: &Person) -> Vec<Ready> {
    let send = async |path: &str, body: Value| {
        // Mails of one millisecond have no order.
        world.clock.advance(Duration::from_secs(1));
        world.post(path, body).send().await.expect(202)
    };
    let ready = |name, path, body| Ready { name, path, body, bearer: None };
    let mut all = vec![ready(
        "a password",
        "/api/auth/sign-in/email",
        json!({"email": "ada@example.com", "password": PASSWORD}),
    )];
    send("/api/auth/magic-link/send", json!({"email": "ada@example.com"})).await;
    let link = token(&newest(world, "magic_link").await["links"][0]);
    all.push(ready("a link in a mail", "/api/auth/magic-link/verify", json!({"token": link})));
    let sent = send("/api/auth/email-otp/send", json!({"email": "ada@example.com"})).await;
    let code = newest(world, "email_otp").await["code"].clone();
    let body = json!({"challengeId": sent["challengeId"], "code": code});
    all.push(ready("a code in a mail", "/api/auth/email-otp/verify", body));
    send("/api/auth/password/forgot", json!({"email": "ada@example.com"})).await;
    let link = token(&newest(world, "reset_password").await["links"][0]);
    let body = json!({"token": link, "password": "nineteen herons do not wade"});
    all.push(ready("a link to reset", "/api/auth/password/reset", body));
    let path = format!("/api/auth/users/{}/enrolment-link", ada.id);
    let made = world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
    let body = json!({"token": token(&made["url"]), "password": "nineteen herons do not wade"});
    all.push(ready("an administrator's link", "/api/auth/enrolment/redeem", body));
    let agent = world.agent(ada).await;
    let key = world.api_key(ada, &["agents:read", "agents:write", "authorize"]).await;
    for (name, bearer) in [("a session", &ada.token), ("an API key", &key.token), ("an agent", &agent.token)]
    {
        let body = json!({"name": "more"});
        all.push(Ready { name, path: "/api/auth/agents", body, bearer: Some(bearer.clone()) });
    }
    all
}

/// Somebody whose address is theirs: else the first link drops what came before it.
async fn verified(world: &World) -> Person {
    let ada = world.sign_up("ada@example.com").await;
    let link = token(&newest(world, "verify_email").await["links"][0]);
    world.post("/api/auth/verify-email/confirm", json!({"token": link})).send().await.expect(200);
    ada
}

async fn disable(world: &World, admin: &Person, id: &str) {
    let path = format!("/api/auth/users/{id}/disable");
    world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
}

/// Refused, and nobody is in.
async fn refused(world: &World, ready: &Ready) {
    let mut ask = world.post(ready.path, ready.body.clone());
    if let Some(bearer) = &ready.bearer {
        ask = ask.bearer(bearer);
    }
    let reply = ask.send().await;
    assert!(
        matches!(reply.status.as_u16(), 401 | 403 | 410),
        "{}: {} {}",
        ready.name,
        reply.status,
        reply.text()
    );
    assert!(!format!("{:?} {}", reply.headers, reply.text()).contains("kv_sess_"), "{}", ready.name);
}

fn with_a_device(config: &mut Config) {
    let (id, name) = ("tv".to_owned(), "Television".to_owned());
    config.device.clients = vec![DeviceClient { id, name, scopes: Vec::new() }];
}

#[tokio::test]
async fn nothing_a_switched_off_person_had_ready_opens_anything() {
    for world in worlds_with(with_a_device).await {
        let admin = world.admin("admin@example.com").await;
        let ada = world.sign_up("ada@example.com").await;
        let ready = everything(&world, &admin, &ada).await;
        let reset = newest(&world, "reset_password").await["links"][0].clone();
        disable(&world, &admin, &ada.id).await;
        for one in &ready {
            refused(&world, one).await;
        }
        // Asking anew is answered as for anybody. A link or a code is sent to whoever asks, and opens nothing either.
        world.clock.advance(Duration::from_secs(1));
        let body = json!({"email": "ada@example.com"});
        world.post("/api/auth/password/forgot", body.clone()).send().await.expect(202);
        assert!(newest(&world, "reset_password").await["links"][0] == reset, "nothing new was sent");
        world.post("/api/auth/magic-link/send", body.clone()).send().await.expect(202);
        let link = json!({"token": token(&newest(&world, "magic_link").await["links"][0])});
        let ready = |name, path, body| Ready { name, path, body, bearer: None };
        refused(&world, &ready("a new link", "/api/auth/magic-link/verify", link)).await;
        let sent = world.post("/api/auth/email-otp/send", body).send().await.expect(202);
        let code = newest(&world, "email_otp").await["code"].clone();
        let code = json!({"challengeId": sent["challengeId"], "code": code});
        refused(&world, &ready("a new code", "/api/auth/email-otp/verify", code)).await;
    }
}

#[tokio::test]
async fn what_was_ready_does_open_something_while_the_account_works() {
    for world in worlds_with(with_a_device).await {
        for number in 0..8 {
            let admin = world.admin(&format!("admin{number}@example.com")).await;
            let ada =
                if number == 0 { verified(&world).await } else { world.sign_in("ada@example.com").await };
            // A reset or an administrator's link ends the others, so each is tried by itself.
            let mut ready = everything(&world, &admin, &ada).await;
            let one = ready.swap_remove(number);
            let mut ask = world.post(one.path, one.body.clone());
            if let Some(bearer) = &one.bearer {
                ask = ask.bearer(bearer);
            }
            let reply = ask.send().await;
            assert!(reply.status.is_success(), "{}: {} {}", one.name, reply.status, reply.text());
            if one.path.contains("reset") || one.path.contains("redeem") {
                // Back to the password the next round knows.
                let path = format!("/api/auth/users/{}/enrolment-link", ada.id);
                let made = world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
                let body = json!({"token": token(&made["url"]), "password": PASSWORD});
                world.post("/api/auth/enrolment/redeem", body).send().await.expect(200);
            }
        }
    }
}

#[tokio::test]
async fn a_switched_off_user_name_signs_nobody_in() {
    for world in worlds_with(|_| {}).await {
        let admin = world.admin("admin@example.com").await;
        let body = json!({"username": NAME, "password": PASSWORD});
        let ada =
            Person::from(world.post("/api/auth/sign-up/username", body.clone()).send().await.expect(201));
        world.post("/api/auth/sign-in/username", body.clone()).send().await.expect(200);
        disable(&world, &admin, &ada.id).await;
        let ready = Ready { name: "a user name", path: "/api/auth/sign-in/username", body, bearer: None };
        refused(&world, &ready).await;
    }
}

#[tokio::test]
async fn a_switched_off_guest_is_out() {
    for world in worlds_with(|_| {}).await {
        let admin = world.admin("admin@example.com").await;
        let guest = Person::from(world.ask("POST", "/api/auth/anonymous/sign-in").send().await.expect(201));
        disable(&world, &admin, &guest.id).await;
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let bearer = Some(guest.token);
        let ready = Ready { name: "a guest", path: "/api/auth/anonymous/upgrade", body, bearer };
        refused(&world, &ready).await;
    }
}
