//! The same creating request twice makes one thing.

use crate::world::{PASSWORD, text, worlds};
use serde_json::json;

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
