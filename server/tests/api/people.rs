//! Accounts and sessions of people.

use crate::world::{PASSWORD, text, worlds};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_session_begins_lives_and_ends() {
    for world in worlds().await {
        let first = world.sign_up("ada@example.com").await;
        let second = world.sign_in("ADA@example.com").await;
        assert_eq!(first.id, second.id);
        let session = world.get("/api/auth/session").bearer(&second.token).send().await.expect(200);
        assert_eq!(session["userId"], first.id.as_str());
        assert_eq!(session["user"]["email"], "ada@example.com");
        assert_eq!((session["fresh"].as_bool(), session["amr"][0].as_str()), (Some(true), Some("pwd")));
        assert!(session["authTime"].is_string() && session["expiresAt"].is_string());

        let list = world.get("/api/auth/sessions").bearer(&second.token).send().await.json();
        assert_eq!(list["data"].as_array().unwrap().len(), 2);
        assert_eq!(list["nextCursor"], json!(null));
        let ended = world
            .ask("POST", "/api/auth/sessions/revoke-others")
            .bearer(&second.token)
            .send()
            .await
            .expect(200);
        assert_eq!(ended, json!({"revokedSessions": 1}));
        world.get("/api/auth/session").bearer(&first.token).send().await.refused(401, "unauthenticated");

        world.ask("POST", "/api/auth/sign-out").bearer(&second.token).send().await.expect(200);
        world.get("/api/auth/session").bearer(&second.token).send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        world.clock.advance(Duration::from_secs(24 * 3600 + 61));
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn unknown_person_and_wrong_password_are_one_answer() {
    for world in worlds().await {
        world.sign_up("ada@example.com").await;
        let attempt = async |email: &str| {
            let body = json!({"email": email, "password": "not the password of anyone"});
            let reply = world
                .post("/api/auth/sign-in/email", body)
                .header("x-request-id", "constant-id")
                .send()
                .await;
            reply.refused(401, "invalid_credentials");
            reply.text()
        };
        assert_eq!(attempt("ada@example.com").await, attempt("nobody@example.com").await);
    }
}

#[tokio::test]
async fn signing_up_with_a_held_address_looks_like_any_sign_up() {
    for world in worlds().await {
        world.sign_up("ada@example.com").await;
        let body =
            json!({"email": "ada@example.com", "password": "another quiet heron wades", "name": "Eve"});
        let data = world.post("/api/auth/sign-up/email", body).send().await.expect(201);
        assert_eq!(data["user"]["email"], "ada@example.com");
        // The address still belongs to whoever had it.
        world.sign_in("ada@example.com").await;
    }
}

#[tokio::test]
async fn proving_it_again_makes_the_session_fresh_under_a_new_token() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        world.clock.advance(Duration::from_secs(700));
        let change = |token: &str| {
            let body = json!({"current": PASSWORD, "new": "nineteen herons do not wade"});
            world.post("/api/auth/password/change", body).bearer(token)
        };
        change(&ada.token).send().await.refused(403, "reauthentication_required");
        let wrong = json!({"password": "not the right password"});
        world
            .post("/api/auth/reauthenticate", wrong)
            .bearer(&ada.token)
            .send()
            .await
            .refused(401, "invalid_credentials");
        let right = json!({"password": PASSWORD});
        let reply = world.post("/api/auth/reauthenticate", right).bearer(&ada.token).send().await;
        let fresh = text(&reply.expect(200)["token"]);
        assert!(reply.header("set-cookie").unwrap().contains(&fresh));
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
        change(&fresh).send().await.expect(200);
        let old = json!({"email": "ada@example.com", "password": PASSWORD});
        world.post("/api/auth/sign-in/email", old).send().await.refused(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn an_address_is_confirmed_by_the_link_in_the_mail_once() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let outbox = world.get("/dev/outbox.json").send().await.expect(200);
        assert_eq!(
            (outbox[0]["kind"].as_str(), outbox[0]["to"].as_str()),
            (Some("verify_email"), Some("ada@example.com"))
        );
        let link = text(&outbox[0]["links"][0]);
        assert!(link.starts_with("http://localhost:3000/"), "{link}");
        let token = link.rsplit_once("token=").unwrap().1;
        let confirm = || world.post("/api/auth/verify-email/confirm", json!({"token": token})).send();
        assert_eq!(confirm().await.expect(200)["emailVerified"], true);
        confirm().await.refused(410, "link_invalid");
        let session = world.get("/api/auth/session").bearer(&ada.token).send().await.expect(200);
        assert_eq!(session["user"]["emailVerified"], true);
        world.ask("POST", "/api/auth/verify-email/send").bearer(&ada.token).send().await.expect(202);
    }
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let reply = world
            .ask("PATCH", "/api/auth/account")
            .json(json!({"name": "Ada L."}))
            .bearer(&ada.token)
            .send()
            .await;
        assert_eq!(reply.expect(200)["name"], "Ada L.");
        let body = json!({"name": "x", "role": "admin"});
        let reply = world.ask("PATCH", "/api/auth/account").json(body).bearer(&ada.token).send().await;
        reply.refused(422, "validation_failed");
        assert_eq!(reply.field(), "role");
        let own =
            world.get(&format!("/api/auth/users/{}", ada.id)).bearer(&ada.token).send().await.expect(200);
        assert_eq!((own["name"].as_str(), own["role"].as_str()), (Some("Ada L."), Some("member")));
    }
}
