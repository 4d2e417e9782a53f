//! A way of signing in that is switched off is closed at every door, however the door is spelt.
//!
//! The doors are listed for every [`Method`], so one that is added does not compile without its list. Each is asked once
//! with everything on, to see that it is a door, and then with the method off: with a body that is right, by somebody
//! who is signed in. Operations of the API come from its description, so that none can be forgotten: one that stands
//! under a method's path and not in the list fails.

use crate::bad_input::right;
use crate::world::{World, scratch_database, worlds_with};
use kavach_model::sign_in::Method;
use kavach_service::config::Config;
use serde_json::{Value, json};

const ALL: [Method; 13] = [
    Method::EmailPassword,
    Method::UsernamePassword,
    Method::MagicLink,
    Method::EmailOtp,
    Method::PhoneOtp,
    Method::Passkey,
    Method::Totp,
    Method::Anonymous,
    Method::GoogleOneTap,
    Method::Siwe,
    Method::Device,
    Method::PasswordReset,
    Method::Social,
];

/// Where a method's doors are.
struct Doors {
    /// Below `/api/auth`: whole operations, or everything under a path that ends in a slash.
    api: &'static [&'static str],
    /// Pages of this method and no other.
    pages: &'static [&'static str],
    /// Forms, with what is filled in.
    forms: &'static [(&'static str, &'static str)],
}

fn doors(method: Method) -> Doors {
    let (api, pages, forms): (&[&str], &[&str], &[(&str, &str)]) = match method {
        Method::EmailPassword => (
            &["/sign-up/email", "/sign-in/email"],
            &[],
            &[
                ("/_fn/sign-up", "name=A&email=n%40example.com&password=seventeen+quiet+herons+wade"),
                ("/_fn/sign-in/password", "username=ada%40example.com&password=seventeen+quiet+herons+wade"),
            ],
        ),
        Method::UsernamePassword => {
            (&["/sign-up/username", "/sign-in/username"], &["/sign-up/username"], &[])
        }
        Method::MagicLink => (&["/magic-link/"], &["/sign-in/link"], &[]),
        Method::EmailOtp => (&["/email-otp/"], &["/sign-in/code"], &[]),
        Method::PhoneOtp => (&["/phone-otp/"], &["/sign-in/phone"], &[]),
        Method::Passkey => (&["/passkey/"], &["/sign-up/passkey"], &[]),
        // Taking it away is a way out, and stays open; verifying needs a session that waits, and none does.
        Method::Totp => (&["/totp/enroll", "/totp/confirm"], &[], &[]),
        Method::Anonymous => {
            (&["/anonymous/"], &["/sign-in/guest", "/account/upgrade"], &[("/_fn/sign-in/anonymous", "")])
        }
        Method::GoogleOneTap => (&["/google/"], &[], &[]),
        Method::Siwe => (&["/siwe/"], &["/sign-in/wallet"], &[]),
        Method::Device => (&[], &["/device"], &[]),
        Method::PasswordReset => (
            &["/password/forgot", "/password/reset"],
            &["/recover", "/recover/reset"],
            &[("/_fn/recover", "email=ada%40example.com")],
        ),
        Method::Social => (&[], &["/sign-in/with/google", "/sign-in/callback/google"], &[]),
    };
    Doors { api, pages, forms }
}

fn switch(config: &mut Config, method: Method) {
    let methods = &mut config.methods;
    let field = match method {
        Method::EmailPassword => &mut methods.email_password,
        Method::UsernamePassword => &mut methods.username_password,
        Method::MagicLink => &mut methods.magic_link,
        Method::EmailOtp => &mut methods.email_otp,
        Method::PhoneOtp => &mut methods.phone_otp,
        Method::Passkey => &mut methods.passkey,
        Method::Totp => &mut methods.totp,
        Method::Anonymous => &mut methods.anonymous,
        Method::GoogleOneTap => &mut methods.google_one_tap,
        Method::Siwe => &mut methods.siwe,
        Method::Device => &mut methods.device,
        Method::PasswordReset => &mut methods.password_reset,
        Method::Social => &mut methods.social,
    };
    *field = false;
}

/// Other spellings of a path, each of which some server somewhere takes for the same.
fn spellings(path: &str) -> Vec<String> {
    let inside = path.rfind('/').unwrap_or_default();
    let (head, tail) = path.split_at(inside);
    vec![
        format!("/{path}"),
        format!("//{path}"),
        format!("{head}/{tail}"),
        format!("{path}/"),
        format!("{path}//"),
        format!("{path}/."),
        format!("/.{path}"),
        format!("/x/..{path}"),
        format!("{path};x=y"),
        format!("{path}%20"),
        format!("{path}%00"),
        format!("{path}.json"),
        path.to_uppercase(),
        format!("{head}{}", tail.to_uppercase()),
        format!("{head}%2f{}", &tail[1..]),
        format!("{head}%2F{}", &tail[1..]),
        format!("{head}%5c{}", &tail[1..]),
        path.replacen('/', "/%2f", 1),
        path.replace('i', "%69"),
        path.replace('a', "%61"),
    ]
    .into_iter()
    // What does not begin with a slash is no path at all.
    .filter(|spelt| spelt != path && spelt.starts_with('/'))
    .collect()
}

/// The operations of the API that are a method's: method, path and a body that is right.
async fn operations(world: &World, doors: &Doors) -> Vec<(String, String, Option<Value>)> {
    let document = world.get("/api/auth/openapi.json").send().await.json();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let below = path.trim_start_matches("/api/auth");
        let is_one = |door: &str| below == door || (door.ends_with('/') && below.starts_with(door));
        if !doors.api.iter().any(|door| is_one(door)) {
            continue;
        }
        for (method, description) in methods.as_object().unwrap() {
            let body = (!description["requestBody"].is_null())
                .then(|| Value::Object(right(description["operationId"].as_str().unwrap())));
            found.push((method.to_uppercase(), path.replace("{id}", "x"), body));
        }
    }
    found
}

async fn ask(
    world: &World,
    verb: &str,
    path: &str,
    body: Option<&Value>,
    token: &str,
) -> crate::world::Reply {
    let mut ask = world.ask(verb, path).bearer(token);
    if let Some(body) = body {
        ask = ask.json(body.clone());
    }
    ask.send().await
}

/// An instance with the method off, over a database in which somebody is signed in; and their token.
async fn without(method: Method, postgres: Option<&str>) -> (World, String, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let (name, url) = match postgres {
        Some(server) => ("postgres", scratch_database(server).await),
        None => ("sqlite", format!("sqlite:{}", directory.path().join("kavach.db").display())),
    };
    let before = World::over(name, url.clone(), &|_: &mut Config| {}).await;
    let token = before.sign_up("ada@example.com").await.token;
    before.kavach.shutdown().await;
    drop(before);
    (World::over(name, url, &|config: &mut Config| switch(config, method)).await, token, directory)
}

#[tokio::test]
async fn every_door_is_one_while_its_method_is_on() {
    let configured = |config: &mut Config| config.google.client_id = Some("client.example".to_owned());
    for world in worlds_with(configured).await {
        let token = world.sign_up("ada@example.com").await.token;
        for method in ALL {
            let doors = doors(method);
            for (verb, path, body) in operations(&world, &doors).await {
                let reply = ask(&world, &verb, &path, body.as_ref(), &token).await;
                assert!(reply.status.as_u16() != 405, "{}", reply.asked);
                assert!(!reply.text().contains("method_disabled"), "{}: {}", reply.asked, reply.text());
            }
        }
    }
}

#[tokio::test]
async fn what_is_switched_off_is_closed_at_every_door_and_in_every_spelling() {
    let server = std::env::var("KAVACH_TEST_POSTGRES_URL").ok();
    for method in ALL {
        for postgres in [None, server.as_deref()].into_iter().take(1 + usize::from(server.is_some())) {
            let (world, token, _directory) = without(method, postgres).await;
            let doors = doors(method);
            for (verb, path, body) in operations(&world, &doors).await {
                let reply = ask(&world, &verb, &path, body.as_ref(), &token).await;
                reply.refused(403, "method_disabled");
                for spelt in spellings(&path) {
                    let reply = ask(&world, &verb, &spelt, body.as_ref(), &token).await;
                    let status = reply.status.as_u16();
                    assert!(matches!(status, 403..=405), "{}: {status} {}", reply.asked, reply.text());
                }
            }
            for page in doors.pages {
                for who in [None, Some(&token)] {
                    for spelt in std::iter::once((*page).to_owned()).chain(spellings(page)) {
                        let mut ask = world.get(&spelt);
                        if let Some(token) = who {
                            ask = ask.cookie(token);
                        }
                        let reply = ask.send().await;
                        let status = reply.status.as_u16();
                        // A page of one's own account first asks who is there.
                        let detour = who.is_none() && status == 303;
                        assert!(status == 404 || detour, "{method:?} {}: {status}", reply.asked);
                    }
                }
            }
            for (form, fields) in doors.forms {
                let form =
                    world.ask("POST", form).same_origin().raw("application/x-www-form-urlencoded", *fields);
                let reply = form.send().await;
                let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
                assert!(!format!("{cookies:?}").contains("kv_sess_"), "{method:?} {}", reply.asked);
                assert!(!reply.status.is_success(), "{method:?} {}", reply.asked);
            }
            assert_eq!(people(&world).await, 1, "{method:?}: nobody was made");
        }
    }
}

/// How many accounts there are.
async fn people(world: &World) -> usize {
    let key = kavach_service::setup::create_admin_offline(
        &world.kavach,
        "boss@example.com",
        None,
        kavach_model::Secret::new(crate::world::PASSWORD),
    );
    key.await.unwrap();
    let scopes = [kavach_model::api_key::Scope::UsersRead];
    let key = kavach_service::setup::create_api_key_offline(&world.kavach, "count", &scopes).await.unwrap();
    let users = world.get("/api/auth/users?limit=200").bearer(key.token.expose()).send().await.expect(200);
    users.as_array().unwrap().len() - 1
}

#[tokio::test]
async fn what_is_switched_off_is_not_offered() {
    for method in ALL {
        let (world, _, _directory) = without(method, None).await;
        let on = world.get("/api/auth/methods").send().await.expect(200);
        let off: Vec<&String> = on
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, on)| **on == json!(false))
            .map(|(name, _)| name)
            .collect();
        let name: String = method
            .as_str()
            .split('_')
            .map(|word| {
                let (first, rest) = word.split_at(1);
                first.to_uppercase() + rest
            })
            .collect();
        let name = name[..1].to_lowercase() + &name[1..];
        assert!(off.contains(&&name), "{method:?}: {on}");
    }
}
