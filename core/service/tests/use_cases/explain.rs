use crate::world::{admin, ask, holder, line, make_agent, person, question, sub_agent, worlds};
use kavach_model::agent::UpdateAgent;
use kavach_model::audit::AuditFilter;
use kavach_model::authorize::Authorize;
use kavach_model::delegation::CreateDelegation;
use kavach_model::explain::{Change, Explanation};
use kavach_model::permission::ReasonCode;
use kavach_model::replay::Replay;
use kavach_model::{AgentId, PageRequest};
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, agent, audit, authorize, delegation};

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

async fn explain(kv: &Kavach, cx: &RequestContext, id: AgentId, action: &str, resource: &str) -> Explanation {
    authorize::explain(kv, cx, question(Some(id.to_string()), action, resource)).await.unwrap()
}

#[tokio::test]
async fn every_link_and_candidate_is_named_and_nothing_is_written() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 3).await;
        let bottom = line[2].agent.id;
        let records = || async {
            audit::list(kv, &cx, &AuditFilter::default(), &PageRequest::default()).await.unwrap().data.len()
        };
        let before = records().await;
        let allowed = explain(kv, &cx, bottom, "read", "mcp:github:repos").await;
        assert!(allowed.allowed && allowed.first_failing.is_none() && allowed.nearest_change.is_none());
        let links: Vec<_> = allowed.links.iter().map(|link| (link.agent_id, link.passes)).collect();
        // Also those that a decision need not ask.
        assert_eq!(links, [(bottom, true), (line[1].agent.id, true), (line[0].agent.id, true)]);
        assert!(allowed.links.iter().all(|link| link.candidates.len() == 1 && link.candidates[0].decides));
        assert_eq!(records().await, before);
    }
}

#[tokio::test]
async fn the_first_failing_check_and_the_nearest_change_are_named() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 3).await;
        let (top, bottom) = (line[0].agent.id, line[2].agent.id);
        let none = explain(kv, &cx, bottom, "write", "mcp:github:repos").await;
        assert_eq!(none.reason_code, ReasonCode::NoMatchingPermission);
        let change = none.nearest_change.unwrap();
        assert_eq!((change.change, change.agent_id), (Change::AddPermission, Some(bottom)));
        // The change that is named is one that helps.
        let mut permissions = line[2].agent.permissions.clone();
        permissions.push(change.permission.unwrap());
        let all = serde_json::from_str(
            r#"[{"resource":"mcp:github:*","actions":["read"]},{"resource":"mcp:github:repos","actions":["write"]}]"#,
        );
        let widen = |permissions| UpdateAgent { permissions: Some(permissions), ..UpdateAgent::default() };
        let all: Vec<kavach_model::permission::Permission> = all.unwrap();
        for agent in [&line[0], &line[1]] {
            agent::update(kv, &cx, agent.agent.id, widen(all.clone())).await.unwrap();
        }
        agent::update(kv, &cx, bottom, widen(permissions)).await.unwrap();
        assert!(explain(kv, &cx, bottom, "write", "mcp:github:repos").await.allowed);

        let issues =
            serde_json::from_str(r#"[{"resource":"mcp:github:issues","actions":["read"]}]"#).unwrap();
        agent::update(kv, &cx, top, widen(issues)).await.unwrap();
        let above = explain(kv, &cx, bottom, "read", "mcp:github:repos").await;
        assert_eq!((above.reason_code, above.denied_at), (ReasonCode::AncestorNotAllowed, Some(top)));
        let failing = above.first_failing.unwrap();
        assert_eq!((failing.agent_id, failing.constraint), (Some(top), None));
        assert_eq!(above.nearest_change.unwrap().agent_id, Some(top));
        assert!(!above.links[2].passes && above.links[2].candidates.is_empty());

        agent::suspend(kv, &cx, line[1].agent.id).await.unwrap();
        let stopped = explain(kv, &cx, bottom, "read", "mcp:github:issues").await;
        assert_eq!(stopped.reason_code, ReasonCode::AncestorSuspended);
        assert_eq!(stopped.nearest_change.unwrap().change, Change::ResumeAgent);
    }
}

#[tokio::test]
async fn conditions_are_told_one_by_one_with_what_is_used_of_limits() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let made = make_agent(
            kv,
            &cx,
            r#"[{"resource":"mcp:*","actions":["read"],"constraints":{"maxUses":2,"ipAllowlist":["192.0.2.0/24"]}},
                {"resource":"*:*","actions":["read"]}]"#,
        )
        .await;
        let id = made.agent.id;
        assert!(ask(kv, made.token.expose(), "read", "mcp:a").await.allowed);
        let own = holder(kv, made.token.expose()).await.unwrap();
        let once = authorize::explain(kv, &own, question(None, "read", "mcp:a")).await.unwrap();
        assert!(once.allowed);
        let candidates = &once.links[0].candidates;
        assert_eq!(candidates.iter().map(|one| one.decides).collect::<Vec<_>>(), [true, false]);
        let uses = candidates[0].checks.iter().find(|check| check.constraint == "maxUses").unwrap();
        assert_eq!((uses.passes, uses.used), (true, Some(1)));
        assert!(ask(kv, made.token.expose(), "read", "mcp:a").await.allowed);
        let twice = authorize::explain(kv, &own, question(None, "read", "mcp:a")).await.unwrap();
        assert_eq!(twice.reason_code, ReasonCode::MaxUsesExceeded);
        assert_eq!(twice.first_failing.unwrap().constraint.as_deref(), Some("maxUses"));

        let elsewhere = Authorize {
            ip: Some([203, 0, 113, 9].into()),
            ..question(Some(id.to_string()), "read", "mcp:a")
        };
        let elsewhere = authorize::explain(kv, &cx, elsewhere).await.unwrap();
        assert_eq!(elsewhere.reason_code, ReasonCode::IpNotAllowed);
        let change = elsewhere.nearest_change.unwrap();
        assert_eq!(change.change, Change::ChangePermission);
        assert_eq!(change.permission.unwrap().constraints.ip_allowlist.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn loans_and_approvals_and_strangers_are_explained() {
    for world in worlds().await {
        let kv = &world.kv;
        let root = admin(kv, "root@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let asks =
            r#"[{"resource":"mcp:deploy","actions":["execute"],"constraints":{"requireApproval":true}}]"#;
        let lender = make_agent(kv, &cx, asks).await;
        let borrower = make_agent(kv, &cx, "[]").await;
        let loan = CreateDelegation {
            from_agent: Some(lender.agent.id),
            to_agent: borrower.agent.id,
            permissions: serde_json::from_str(asks).unwrap(),
            expires_at: None,
            max_depth: None,
        };
        let loan = delegation::create(kv, &cx, loan, None).await.unwrap();
        let told = explain(kv, &cx, borrower.agent.id, "execute", "mcp:deploy").await;
        assert_eq!(told.reason_code, ReasonCode::ApprovalRequired);
        assert_eq!(told.nearest_change.unwrap().change, Change::Approve);
        assert_eq!(told.links[1].delegation_id, Some(loan.id));
        assert_eq!(told.links[2].agent_id, lender.agent.id);
        let unknown = explain(kv, &person(kv, "bob@example.com").await, lender.agent.id, "read", "x").await;
        assert_eq!((unknown.reason_code, unknown.links.len()), (ReasonCode::AgentNotFound, 0));
        let child = sub_agent(kv, &cx, &lender, asks).await.unwrap();
        let ill_formed = explain(kv, &root, child.agent.id, "execute", "mcp::deploy").await;
        assert_eq!(ill_formed.reason_code, ReasonCode::ResourceInvalid);
    }
}

#[tokio::test]
async fn a_change_that_is_not_made_is_tried_on_what_was_decided() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 2).await;
        let (top, below) = (&line[0], &line[1]);
        for resource in ["mcp:github:repos", "mcp:github:issues", "mcp:deploy"] {
            ask(kv, below.token.expose(), "read", resource).await;
        }
        let replay = |permissions: Option<&str>, stop| Replay {
            agent_id: top.agent.id,
            permissions: permissions.map(|draft| serde_json::from_str(draft).unwrap()),
            stop,
            since: None,
            limit: None,
        };
        let as_it_is = authorize::replay(kv, &cx, replay(None, false)).await.unwrap();
        assert_eq!((as_it_is.examined, as_it_is.unchanged), (3, 3));
        let narrower = r#"[{"resource":"mcp:github:issues","actions":["read"]}]"#;
        let tried = authorize::replay(kv, &cx, replay(Some(narrower), false)).await.unwrap();
        assert_eq!((tried.newly_denied, tried.newly_allowed, tried.unchanged), (1, 0, 2));
        let change = &tried.changes[0];
        assert_eq!((change.agent_id, change.resource.as_str()), (below.agent.id, "mcp:github:repos"));
        assert_eq!((change.was, change.would_be), (ReasonCode::Allowed, ReasonCode::AncestorNotAllowed));
        let stopped = authorize::replay(kv, &cx, replay(None, true)).await.unwrap();
        assert_eq!(stopped.newly_denied, 2);
        // Nothing was changed.
        assert!(ask(kv, below.token.expose(), "read", "mcp:github:repos").await.allowed);
        let wider = r#"[{"resource":"mcp:*","actions":["read"]}]"#;
        let below_itself = Replay { agent_id: below.agent.id, ..replay(Some(wider), false) };
        let tried = authorize::replay(kv, &cx, below_itself).await.unwrap();
        assert_eq!(tried.newly_allowed, 0, "what is above still holds");
        let stranger = person(kv, "bob@example.com").await;
        let refused = authorize::replay(kv, &stranger, replay(None, true)).await;
        assert_eq!(crate::world::code(refused), kavach_model::ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn another_time_is_judged_by_what_ends_until_then() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let ends = r#"[{"resource":"mcp:github:*","actions":["read"],"constraints":{"expiresAt":"2100-01-01T00:00:00.000Z"}}]"#;
        let agent = make_agent(kv, &cx, ends).await.agent.id;
        let at = |time: &str| {
            let at = Some(time.parse().unwrap());
            authorize::explain_at(kv, &cx, question(Some(agent.to_string()), "read", "mcp:github:repos"), at)
        };
        assert!(at("2099-12-31T23:59:59Z").await.unwrap().allowed);
        let late = at("2100-01-01T00:00:00Z").await.unwrap();
        assert_eq!(late.reason_code, ReasonCode::PermissionExpired);
    }
}
