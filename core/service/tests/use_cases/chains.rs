use crate::world::{
    START, admin, ask, code, holder, line, make_agent, new_agent, open, person, scratch_postgres, start,
    sub_agent, worlds,
};
use kavach_model::agent::{AgentFilter, AgentStatus, AgentWithToken, CreateAgent, UpdateAgent};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::permission::ReasonCode;
use kavach_model::{ApiError, ErrorCode, PageRequest, PrincipalId};
use kavach_service::{Kavach, agent, audit, user};
use std::time::Duration;

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

async fn reason(kv: &Kavach, agent: &AgentWithToken) -> ReasonCode {
    ask(kv, agent.token.expose(), "read", "mcp:github:repos").await.reason_code
}

fn update(permissions: &str) -> UpdateAgent {
    UpdateAgent { permissions: Some(serde_json::from_str(permissions).unwrap()), ..UpdateAgent::default() }
}

/// K4.
#[tokio::test]
async fn a_sub_agent_with_a_permission_its_parent_lacks_is_refused_and_nothing_is_stored() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let parent = make_agent(kv, &cx, READER).await;
        let wider = r#"[{"resource":"mcp:github:repos","actions":["read"]},{"resource":"mcp:deploy","actions":["execute"]}]"#;
        let refused = ApiError::from(sub_agent(kv, &cx, &parent, wider).await.map(drop).unwrap_err());
        assert_eq!(refused.code, ErrorCode::ExceedsParent);
        assert_eq!(refused.details.unwrap().field.as_deref(), Some("permissions[1]"));
        assert!(refused.message.contains("execute on mcp:deploy"), "{}", refused.message);
        let listed = agent::list(kv, &cx, &AgentFilter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(listed.data.len(), 1);
    }
}

/// K2.
#[tokio::test]
async fn an_exact_permission_holds_nothing_below_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let parent = make_agent(kv, &cx, r#"[{"resource":"mcp:github","actions":["read"]}]"#).await;
        for resource in ["mcp:github:*", "mcp:github:repos", "mcp:*", "*"] {
            let wider = format!(r#"[{{"resource":"{resource}","actions":["read"]}}]"#);
            assert_eq!(
                code(sub_agent(kv, &cx, &parent, &wider).await),
                ErrorCode::ExceedsParent,
                "{resource}"
            );
        }
    }
}

/// K5.
#[tokio::test]
async fn revoking_the_top_of_a_chain_stops_all_of_it_at_once() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 5).await;
        for agent in &line {
            assert_eq!(reason(kv, agent).await, ReasonCode::Allowed);
        }
        let radius = agent::tree::blast_radius(kv, &cx, line[0].agent.id).await.unwrap();
        assert_eq!((radius.agents, radius.live_tokens), (5, 5));
        let revoked = agent::revoke(kv, &cx, line[0].agent.id).await.unwrap();
        assert_eq!((revoked.revoked_agents, revoked.revoked_tokens), (5, 5));
        for agent in &line {
            assert_eq!(reason(kv, agent).await, ReasonCode::AgentRevoked);
            assert_eq!(code(holder(kv, agent.token.expose()).await), ErrorCode::Unauthenticated);
        }
        let filter = AuditFilter { kind: Some(AuditKind::AgentRevoked), ..AuditFilter::default() };
        let records = audit::list(kv, &cx, &filter, &PageRequest::default()).await.unwrap();
        assert_eq!(records.data.len(), 5, "a record for each");
        assert_eq!(code(sub_agent(kv, &cx, &line[4], READER).await), ErrorCode::Conflict);
    }
}

#[tokio::test]
async fn a_change_above_holds_below_from_the_next_decision_on() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 4).await;
        let (top, bottom) = (&line[1], &line[3]);
        assert_eq!(reason(kv, bottom).await, ReasonCode::Allowed);
        agent::suspend(kv, &cx, top.agent.id).await.unwrap();
        let denied = ask(kv, bottom.token.expose(), "read", "mcp:github:repos").await;
        assert_eq!(
            (denied.reason_code, denied.denied_at),
            (ReasonCode::AncestorSuspended, Some(top.agent.id))
        );
        agent::resume(kv, &cx, top.agent.id).await.unwrap();
        assert_eq!(reason(kv, bottom).await, ReasonCode::Allowed);

        let narrower = r#"[{"resource":"mcp:github:issues","actions":["read"]}]"#;
        agent::update(kv, &cx, top.agent.id, update(narrower)).await.unwrap();
        let denied = ask(kv, bottom.token.expose(), "read", "mcp:github:repos").await;
        assert_eq!(
            (denied.reason_code, denied.denied_at),
            (ReasonCode::AncestorNotAllowed, Some(top.agent.id))
        );
        assert!(ask(kv, bottom.token.expose(), "read", "mcp:github:issues").await.allowed);

        let asks =
            r#"[{"resource":"mcp:github:*","actions":["read"],"constraints":{"requireApproval":true}}]"#;
        agent::update(kv, &cx, top.agent.id, update(asks)).await.unwrap();
        let denied = ask(kv, bottom.token.expose(), "read", "mcp:github:repos").await;
        assert_eq!(
            (denied.reason_code, denied.denied_at),
            (ReasonCode::ApprovalRequired, Some(top.agent.id))
        );

        agent::update(kv, &cx, top.agent.id, update(READER)).await.unwrap();
        let soon = Some(Some(START + Duration::from_secs(60)));
        let ends = UpdateAgent { expires_at: soon, ..UpdateAgent::default() };
        agent::update(kv, &cx, top.agent.id, ends).await.unwrap();
        assert_eq!(reason(kv, bottom).await, ReasonCode::Allowed);
        world.clock.advance(Duration::from_secs(60));
        let denied = ask(kv, bottom.token.expose(), "read", "mcp:github:repos").await;
        assert_eq!((denied.reason_code, denied.denied_at), (ReasonCode::AncestorExpired, Some(top.agent.id)));
    }
}

#[tokio::test]
async fn what_is_counted_above_is_counted_for_everybody_below_together() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let counted =
            r#"[{"resource":"mcp:github:*","actions":["read"],"constraints":{"maxCallsPerHour":10}}]"#;
        let parent = make_agent(kv, &cx, counted).await;
        let one = sub_agent(kv, &cx, &parent, counted).await.unwrap();
        let other = sub_agent(kv, &cx, &parent, counted).await.unwrap();
        let mut allowed = 0;
        for _ in 0..10 {
            allowed += usize::from(reason(kv, &one).await == ReasonCode::Allowed);
            allowed += usize::from(reason(kv, &other).await == ReasonCode::Allowed);
        }
        assert_eq!(allowed, 10);
        let denied = ask(kv, one.token.expose(), "read", "mcp:github:repos").await;
        assert_eq!(
            (denied.reason_code, denied.denied_at),
            (ReasonCode::MaxCallsExceeded, Some(parent.agent.id))
        );
        // Denied calls took nothing from the child's own count either.
        world.clock.advance(Duration::from_secs(3_700));
        assert_eq!(reason(kv, &one).await, ReasonCode::Allowed);
    }
}

#[tokio::test]
async fn a_person_who_is_switched_off_stops_their_agents_until_somebody_takes_them_over() {
    for world in worlds().await {
        let kv = &world.kv;
        let root = admin(kv, "root@example.com").await;
        let ada = person(kv, "ada@example.com").await;
        let bob = person(kv, "bob@example.com").await;
        let id = |cx: &kavach_service::context::RequestContext| cx.user().unwrap().id;
        let line = line(kv, &ada, READER, 3).await;
        assert_eq!(code(user::disable(kv, &ada, id(&bob)).await), ErrorCode::Forbidden);
        assert_eq!(code(user::disable(kv, &root, id(&root)).await), ErrorCode::Conflict);
        user::disable(kv, &root, id(&ada)).await.unwrap();
        for agent in &line {
            assert_eq!(reason(kv, agent).await, ReasonCode::OwnerDisabled);
        }
        user::enable(kv, &root, id(&ada)).await.unwrap();
        assert_eq!(reason(kv, &line[2]).await, ReasonCode::Allowed);
        user::disable(kv, &root, id(&ada)).await.unwrap();
        assert_eq!(user::hand_over(kv, &root, id(&ada), id(&bob)).await.unwrap().agents, 3);
        assert_eq!(reason(kv, &line[2]).await, ReasonCode::Allowed);
        let seen = agent::get(kv, &bob, line[0].agent.id).await.unwrap();
        assert_eq!((seen.owner_id, seen.sponsor_id), (PrincipalId::User(id(&bob)), id(&bob)));
        let below = agent::get(kv, &bob, line[1].agent.id).await.unwrap();
        assert_eq!(below.owner_id, PrincipalId::Agent(line[0].agent.id));
        assert_eq!(code(user::hand_over(kv, &root, id(&bob), id(&ada)).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn a_tree_is_as_deep_as_each_of_its_agents_allows() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 6).await;
        assert_eq!(line.iter().map(|made| made.agent.max_depth).collect::<Vec<_>>(), [5, 4, 3, 2, 1, 0]);
        assert_eq!(code(sub_agent(kv, &cx, &line[5], READER).await), ErrorCode::ValidationFailed);
        let shallow = CreateAgent { max_depth: Some(1), ..new_agent(READER) };
        let shallow = agent::create(kv, &cx, shallow).await.unwrap();
        let below = sub_agent(kv, &cx, &shallow, READER).await.unwrap();
        assert_eq!(below.agent.max_depth, 0);
        assert_eq!(code(sub_agent(kv, &cx, &below, READER).await), ErrorCode::ValidationFailed);
        let deeper = UpdateAgent { max_depth: Some(3), ..UpdateAgent::default() };
        assert_eq!(code(agent::update(kv, &cx, below.agent.id, deeper).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn an_agent_makes_sub_agents_of_its_own_within_its_rights() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let parent = make_agent(kv, &cx, READER).await;
        let stranger = make_agent(kv, &cx, READER).await;
        let own = holder(kv, parent.token.expose()).await.unwrap();
        let child = agent::create(kv, &own, new_agent(READER)).await.unwrap();
        assert_eq!(child.agent.owner_id, PrincipalId::Agent(parent.agent.id));
        assert_eq!(child.agent.sponsor_id, cx.user().unwrap().id);
        assert_eq!(reason(kv, &child).await, ReasonCode::Allowed);
        let grandchild = sub_agent(kv, &own, &child, READER).await.unwrap();
        assert_eq!(reason(kv, &grandchild).await, ReasonCode::Allowed);
        assert_eq!(code(sub_agent(kv, &own, &stranger, READER).await), ErrorCode::ValidationFailed);
        let wider = new_agent(r#"[{"resource":"mcp:*","actions":["read"]}]"#);
        assert_eq!(code(agent::create(kv, &own, wider).await), ErrorCode::ExceedsParent);
        let owner_id = Some(PrincipalId::User(cx.user().unwrap().id));
        let above = CreateAgent { owner_id, ..new_agent(READER) };
        assert_eq!(code(agent::create(kv, &own, above).await), ErrorCode::Forbidden);
        // Nobody proves who they are by an agent's token.
        let all = make_agent(kv, &cx, r#"[{"resource":"*","actions":["*"]}]"#).await;
        let all = holder(kv, all.token.expose()).await.unwrap();
        let everything = new_agent(r#"[{"resource":"*","actions":["read"]}]"#);
        assert_eq!(code(agent::create(kv, &all, everything).await), ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn a_sub_agent_is_not_widened_beyond_its_parent_later() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let asks =
            r#"[{"resource":"mcp:github:*","actions":["read"],"constraints":{"requireApproval":true}}]"#;
        let parent = make_agent(kv, &cx, asks).await;
        assert_eq!(
            code(sub_agent(kv, &cx, &parent, READER).await),
            ErrorCode::ExceedsParent,
            "approval dropped"
        );
        let child = sub_agent(kv, &cx, &parent, asks).await.unwrap();
        let refused = agent::update(kv, &cx, child.agent.id, update(READER)).await;
        assert_eq!(code(refused), ErrorCode::ExceedsParent);
        assert_eq!(reason(kv, &child).await, ReasonCode::ApprovalRequired);
    }
}

#[tokio::test]
async fn a_tree_and_what_is_effective_in_it_can_be_seen() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let top = make_agent(kv, &cx, READER).await;
        let left = sub_agent(kv, &cx, &top, READER).await.unwrap();
        let right = sub_agent(kv, &cx, &top, READER).await.unwrap();
        let below = sub_agent(kv, &cx, &left, READER).await.unwrap();
        let tree = agent::tree::tree(kv, &cx, top.agent.id).await.unwrap();
        assert!(tree.above.is_empty() && !tree.truncated);
        let children: Vec<_> = tree.root.children.iter().map(|child| child.id).collect();
        assert!(children.contains(&left.agent.id) && children.contains(&right.agent.id));
        let left_node = tree.root.children.iter().find(|child| child.id == left.agent.id).unwrap();
        assert_eq!(left_node.children[0].id, below.agent.id);
        let part = agent::tree::tree(kv, &cx, below.agent.id).await.unwrap();
        let above: Vec<_> = part.above.iter().map(|link| link.id).collect();
        assert_eq!(above, [top.agent.id, left.agent.id]);

        let narrower = r#"[{"resource":"mcp:github:issues","actions":["read"]}]"#;
        agent::update(kv, &cx, top.agent.id, update(narrower)).await.unwrap();
        let own = holder(kv, below.token.expose()).await.unwrap();
        let effective = agent::tree::effective_permissions(kv, &own, below.agent.id).await.unwrap();
        assert_eq!(effective.len(), 1);
        assert!(!effective[0].contained);
        let links: Vec<_> = effective[0].links.iter().map(|link| (link.agent_id, link.contains)).collect();
        assert_eq!(links, [(left.agent.id, true), (top.agent.id, false)]);
        assert_eq!(effective[0].links[1].permissions[0].resource.as_str(), "mcp:github:issues");
        let stranger = person(kv, "bob@example.com").await;
        assert_eq!(code(agent::tree::tree(kv, &stranger, top.agent.id).await), ErrorCode::NotFound);
        assert_eq!(code(agent::tree::blast_radius(kv, &stranger, top.agent.id).await), ErrorCode::NotFound);
    }
}

/// Rounds of the race: the figure of the acceptance is reached with `KAVACH_RACES=10000`.
fn races() -> usize {
    std::env::var("KAVACH_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(100)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn creating_under_an_agent_that_is_being_revoked_always_loses() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let (mut made, mut refused) = (0, 0);
        for _ in 0..races() {
            let top = make_agent(kv, &cx, READER).await;
            let parent = sub_agent(kv, &cx, &top, READER).await.unwrap();
            let create = sub_agent(kv, &cx, &parent, READER);
            let (child, revoked) = futures::join!(create, agent::revoke(kv, &cx, top.agent.id));
            revoked.unwrap();
            match child {
                Ok(child) => {
                    made += 1;
                    let status = agent::get(kv, &cx, child.agent.id).await.unwrap().status;
                    assert_eq!(status, AgentStatus::Revoked);
                    assert_eq!(reason(kv, &child).await, ReasonCode::AgentRevoked);
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(ApiError::from(error).code, ErrorCode::Conflict);
                }
            }
        }
        assert_eq!(made + refused, races());
    }
}

/// Another process over the same database sees a revocation within a second, with and without word from the database.
#[tokio::test]
async fn another_replica_denies_what_hangs_on_a_revoked_agent() {
    let Some(database) = scratch_postgres().await else { return };
    let world = start(Some(database), |_| {}).await;
    let (here, there) = (&world.kv, open(&world.config, &world.clock).await);
    let cx = person(here, "ada@example.com").await;
    let line = line(here, &cx, READER, 3).await;
    for agent in &line {
        assert_eq!(reason(&there, agent).await, ReasonCode::Allowed);
    }
    agent::revoke(here, &cx, line[0].agent.id).await.unwrap();
    // Nothing is believed for longer than this, whatever word came or did not.
    world.clock.advance(Duration::from_millis(901));
    for agent in &line {
        assert_eq!(reason(&there, agent).await, ReasonCode::AgentRevoked);
    }
}
