//! The inbox of approvals: what stands together in it, and one answer for several.

use crate::world::{World, code, make_agent, meta, person, question, worlds};
use kavach_model::agent::AgentWithToken;
use kavach_model::approval::{Approve, Deny};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::{ApprovalId, ErrorCode, PageRequest};
use kavach_service::approval::inbox::{self, Each};
use kavach_service::context::RequestContext;
use kavach_service::{approval, audit, authorize};
use serde_json::json;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn deployer(world: &World, owner: &RequestContext) -> AgentWithToken {
    let permission =
        json!([{"resource": "mcp:deploy:*", "actions": ["*"], "constraints": {"requireApproval": true}}]);
    make_agent(&world.kv, owner, &permission.to_string()).await
}

async fn ask(world: &World, agent: &AgentWithToken, what: &str) -> ApprovalId {
    let mut request = question(None, "execute", &format!("mcp:deploy:{what}"));
    request.arguments = json!({"what": what}).as_object().cloned();
    let token = agent.token.expose();
    let decision = authorize::by_token(&world.kv, &meta(), token, request).await.unwrap();
    decision.approval.unwrap().id
}

/// The inbox as identifiers.
async fn inbox(world: &World, cx: &RequestContext) -> Vec<Vec<ApprovalId>> {
    let batches = inbox::waiting(&world.kv, cx, None).await.unwrap();
    batches.iter().map(|batch| batch.iter().map(|one| one.id).collect()).collect()
}

#[tokio::test]
async fn what_one_agent_asks_within_ten_minutes_stands_together() {
    for world in worlds().await {
        let ada = person(&world.kv, "ada@example.com").await;
        let (one, other) = (deployer(&world, &ada).await, deployer(&world, &ada).await);
        let first = ask(&world, &one, "a").await;
        world.clock.advance(MINUTE * 2);
        let (second, elsewhere) = (ask(&world, &one, "b").await, ask(&world, &other, "c").await);
        world.clock.advance(MINUTE * 9);
        let late = ask(&world, &one, "d").await;
        assert_eq!(inbox(&world, &ada).await, [vec![late, second], vec![elsewhere], vec![first]]);
        let shown = inbox::waiting(&world.kv, &ada, Some(other.agent.id)).await.unwrap();
        assert_eq!(shown.len(), 1);
        assert_eq!(json!(shown[0][0].arguments), json!({"what": "c"}), "in full");
        let stranger = person(&world.kv, "eve@example.com").await;
        assert_eq!(inbox(&world, &stranger).await, Vec::<Vec<ApprovalId>>::new());
        // What is over waits no longer.
        world.clock.advance(MINUTE * 5);
        assert_eq!(inbox(&world, &ada).await, [vec![late, second], vec![elsewhere]]);
    }
}

#[tokio::test]
async fn one_answer_decides_each_by_itself_and_leaves_what_others_decided() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let agent = deployer(&world, &ada).await;
        let mut asked = Vec::new();
        for what in ["a", "b", "c"] {
            asked.push(ask(&world, &agent, what).await);
        }
        approval::deny(kv, &ada, asked[1], Deny::default()).await.unwrap();
        assert_eq!(inbox::decide_each(kv, &ada, &asked, &Each::Yes).await.unwrap(), 1);
        let filter = AuditFilter { kind: Some(AuditKind::ApprovalApproved), ..AuditFilter::default() };
        let records = audit::list(kv, &ada, &filter, &PageRequest::default()).await.unwrap().data;
        assert_eq!(records.len(), 2, "a record each");
        for (what, allowed) in [("a", true), ("b", false), ("c", true), ("d", false)] {
            let mut request = question(None, "execute", &format!("mcp:deploy:{what}"));
            request.arguments = json!({"what": what}).as_object().cloned();
            let answer = authorize::by_token(kv, &meta(), agent.token.expose(), request).await.unwrap();
            assert_eq!(answer.allowed, allowed, "{what}");
        }
        let last = ask(&world, &agent, "e").await;
        let no = Each::No(Some("too many".to_owned()));
        assert_eq!(inbox::decide_each(kv, &ada, &[last, last], &no).await.unwrap(), 1, "once each");
        assert_eq!(approval::get(kv, &ada, last).await.unwrap().reason.as_deref(), Some("too many"));
    }
}

#[tokio::test]
async fn one_that_is_not_ones_own_keeps_all_from_being_answered() {
    for world in worlds().await {
        let kv = &world.kv;
        let (ada, eve) = (person(kv, "ada@example.com").await, person(kv, "eve@example.com").await);
        let (hers, mine) = (deployer(&world, &ada).await, deployer(&world, &eve).await);
        let (foreign, own) = (ask(&world, &hers, "a").await, ask(&world, &mine, "b").await);
        for ids in [vec![own, foreign], vec![foreign]] {
            let refused = inbox::decide_each(kv, &eve, &ids, &Each::Yes).await;
            assert_eq!(code(refused), ErrorCode::NotFound);
        }
        for ids in [vec![], vec![own; 26]] {
            let refused = inbox::decide_each(kv, &eve, &ids, &Each::Yes).await;
            assert_eq!(code(refused), ErrorCode::ValidationFailed);
        }
        assert_eq!(inbox(&world, &eve).await, [vec![own]]);
        approval::approve(kv, &eve, own, Approve::default()).await.unwrap();
    }
}
