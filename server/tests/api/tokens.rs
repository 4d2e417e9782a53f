//! Tokens: of which class, of whom, and for how long.

use crate::world::{PASSWORD, text, worlds};
use serde_json::json;

#[tokio::test]
async fn only_agent_tokens_are_asked_about_and_even_unknown_ones_get_a_record() {
    for world in worlds().await {
        let admin = world.admin("root@example.com").await;
        let key = world.api_key(&admin, &["authorize"]).await;
        let ask = || {
            world.post("/api/auth/authorize/token", json!({"action": "read", "resource": "mcp:github:repos"}))
        };
        ask().send().await.refused(401, "unauthenticated");
        for token in [admin.token.as_str(), key.token.as_str(), "x", "kv_agent"] {
            ask().bearer(token).send().await.refused(401, "unauthenticated");
        }
        ask().header("authorization", "Basic YTpi").send().await.refused(401, "unauthenticated");
        for unknown in ["kv_agent_", "kv_agent_x", &format!("kv_agent_{}", "0".repeat(49))] {
            let decision = ask().bearer(unknown).send().await.expect(200);
            assert_eq!(
                (decision["allowed"].as_bool(), decision["reasonCode"].as_str()),
                (Some(false), Some("token_invalid"))
            );
            let path = format!("/api/auth/audit/{}", text(&decision["auditId"]));
            world.get(&path).bearer(&admin.token).send().await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_bearer_that_is_not_valid_is_refused_even_where_none_is_needed() {
    for world in worlds().await {
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        for token in ["x", "kv_sess_x", "kv_key_x", "kv_agent_x"] {
            let reply = world.post("/api/auth/sign-up/email", body.clone()).bearer(token).send().await;
            reply.refused(401, "unauthenticated");
        }
        world.sign_up("ada@example.com").await;
    }
}

#[tokio::test]
async fn rotation_overlaps_as_long_as_asked_and_no_longer() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let reason = async |token: &str| {
            let body = json!({"action": "read", "resource": "mcp:github:repos"});
            text(
                &world.post("/api/auth/authorize/token", body).bearer(token).send().await.expect(200)["reasonCode"],
            )
        };
        let path = format!("/api/auth/agents/{}/rotate", agent.id);
        let body = json!({"overlapSeconds": 60});
        let second = text(&world.post(&path, body).bearer(&ada.token).send().await.expect(200)["token"]);
        assert_eq!([reason(&agent.token).await, reason(&second).await], ["allowed", "allowed"]);
        world.clock.advance(std::time::Duration::from_secs(61));
        assert_ne!(reason(&agent.token).await, "allowed");
        assert_eq!(reason(&second).await, "allowed");
        // Without a body, and by the agent itself: the token before stops at once.
        let third = text(&world.ask("POST", &path).bearer(&second).send().await.expect(200)["token"]);
        assert_ne!(reason(&second).await, "allowed");
        assert_eq!(reason(&third).await, "allowed");
    }
}

#[tokio::test]
async fn a_stopped_agent_is_denied_by_its_state() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let reason = async || {
            let body = json!({"agentId": agent.id, "action": "read", "resource": "mcp:github:repos"});
            text(
                &world.post("/api/auth/authorize", body).bearer(&ada.token).send().await.expect(200)["reasonCode"],
            )
        };
        let path = format!("/api/auth/agents/{}", agent.id);
        world.ask("POST", &format!("{path}/suspend")).bearer(&ada.token).send().await.expect(200);
        assert_eq!(reason().await, "agent_suspended");
        world.ask("POST", &format!("{path}/resume")).bearer(&ada.token).send().await.expect(200);
        assert_eq!(reason().await, "allowed");
        let revoked = world.ask("DELETE", &path).bearer(&ada.token).send().await.expect(200);
        assert_eq!(revoked, json!({"revokedAgents": 1, "revokedTokens": 1}));
        assert_eq!(reason().await, "agent_revoked");
        world.ask("POST", &format!("{path}/resume")).bearer(&ada.token).send().await.refused(409, "conflict");
        assert_eq!(world.get(&path).bearer(&ada.token).send().await.expect(200)["status"], "revoked");
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_never_again() {
    for world in worlds().await {
        let admin = world.admin("root@example.com").await;
        let agent = world.agent(&admin).await;
        let key = world.api_key(&admin, &["agents:read"]).await;
        for path in [
            "/api/auth/agents",
            "/api/auth/api-keys",
            "/api/auth/audit?limit=200",
            "/api/auth/session",
            "/api/auth/sessions",
            "/api/auth/users",
        ] {
            let reply = world.get(path).bearer(&admin.token).send().await;
            reply.expect(200);
            for secret in [&agent.token, &key.token, &admin.token] {
                assert!(!reply.text().contains(&secret[12..]), "{}", reply.asked);
            }
            assert!(!reply.text().contains("argon2"), "{}", reply.asked);
        }
        let shown = world
            .get(&format!("/api/auth/agents/{}", agent.id))
            .bearer(&admin.token)
            .send()
            .await
            .expect(200);
        assert_eq!(
            text(&shown["tokenPreview"]),
            format!("kv_agent_…{}", &agent.token[agent.token.len() - 4..])
        );
        assert!(shown.get("token").is_none());
    }
}

#[tokio::test]
async fn an_api_key_reaches_as_far_as_its_scopes() {
    for world in worlds().await {
        let admin = world.admin("root@example.com").await;
        let key = world.api_key(&admin, &["agents:read"]).await;
        world.get("/api/auth/agents").bearer(&key.token).send().await.expect(200);
        world
            .post("/api/auth/agents", json!({"name": "x"}))
            .bearer(&key.token)
            .send()
            .await
            .refused(403, "forbidden");
        world.get("/api/auth/audit").bearer(&key.token).send().await.refused(403, "forbidden");
        world
            .ask("DELETE", &format!("/api/auth/api-keys/{}", key.id))
            .bearer(&admin.token)
            .send()
            .await
            .expect(200);
        world.get("/api/auth/agents").bearer(&key.token).send().await.refused(401, "unauthenticated");
    }
}
