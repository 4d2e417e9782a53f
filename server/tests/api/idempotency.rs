//! The same creating request twice makes one thing.

use crate::wire::{Break, Wire};
use crate::world::{PASSWORD, Person, World, text, worlds};
use serde_json::{Value, json};

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let create = |name: &str, key: &str| {
            world
                .post("/api/auth/agents", json!({"name": name}))
                .bearer(&ada.token)
                .header("idempotency-key", key)
        };
        let first = create("one", "key-1").send().await;
        let again = create("one", "key-1").send().await;
        assert_eq!(first.expect(201), again.expect(201), "the token of the first time included");
        assert_eq!(
            (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
            (None, Some("true"))
        );
        create("two", "key-1").send().await.refused(409, "idempotency_conflict");
        create("one", "key-2").send().await.expect(201);
        let agents = world.get("/api/auth/agents").bearer(&ada.token).send().await.expect(200);
        assert_eq!(agents.as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_key_belongs_to_whoever_sent_it() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada@example.com").await, world.sign_up("eve@example.com").await);
        let create = |token: &str| {
            world
                .post("/api/auth/agents", json!({"name": "one"}))
                .bearer(token)
                .header("idempotency-key", "shared")
        };
        let (hers, other) =
            (create(&ada.token).send().await.expect(201), create(&eve.token).send().await.expect(201));
        assert_ne!(text(&hers["id"]), text(&other["id"]));
    }
}

#[tokio::test]
async fn a_refused_request_lets_go_of_its_key() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let create = |name: &str| {
            world
                .post("/api/auth/agents", json!({"name": name}))
                .bearer(&ada.token)
                .header("idempotency-key", "key")
        };
        create("").send().await.refused(422, "validation_failed");
        create("one").send().await.expect(201);
        let long = "x".repeat(256);
        for odd in ["", "with space", "\u{e9}", &long] {
            let ask = world.post("/api/auth/agents", json!({"name": "x"})).bearer(&ada.token);
            ask.header("idempotency-key", odd).send().await.refused(400, "invalid_request");
        }
    }
}

#[tokio::test]
async fn a_repeated_sign_up_signs_in_again_with_its_cookie() {
    for world in worlds().await {
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let sign_up = || {
            world.post("/api/auth/sign-up/email", body.clone()).header("idempotency-key", "retry-7").send()
        };
        let (first, again) = (sign_up().await, sign_up().await);
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!(first.header("set-cookie"), again.header("set-cookie"));
    }
}

#[tokio::test]
async fn many_at_once_make_one() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let tries = (0..12).map(|_| {
            world
                .post("/api/auth/agents", json!({"name": "one"}))
                .bearer(&ada.token)
                .header("idempotency-key", "race")
                .send()
        });
        let replies = futures::future::join_all(tries).await;
        for reply in &replies {
            assert!(matches!(reply.status.as_u16(), 201 | 409), "{}", reply.text());
        }
        let agents = world.get("/api/auth/agents").bearer(&ada.token).send().await.expect(200);
        assert_eq!(agents.as_array().unwrap().len(), 1);
    }
}

/// A creating request of each kind.
fn creating(number: usize) -> [(&'static str, Value, &'static str); 3] {
    let email = format!("new{number}@example.com");
    [
        ("/api/auth/agents", json!({"name": "one"}), "INTO agents"),
        ("/api/auth/api-keys", json!({"name": "one", "scopes": ["authorize"]}), "INTO api_keys"),
        ("/api/auth/sign-up/email", json!({"email": email, "password": PASSWORD}), "INTO users"),
    ]
}

/// How much there is of what such a request makes.
async fn count(world: &World, admin: &Person, path: &str) -> usize {
    let list = if path.ends_with("/email") { "/api/auth/users" } else { path };
    world.get(list).bearer(&admin.token).send().await.expect(200).as_array().unwrap().len()
}

#[tokio::test]
async fn every_creating_request_is_repeated_with_its_whole_answer() {
    for world in worlds().await {
        let admin = world.admin("root@example.com").await;
        for (path, body, _) in creating(1) {
            let send =
                || world.post(path, body.clone()).bearer(&admin.token).header("idempotency-key", path).send();
            let (first, again) = (send().await, send().await);
            assert_eq!((first.status, &first.body), (again.status, &again.body), "{path}");
            for name in ["content-type", "set-cookie"] {
                assert_eq!(first.header(name), again.header(name), "{path}");
            }
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_request_whose_commit_nobody_saw_is_done_exactly_once() {
    let Some(wire) = Wire::start().await else { return };
    let world = World::over("postgres", wire.url.clone(), &|_| {}).await;
    let admin = world.admin("root@example.com").await;
    for (number, place) in [Break::AfterCommit, Break::BeforeCommit].into_iter().enumerate() {
        for (path, body, statement) in creating(number) {
            let key = format!("{place:?}{}", path.len());
            let send =
                || world.post(path, body.clone()).bearer(&admin.token).header("idempotency-key", &key).send();
            let before = count(&world, &admin, path).await;
            wire.break_at(place, statement);
            send().await.refused(503, "unavailable");
            assert!(wire.has_broken(), "{path}");
            let done = usize::from(place == Break::AfterCommit);
            assert_eq!(count(&world, &admin, path).await, before + done, "{place:?} {path}");

            let again = send().await;
            again.expect(201);
            let replayed = again.header("idempotency-replayed").is_some();
            assert_eq!(replayed, place == Break::AfterCommit, "{place:?} {path}");
            assert_eq!(count(&world, &admin, path).await, before + 1, "{place:?} {path}");
            assert_eq!(send().await.body, again.body, "{place:?} {path}");
            let other = world.post(path, json!({"name": "two"})).bearer(&admin.token);
            other.header("idempotency-key", &key).send().await.refused(409, "idempotency_conflict");
        }
    }
}

#[tokio::test]
async fn the_token_of_a_lost_answer_works_when_it_is_asked_for_again() {
    let Some(wire) = Wire::start().await else { return };
    let world = World::over("postgres", wire.url.clone(), &|_| {}).await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let send = || world.post("/api/auth/sign-up/email", body.clone()).header("idempotency-key", "key").send();
    wire.break_at(Break::AfterCommit, "INTO users");
    send().await.refused(503, "unavailable");
    let again = send().await;
    let token = text(&again.expect(201)["token"]);
    assert!(again.header("set-cookie").unwrap().contains(&token));
    world.get("/api/auth/session").bearer(&token).send().await.expect(200);
}
