use crate::world::{
    ask, code, holder, make_agent, meta, open, person, question, scratch_postgres, start, worlds,
};
use kavach_model::audit::AuditFilter;
use kavach_model::authorize::AuthorizeBatch;
use kavach_model::permission::ReasonCode;
use kavach_model::{AgentId, ErrorCode, PageRequest};
use kavach_service::context::{self, Presented};
use kavach_service::{agent, audit, authorize};
use std::time::Duration;

const QUICK_START: &str = r#"[{"resource":"mcp:github:*","actions":["read"]},
    {"resource":"mcp:deploy:production","actions":["execute"],"constraints":{"requireApproval":true}}]"#;

#[tokio::test]
async fn the_wildcard_table_of_the_quick_start_holds() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(kv, &cx, QUICK_START).await;
        let id = Some(made.agent.id.to_string());
        for (action, resource, expected) in [
            ("read", "mcp:github:repos", ReasonCode::Allowed),
            ("read", "mcp:github:issues", ReasonCode::Allowed),
            ("read", "mcp:github:pulls", ReasonCode::Allowed),
            ("read", "mcp:github:repos:kavach", ReasonCode::Allowed),
            ("read", "mcp:github", ReasonCode::NoMatchingPermission),
            ("write", "mcp:github:repos", ReasonCode::NoMatchingPermission),
            ("read", "mcp:deploy:staging", ReasonCode::NoMatchingPermission),
            ("read", "mcp:slack:send", ReasonCode::NoMatchingPermission),
            ("execute", "mcp:deploy:production", ReasonCode::ApprovalRequired),
            ("read", "mcp:github:*", ReasonCode::ResourceInvalid),
            ("read", "", ReasonCode::ResourceInvalid),
            ("", "mcp:github:repos", ReasonCode::ActionInvalid),
        ] {
            let by_owner = authorize::decide(kv, &cx, question(id.clone(), action, resource)).await.unwrap();
            let by_agent = ask(kv, made.token.expose(), action, resource).await;
            assert_eq!(
                (by_owner.reason_code, by_agent.reason_code),
                (expected, expected),
                "{action} {resource}"
            );
            assert_eq!(by_owner.allowed, expected == ReasonCode::Allowed);
            assert_eq!(by_owner.matched, by_agent.matched);
        }
    }
}

#[tokio::test]
async fn every_answer_has_a_record_that_says_the_same() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let bob = person(kv, "bob@example.com").await;
        let made = make_agent(kv, &ada, QUICK_START).await;
        let unknown = AgentId::from_parts(crate::world::START, [9; 10]).to_string();
        let of_ada = Some(made.agent.id.to_string());
        let mut decisions = Vec::new();
        for (cx, id, expected) in [
            (&ada, of_ada.clone(), ReasonCode::Allowed),
            (&ada, Some(unknown.clone()), ReasonCode::AgentNotFound),
            (&ada, Some("nonsense\u{0}".to_owned()), ReasonCode::AgentNotFound),
            // Somebody else's agent is answered like one that does not exist.
            (&bob, of_ada.clone(), ReasonCode::AgentNotFound),
        ] {
            let decision = authorize::decide(kv, cx, question(id, "read", "mcp:github:repos")).await.unwrap();
            assert_eq!(decision.reason_code, expected);
            let record = audit::get(kv, cx, decision.audit_id).await.unwrap();
            assert_eq!((record.event.reason_code, record.id), (expected, decision.audit_id));
            decisions.push(decision.audit_id);
        }
        // Tokens that are nobody's leave a record too; only administrators see it.
        for text in ["kv_agent_", "kv_agent_nonsense", "\u{0}"] {
            let decision = ask(kv, text, "read", "mcp:github:repos").await;
            assert_eq!(decision.reason_code, ReasonCode::TokenInvalid);
            assert_eq!(code(audit::get(kv, &ada, decision.audit_id).await), ErrorCode::NotFound);
        }
        // What Bob asked is in Bob's view, not in Ada's.
        assert_eq!(code(audit::get(kv, &ada, decisions[3]).await), ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn an_agent_asks_only_for_itself() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let one = make_agent(kv, &cx, QUICK_START).await;
        let two = make_agent(kv, &cx, QUICK_START).await;
        let own = holder(kv, one.token.expose()).await.unwrap();
        let request = |id| question(id, "read", "mcp:github:repos");
        assert!(authorize::decide(kv, &own, request(None)).await.unwrap().allowed);
        assert!(authorize::decide(kv, &own, request(Some(one.agent.id.to_string()))).await.unwrap().allowed);
        let foreign = authorize::decide(kv, &own, request(Some(two.agent.id.to_string()))).await;
        assert_eq!(code(foreign), ErrorCode::Forbidden);
        assert_eq!(code(agent::get(kv, &own, two.agent.id).await), ErrorCode::Forbidden);
        let filter = AuditFilter::default();
        assert_eq!(code(audit::list(kv, &own, &filter, &PageRequest::default()).await), ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_order_and_bounded() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(kv, &cx, QUICK_START).await;
        let id = Some(made.agent.id.to_string());
        let requests = vec![
            question(id.clone(), "read", "mcp:github:repos"),
            question(Some("nobody".to_owned()), "read", "mcp:github:repos"),
            question(id.clone(), "execute", "mcp:deploy:production"),
        ];
        let answers = authorize::batch(kv, &cx, AuthorizeBatch(requests)).await.unwrap();
        let reasons: Vec<ReasonCode> = answers.iter().map(|answer| answer.reason_code).collect();
        assert_eq!(reasons, [ReasonCode::Allowed, ReasonCode::AgentNotFound, ReasonCode::ApprovalRequired]);
        for answer in answers {
            assert!(audit::get(kv, &cx, answer.audit_id).await.is_ok());
        }
        let none = AuthorizeBatch(Vec::new());
        assert_eq!(code(authorize::batch(kv, &cx, none).await), ErrorCode::ValidationFailed);
        let many = AuthorizeBatch(vec![question(id, "read", "a"); 101]);
        assert_eq!(code(authorize::batch(kv, &cx, many).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn no_interleaving_of_asking_and_revoking_lets_a_later_question_pass() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        for _ in 0..20 {
            let made = make_agent(kv, &cx, QUICK_START).await;
            let asking = async {
                let asks = (0..10).map(|_| ask(kv, made.token.expose(), "read", "mcp:github:repos"));
                futures::future::join_all(asks).await
            };
            let (revoked, _) = tokio::join!(agent::revoke(kv, &cx, made.agent.id), asking);
            revoked.unwrap();
            let after = ask(kv, made.token.expose(), "read", "mcp:github:repos").await;
            assert_eq!(after.reason_code, ReasonCode::AgentRevoked);
        }
    }
}

#[tokio::test]
async fn a_revocation_reaches_another_replica() {
    let Some(url) = scratch_postgres().await else { return };
    let world = start(Some(url), |_| {}).await;
    let replica = open(&world.config, &world.clock).await;
    let cx = person(&world.kv, "ada@example.com").await;
    let made = make_agent(&world.kv, &cx, QUICK_START).await;
    assert!(ask(&replica, made.token.expose(), "read", "mcp:github:repos").await.allowed);
    agent::revoke(&world.kv, &cx, made.agent.id).await.unwrap();
    // What the replica remembers is too old to be believed once its last poll is; the clock says so here,
    // although the poll's own timer has not come round.
    world.clock.advance(Duration::from_secs(3));
    let after = ask(&replica, made.token.expose(), "read", "mcp:github:repos").await;
    assert_eq!(after.reason_code, ReasonCode::AgentRevoked);
}

/// A future is copied into its box, and again wherever it is handed on: what waits for a database in it is boxed.
#[tokio::test]
async fn what_every_request_carries_along_is_small() {
    let world = start(None, |_| {}).await;
    let kv = &world.kv;
    let facts = meta();
    let decision = authorize::by_token(kv, &facts, "kv_agent_x", question(None, "read", "mcp:files"));
    assert!(size_of_val(&decision) <= 2_048, "{}", size_of_val(&decision));
    let presented = Presented { cookie: None, bearer: None };
    let caller = context::authenticate(kv, meta(), presented);
    assert!(size_of_val(&caller) <= 2_048, "{}", size_of_val(&caller));
}
