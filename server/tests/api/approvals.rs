//! Approvals over the API: what travels, who is refused, and how an agent waits.

use crate::process::run;
use crate::world::{Agent, Person, World, text, worlds, worlds_with};
use serde_json::{Value, json};
use std::time::Duration;

async fn deployer(world: &World, owner: &Person) -> Agent {
    let deploy =
        json!({"resource": "mcp:deploy:*", "actions": ["execute"], "constraints": {"requireApproval": true}});
    let body = json!({"name": "deployer", "permissions": [deploy]});
    let data = world.post("/api/auth/agents", body).bearer(&owner.token).send().await.expect(201);
    Agent { id: text(&data["id"]), token: text(&data["token"]) }
}

async fn ask(world: &World, agent: &Agent, arguments: Value) -> Value {
    let body = json!({"action": "execute", "resource": "mcp:deploy:production", "arguments": arguments});
    world.post("/api/auth/authorize/token", body).bearer(&agent.token).send().await.expect(200)
}

#[tokio::test]
async fn a_person_approves_and_the_agent_may_once() {
    for world in worlds_with(|config| config.public_url = "https://id.example.com".to_owned()).await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = deployer(&world, &ada).await;
        let denied = ask(&world, &agent, json!({"version": "1.2.3"})).await;
        assert_eq!((&denied["allowed"], &denied["reasonCode"]), (&json!(false), &json!("approval_required")));
        let id = text(&denied["approval"]["id"]);
        // From the configuration, whatever a header says.
        assert_eq!(denied["approval"]["url"], json!(format!("https://id.example.com/approve/{id}")));
        assert_eq!(denied["approval"]["status"], "pending");
        let path = format!("/api/auth/approvals/{id}");
        let shown = world.get(&path).bearer(&ada.token).send().await.expect(200);
        assert_eq!(shown["arguments"], json!({"version": "1.2.3"}));
        assert_eq!(shown["agentId"], json!(agent.id));
        assert_eq!(text(&shown["digest"]).len(), 64);
        // A GET decides nothing.
        assert_eq!(world.get(&path).bearer(&ada.token).send().await.expect(200)["status"], "pending");
        let approved =
            world.ask("POST", &format!("{path}/approve")).bearer(&ada.token).send().await.expect(200);
        assert_eq!((&approved["status"], &approved["usesLeft"]), (&json!("approved"), &json!(1)));
        let other = ask(&world, &agent, json!({"version": "1.2.4"})).await;
        assert_eq!(other["allowed"], json!(false));
        assert_ne!(other["approval"]["id"], json!(id));
        assert_eq!(ask(&world, &agent, json!({"version": "1.2.3"})).await["allowed"], json!(true));
        let again = ask(&world, &agent, json!({"version": "1.2.3"})).await;
        assert_eq!(again["reasonCode"], "approval_required");
        let deny =
            world.post(&format!("{path}/deny"), json!({"reason": "late"})).bearer(&ada.token).send().await;
        deny.refused(409, "conflict");
        assert!(text(&deny.json()["error"]["message"]).contains("consumed"));
        let listed =
            world.get("/api/auth/approvals?status=pending&limit=1").bearer(&ada.token).send().await.json();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
        assert!(listed["data"][0]["arguments"].is_null(), "lists leave arguments out");
        assert!(listed["nextCursor"].is_string());
    }
}

#[tokio::test]
async fn an_agent_waits_at_the_pace_it_is_told() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = deployer(&world, &ada).await;
        let id = text(&ask(&world, &agent, json!({})).await["approval"]["id"]);
        let path = format!("/api/auth/approvals/{id}/status");
        let poll = || world.get(&path).bearer(&agent.token).send();
        let first = poll().await.expect(200);
        assert_eq!((&first["status"], &first["interval"]), (&json!("pending"), &json!(5)));
        let soon = poll().await;
        soon.refused(429, "slow_down");
        assert_eq!(soon.header("retry-after"), Some("5"));
        world.clock.advance(Duration::from_millis(4_999));
        assert_eq!(poll().await.header("retry-after"), Some("1"));
        let deny = world.post(&format!("/api/auth/approvals/{id}/deny"), json!({"reason": "not now"}));
        deny.bearer(&ada.token).send().await.expect(200);
        world.clock.advance(Duration::from_millis(1));
        let denied = poll().await.expect(200);
        assert_eq!((&denied["status"], &denied["reason"]), (&json!("denied"), &json!("not now")));
        assert_eq!(ask(&world, &agent, json!({})).await["reasonCode"], "approval_denied");
    }
}

#[tokio::test]
async fn neither_agents_nor_keys_nor_old_sessions_decide() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = deployer(&world, &ada).await;
        let key = world.api_key(&ada, &["agents:write", "authorize"]).await;
        let id = text(&ask(&world, &agent, json!({})).await["approval"]["id"]);
        for verb in ["approve", "deny"] {
            let path = format!("/api/auth/approvals/{id}/{verb}");
            for token in [&agent.token, &key.token] {
                world.ask("POST", &path).bearer(token).send().await.refused(403, "forbidden");
            }
            // By cookie only from our own pages.
            world.ask("POST", &path).cookie(&ada.token).send().await.refused(403, "origin_mismatch");
            world.ask("GET", &path).bearer(&ada.token).send().await.refused(405, "method_not_allowed");
        }
        world.clock.advance(Duration::from_secs(11 * 60));
        let path = format!("/api/auth/approvals/{id}/approve");
        world.ask("POST", &path).bearer(&ada.token).send().await.refused(403, "reauthentication_required");
        // A key that may ask for decisions may ask what became of one.
        let status = format!("/api/auth/approvals/{id}/status");
        world.get(&status).bearer(&key.token).send().await.expect(200);
    }
}

#[tokio::test]
async fn what_is_out_of_range_is_refused_at_its_field() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = deployer(&world, &ada).await;
        let id = text(&ask(&world, &agent, json!({})).await["approval"]["id"]);
        let path = format!("/api/auth/approvals/{id}/approve");
        for (body, field) in [
            (json!({"grant": {"uses": 0, "minutes": 5}}), "grant.uses"),
            (json!({"grant": {"uses": 101, "minutes": 5}}), "grant.uses"),
            (json!({"grant": {"uses": 1, "minutes": 1441}}), "grant.minutes"),
            (json!({"grant": {"uses": 1, "minutes": -1}}), "grant.minutes"),
            (json!({"grant": {"uses": 1, "minutes": 1, "resource": "*"}}), "grant.resource"),
            (json!({"by": ada.id}), "by"),
        ] {
            let reply = world.post(&path, body.clone()).bearer(&ada.token).send().await;
            reply.refused(422, "validation_failed");
            assert_eq!(reply.field(), field, "{body}");
        }
        let long = json!({"reason": "x".repeat(501)});
        let reply =
            world.post(&format!("/api/auth/approvals/{id}/deny"), long).bearer(&ada.token).send().await;
        assert_eq!(reply.field(), "reason");
        world
            .get("/api/auth/approvals?status=open")
            .bearer(&ada.token)
            .send()
            .await
            .refused(422, "validation_failed");
        world.get("/api/auth/approvals/apr_x").bearer(&ada.token).send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn the_command_line_computes_the_digest_anew_and_says_that_a_receipt_is_missing() {
    let world = worlds().await.remove(0);
    let ada = world.sign_up("ada@example.com").await;
    let agent = deployer(&world, &ada).await;
    let id = text(&ask(&world, &agent, json!({"version": "1.2.3"})).await["approval"]["id"]);
    let shown = world.get(&format!("/api/auth/approvals/{id}")).bearer(&ada.token).send().await.text();
    let directory = tempfile::tempdir().unwrap();
    let verify = |text: &str| {
        std::fs::write(directory.path().join("approval.json"), text).unwrap();
        let output = run(directory.path(), &["approval", "verify", "approval.json"], "", &[]);
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), words(&output.stdout), words(&output.stderr))
    };
    let (status, out, problem) = verify(&shown);
    assert_eq!(status, Some(1), "{out}{problem}");
    assert!(out.contains("are those of the digest") && out.contains("Receipt: none."), "{out}");
    assert!(problem.contains("not proven: there is no receipt"), "{problem}");
    let (status, _, problem) = verify(&shown.replace("1.2.3", "6.6.6"));
    assert_eq!(status, Some(1));
    assert!(problem.contains("not intact"), "{problem}");
    let (status, _, problem) = verify("{}");
    assert_eq!(status, Some(1));
    assert!(problem.contains("not an approval"), "{problem}");
}
