//! The questions of the AuthZEN Authorization API 1.0.

use crate::world::{text, worlds};
use serde_json::{Value, json};

fn evaluation(agent: &str, action: &str, resource: &str) -> Value {
    let (kind, id) = resource.split_once(':').unwrap();
    json!({
        "subject": {"type": "agent", "id": agent},
        "action": {"name": action},
        "resource": {"type": kind, "id": id},
    })
}

#[tokio::test]
async fn a_question_is_answered_and_recorded_like_any_other() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        for (action, permitted, reason) in
            [("read", true, "allowed"), ("write", false, "no_matching_permission")]
        {
            let body = evaluation(&agent.id, action, "mcp:github:repos");
            let reply = world.post("/access/v1/evaluation", body).bearer(&agent.token).send().await;
            assert_eq!(reply.status, 200);
            let answer = reply.json();
            assert_eq!(answer["decision"], permitted);
            assert_eq!(answer["context"]["reason_code"], reason);
            let record = format!("/api/auth/audit/{}", text(&answer["context"]["audit_id"]));
            let record = world.get(&record).bearer(&ada.token).send().await.expect(200);
            assert_eq!(
                (&record["action"], &record["resource"]),
                (&json!(action), &json!("mcp:github:repos"))
            );
        }
        let anonymous = evaluation(&agent.id, "read", "mcp:github:repos");
        assert_eq!(world.post("/access/v1/evaluation", anonymous).send().await.status, 401);
        let person = json!({"subject": {"type": "user", "id": ada.id}, "action": {"name": "read"}, "resource": {"type": "a", "id": "b"}});
        assert_eq!(world.post("/access/v1/evaluation", person).bearer(&ada.token).send().await.status, 422);
    }
}

#[tokio::test]
async fn the_delegation_that_is_named_must_be_the_one_there_is() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let parent = world.agent(&ada).await;
        let child = json!({
            "name": "child",
            "ownerId": parent.id,
            "permissions": [{"resource": "mcp:github:*", "actions": ["read"]}],
        });
        let child = world.post("/api/auth/agents", child).bearer(&ada.token).send().await.expect(201);
        let child = text(&child["id"]);
        for (chain, permitted, reason) in [
            (json!([ada.id, parent.id, child]), true, "allowed"),
            (json!([ada.id, child]), false, "chain_mismatch"),
        ] {
            let mut body = evaluation(&child, "read", "mcp:github:repos");
            body["subject"]["properties"] = json!({"delegation": {"chain": chain}});
            let reply = world.post("/access/v1/evaluation", body).bearer(&ada.token).send().await.json();
            assert_eq!(
                (&reply["decision"], &reply["context"]["reason_code"]),
                (&json!(permitted), &json!(reason))
            );
        }
    }
}

#[tokio::test]
async fn several_are_answered_as_far_as_the_options_say() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let several = |semantic: &str| {
            json!({
                "subject": {"type": "agent", "id": agent.id},
                "resource": {"type": "mcp", "id": "github:repos"},
                "options": {"evaluations_semantic": semantic},
                "evaluations": [
                    {"action": {"name": "read"}},
                    {"action": {"name": "write"}},
                    {"action": {"name": "read"}, "resource": {"type": "mcp", "id": "github:issues"}},
                ],
            })
        };
        for (semantic, expected) in [
            ("execute_all", json!([true, false, true])),
            ("deny_on_first_deny", json!([true, false])),
            ("permit_on_first_permit", json!([true])),
        ] {
            let ask = world.post("/access/v1/evaluations", several(semantic)).bearer(&agent.token);
            let answers = ask.send().await.json();
            let decisions: Vec<_> = answers["evaluations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["decision"].clone())
                .collect();
            assert_eq!(Value::from(decisions), expected, "{semantic}");
        }
        let one = evaluation(&agent.id, "read", "mcp:github:repos");
        let answers = world.post("/access/v1/evaluations", one).bearer(&agent.token).send().await.json();
        assert_eq!(answers["evaluations"][0]["decision"], true);
        let mut missing = several("execute_all");
        missing["evaluations"][1]["action"] = Value::Null;
        let reply = world.post("/access/v1/evaluations", missing).bearer(&agent.token).send().await;
        assert_eq!((reply.status.as_u16(), reply.text().contains("evaluations[1].action")), (422, true));
    }
}

#[tokio::test]
async fn where_to_ask_is_published() {
    for world in worlds().await {
        let found = world.get("/.well-known/authzen-configuration").send().await.json();
        let decision_point = text(&found["policy_decision_point"]);
        assert_eq!(found["access_evaluation_endpoint"], format!("{decision_point}/access/v1/evaluation"));
        assert_eq!(found["access_evaluations_endpoint"], format!("{decision_point}/access/v1/evaluations"));
    }
}

#[tokio::test]
async fn what_is_not_known_is_left_out_and_what_is_needed_is_named() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let mut more = evaluation(&agent.id, "read", "mcp:github:repos");
        more["resource"]["properties"] = json!({"owner": "somebody"});
        more["subject"]["properties"] = json!({"department": "sales"});
        more["more"] = json!(1);
        let reply = world.post("/access/v1/evaluation", more).bearer(&agent.token).send().await.json();
        assert_eq!(reply["decision"], true);
        for (path, value, field) in [
            ("/subject", Value::Null, "subject"),
            ("/subject/id", json!(7), "subject.id"),
            ("/subject/type", json!("user"), "subject.type"),
            ("/action/name", Value::Null, "action.name"),
            ("/resource/id", json!([]), "resource.id"),
            ("/context", json!("x"), "context"),
            ("/context", json!({"ip": "here"}), "context.ip"),
        ] {
            let mut body = evaluation(&agent.id, "read", "mcp:github:repos");
            match body.pointer_mut(path) {
                Some(place) => *place = value,
                None => body["context"] = value,
            }
            let reply = world.post("/access/v1/evaluation", body).bearer(&agent.token).send().await;
            reply.refused(422, "validation_failed");
            assert_eq!(reply.field(), field, "{path}");
        }
    }
}
