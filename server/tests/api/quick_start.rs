//! The first five minutes: sign up, make an agent, ask what it may do, find every answer in the log.

use crate::world::{PASSWORD, text, worlds};
use serde_json::json;

#[tokio::test]
async fn the_quick_start_runs_from_sign_up_to_audit() {
    for world in worlds().await {
        let body = json!({"email": "ada@example.com", "password": PASSWORD, "name": "Ada"});
        let signed_up = world.post("/api/auth/sign-up/email", body).send().await.expect(201);
        let session = text(&signed_up["token"]);
        assert!(session.starts_with("kv_sess_"));
        assert_eq!(signed_up["user"]["email"], "ada@example.com");
        assert_eq!(signed_up["user"]["name"], "Ada");

        let body = json!({"name": "github-reader", "type": "autonomous", "permissions": [
            {"resource": "mcp:github:*", "actions": ["read"]},
            {"resource": "mcp:deploy:production", "actions": ["execute"], "constraints": {"requireApproval": true}},
        ]});
        let agent = world.post("/api/auth/agents", body.clone()).bearer(&session).send().await.expect(201);
        let (id, token) = (text(&agent["id"]), text(&agent["token"]));
        assert!(token.starts_with("kv_agent_"));
        assert_eq!(agent["permissions"], body["permissions"]);
        assert_eq!(agent["ownerId"], signed_up["user"]["id"]);

        let mut audit_ids = Vec::new();
        for (action, resource, allowed, reason) in [
            ("read", "mcp:github:repos", true, "allowed"),
            ("read", "mcp:github:issues", true, "allowed"),
            ("read", "mcp:github:pulls", true, "allowed"),
            ("read", "mcp:deploy:staging", false, "no_matching_permission"),
            ("read", "mcp:slack:send", false, "no_matching_permission"),
            ("write", "mcp:github:repos", false, "no_matching_permission"),
            ("read", "mcp:github", false, "no_matching_permission"),
            ("execute", "mcp:deploy:production", false, "approval_required"),
            ("read", "mcp::github", false, "resource_invalid"),
        ] {
            let by_id = json!({"agentId": id, "action": action, "resource": resource});
            let by_token = json!({"action": action, "resource": resource});
            for reply in [
                world.post("/api/auth/authorize", by_id).bearer(&session).send().await,
                world.post("/api/auth/authorize", by_token.clone()).bearer(&token).send().await,
                world.post("/api/auth/authorize/token", by_token).bearer(&token).send().await,
            ] {
                let decision = reply.expect(200);
                assert_eq!(decision["allowed"], allowed, "{action} {resource}: {decision}");
                assert_eq!(decision["reasonCode"], reason, "{action} {resource}: {decision}");
                assert!(!text(&decision["reason"]).is_empty());
                audit_ids.push(text(&decision["auditId"]));
            }
        }

        for audit_id in audit_ids {
            let record =
                world.get(&format!("/api/auth/audit/{audit_id}")).bearer(&session).send().await.expect(200);
            assert_eq!(record["id"], audit_id.as_str());
            assert_eq!(record["kind"], "decision");
            assert_eq!(record["agentId"], id.as_str());
        }
        let page = world.get("/api/auth/audit?verdict=deny&limit=5").bearer(&session).send().await;
        page.expect(200);
        assert_eq!(page.json()["data"].as_array().unwrap().len(), 5);
        assert!(page.json()["nextCursor"].is_string());
    }
}

#[tokio::test]
async fn the_seeds_password_is_refused_with_its_reason() {
    for world in worlds().await {
        let body = json!({"email": "ada@example.com", "password": "secret123", "name": "Ada"});
        let reply = world.post("/api/auth/sign-up/email", body).send().await;
        reply.refused(422, "password_breached");
        assert_eq!(reply.field(), "password");
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_order() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let ask = |resource: &str| json!({"agentId": agent.id, "action": "read", "resource": resource});
        let list = json!([ask("mcp:github:repos"), ask("mcp:slack:send"), ask("mcp:github:pulls")]);
        for body in [list.clone(), json!({"requests": list})] {
            let reply = world.post("/api/auth/authorize/batch", body).bearer(&ada.token).send().await;
            let decisions = reply.expect(200);
            let allowed: Vec<_> =
                decisions.as_array().unwrap().iter().map(|one| one["allowed"].as_bool().unwrap()).collect();
            assert_eq!(allowed, [true, false, true]);
        }
        for (body, field) in [
            (json!([]), "requests"),
            (json!(vec![ask("a"); 101]), "requests"),
            (json!([ask("a"), {"action": "read"}]), "[1].resource"),
            (json!([ask("a"), {"action": "read", "resource": "a", "as": "admin"}]), "[1].as"),
        ] {
            let reply = world.post("/api/auth/authorize/batch", body).bearer(&ada.token).send().await;
            reply.refused(422, "validation_failed");
            assert_eq!(reply.field(), field);
        }
    }
}
