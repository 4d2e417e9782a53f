use crate::world::{ask, code, holder, make_agent, new_agent, person, worlds};
use kavach_model::agent::{AgentFilter, AgentStatus, CreateAgent, Revoked, RotateToken, UpdateAgent};
use kavach_model::permission::ReasonCode;
use kavach_model::{ErrorCode, PageRequest, PrincipalId};
use kavach_service::agent;
use std::time::Duration;

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

#[tokio::test]
async fn a_token_is_shown_once_and_kept_as_a_preview() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(kv, &cx, READER).await;
        assert!(made.token.expose().starts_with("kv_agent_"));
        let seen = agent::get(kv, &cx, made.agent.id).await.unwrap();
        assert_eq!(seen.token_preview.as_deref(), Some(made.token.preview().as_str()));
        assert_eq!(seen.tokens.len(), 1);
        assert!(!serde_json::to_string(&seen).unwrap().contains(&made.token.expose()[9..40]));
    }
}

#[tokio::test]
async fn people_do_not_see_or_touch_agents_of_others() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let bob = person(kv, "bob@example.com").await;
        let id = make_agent(kv, &ada, READER).await.agent.id;
        assert_eq!(code(agent::get(kv, &bob, id).await), ErrorCode::NotFound);
        assert_eq!(code(agent::update(kv, &bob, id, UpdateAgent::default()).await), ErrorCode::NotFound);
        assert_eq!(code(agent::rotate(kv, &bob, id, RotateToken::default()).await), ErrorCode::NotFound);
        assert_eq!(code(agent::suspend(kv, &bob, id).await), ErrorCode::NotFound);
        assert_eq!(code(agent::revoke(kv, &bob, id).await), ErrorCode::NotFound);
        let listed = agent::list(kv, &bob, &AgentFilter::default(), &PageRequest::default()).await.unwrap();
        assert!(listed.data.is_empty());
        let for_ada =
            CreateAgent { owner_id: Some(PrincipalId::User(ada.user().unwrap().id)), ..new_agent("[]") };
        assert_eq!(code(agent::create(kv, &bob, for_ada).await), ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn a_rotated_token_works_until_its_overlap_ends() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(kv, &cx, READER).await;
        let (id, first) = (made.agent.id, made.token);
        let overlap = RotateToken { overlap_seconds: Some(60) };
        // The agent renews its own token.
        let own = holder(kv, first.expose()).await.unwrap();
        let second = agent::rotate(kv, &own, id, overlap).await.unwrap().token;
        assert!(ask(kv, first.expose(), "read", "mcp:github:repos").await.allowed);
        assert!(ask(kv, second.expose(), "read", "mcp:github:repos").await.allowed);
        world.clock.advance(Duration::from_secs(60));
        let late = ask(kv, first.expose(), "read", "mcp:github:repos").await;
        assert_eq!(late.reason_code, ReasonCode::TokenExpired);
        let third = agent::rotate(kv, &cx, id, RotateToken::default()).await.unwrap().token;
        let stopped = ask(kv, second.expose(), "read", "mcp:github:repos").await;
        assert_eq!(stopped.reason_code, ReasonCode::TokenRevoked, "stopped at once, not expired");
        world.clock.advance(Duration::from_secs(86_400));
        let long_stopped = ask(kv, second.expose(), "read", "mcp:github:repos").await;
        assert_eq!(long_stopped.reason_code, ReasonCode::TokenRevoked);
        assert!(ask(kv, third.expose(), "read", "mcp:github:repos").await.allowed);
        // What ran out before is not stopped once more.
        let late = ask(kv, first.expose(), "read", "mcp:github:repos").await;
        assert_eq!(late.reason_code, ReasonCode::TokenExpired);
        let too_long = RotateToken { overlap_seconds: Some(604_801) };
        assert_eq!(code(agent::rotate(kv, &cx, id, too_long).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn an_agent_is_suspended_resumed_and_revoked() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(kv, &cx, READER).await;
        let (id, token) = (made.agent.id, made.token);
        let reason = || async { ask(kv, token.expose(), "read", "mcp:github:repos").await.reason_code };
        assert_eq!(reason().await, ReasonCode::Allowed);
        assert_eq!(agent::suspend(kv, &cx, id).await.unwrap().status, AgentStatus::Suspended);
        assert_eq!(reason().await, ReasonCode::AgentSuspended);
        assert_eq!(code(holder(kv, token.expose()).await), ErrorCode::Unauthenticated);
        assert_eq!(agent::suspend(kv, &cx, id).await.unwrap().status, AgentStatus::Suspended);
        assert_eq!(agent::resume(kv, &cx, id).await.unwrap().status, AgentStatus::Active);
        assert_eq!(reason().await, ReasonCode::Allowed);
        let revoked = agent::revoke(kv, &cx, id).await.unwrap();
        assert_eq!(revoked, Revoked { revoked_agents: 1, revoked_tokens: 1 });
        assert_eq!(reason().await, ReasonCode::AgentRevoked);
        let again = agent::revoke(kv, &cx, id).await.unwrap();
        assert_eq!(again, Revoked { revoked_agents: 0, revoked_tokens: 0 });
        assert_eq!(code(agent::resume(kv, &cx, id).await), ErrorCode::Conflict);
        assert_eq!(code(agent::rotate(kv, &cx, id, RotateToken::default()).await), ErrorCode::Conflict);
        assert_eq!(code(agent::update(kv, &cx, id, UpdateAgent::default()).await), ErrorCode::Conflict);
    }
}

#[tokio::test]
async fn a_narrowing_holds_from_the_next_decision_on() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(kv, &cx, READER).await;
        assert!(ask(kv, made.token.expose(), "read", "mcp:github:repos").await.allowed);
        let narrower: UpdateAgent =
            serde_json::from_str(r#"{"permissions":[{"resource":"mcp:github:issues","actions":["read"]}]}"#)
                .unwrap();
        let changed = agent::update(kv, &cx, made.agent.id, narrower).await.unwrap();
        assert_eq!(changed.name, "github-reader", "what is absent stays");
        assert!(!ask(kv, made.token.expose(), "read", "mcp:github:repos").await.allowed);
        assert!(ask(kv, made.token.expose(), "read", "mcp:github:issues").await.allowed);
    }
}

#[tokio::test]
async fn an_agent_and_its_token_expire() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let end = crate::world::START + Duration::from_secs(3_600);
        let request = CreateAgent { expires_at: Some(end), ..new_agent(READER) };
        let made = agent::create(kv, &cx, request).await.unwrap();
        assert_eq!(made.agent.tokens[0].expires_at, end);
        world.clock.advance(Duration::from_secs(3_600));
        let late = ask(kv, made.token.expose(), "read", "mcp:github:repos").await;
        assert_eq!(late.reason_code, ReasonCode::AgentExpired);
        let past = CreateAgent { expires_at: Some(end), ..new_agent(READER) };
        assert_eq!(code(agent::create(kv, &cx, past).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn everything_is_granted_only_in_a_fresh_session() {
    for world in worlds().await {
        let kv = &world.kv;
        let made = crate::world::sign_up(kv, "ada@example.com").await;
        let everything = || new_agent(r#"[{"resource":"*","actions":["*"]}]"#);
        let cx = holder(kv, made.token.expose()).await.unwrap();
        assert!(agent::create(kv, &cx, everything()).await.is_ok());
        world.clock.advance(world.config.session.fresh);
        let cx = holder(kv, made.token.expose()).await.unwrap();
        assert_eq!(code(agent::create(kv, &cx, everything()).await), ErrorCode::ReauthenticationRequired);
        assert!(agent::create(kv, &cx, new_agent(READER)).await.is_ok());
    }
}

#[tokio::test]
async fn values_out_of_range_are_refused_and_nothing_is_stored() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let big = serde_json::Map::from_iter([("k".to_owned(), "x".repeat(8 * 1024).into())]);
        let bad = [
            CreateAgent { name: String::new(), ..new_agent("[]") },
            CreateAgent { name: "x".repeat(101), ..new_agent("[]") },
            CreateAgent { name: "a\u{202e}b".to_owned(), ..new_agent("[]") },
            CreateAgent { max_depth: Some(6), ..new_agent("[]") },
            CreateAgent { metadata: Some(big), ..new_agent("[]") },
        ];
        for request in bad {
            assert_eq!(code(agent::create(kv, &cx, request).await), ErrorCode::ValidationFailed);
        }
        let listed = agent::list(kv, &cx, &AgentFilter::default(), &PageRequest::default()).await.unwrap();
        assert!(listed.data.is_empty());
    }
}
