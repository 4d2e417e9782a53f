use crate::world::{
    ask, code, make_agent, meta, new_agent, open, person, question, scratch_postgres, start, worlds,
};
use kavach_model::authorize::{Authorize, AuthorizeBatch, Decision};
use kavach_model::permission::ReasonCode;
use kavach_model::{ApiError, AuditId, ErrorCode};
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, agent, audit, authorize};
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn deploy(constraints: &str) -> String {
    format!(r#"[{{"resource":"mcp:deploy:*","actions":["execute"],"constraints":{constraints}}}]"#)
}

/// Asks with the agent's token, saying more than action and resource.
async fn ask_with(kv: &Kavach, token: &str, change: impl FnOnce(&mut Authorize)) -> Decision {
    let mut request = question(None, "execute", "mcp:deploy:staging");
    change(&mut request);
    authorize::by_token(kv, &meta(), token, request).await.unwrap()
}

async fn recorded(kv: &Kavach, cx: &RequestContext, id: AuditId) -> ReasonCode {
    audit::get(kv, cx, id).await.unwrap().event.reason_code
}

#[tokio::test]
async fn every_constraint_denies_with_its_own_reason_and_a_record() {
    let noon = r#"{"start":"11:00","end":"13:00"}"#;
    let midnight = r#"{"start":"23:00","end":"01:00"}"#;
    // The clock starts at 16:00.
    let windows = [format!(r#"{{"timeWindow":{noon}}}"#), format!(r#"{{"timeWindow":{midnight}}}"#)];
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let mut cases = vec![
            (r#"{"ipAllowlist":["10.0.0.0/8"]}"#.to_owned(), ReasonCode::IpNotAllowed),
            (r#"{"ipAllowlist":["192.0.2.0/24"]}"#.to_owned(), ReasonCode::Allowed),
            (r#"{"allowedArgPatterns":{"path":"/tmp/.*"}}"#.to_owned(), ReasonCode::ArgumentNotAllowed),
            (r#"{"allowedArgPatterns":{"path":"/etc/.*"}}"#.to_owned(), ReasonCode::Allowed),
            (r#"{"allowedArgPatterns":{"mode":".*"}}"#.to_owned(), ReasonCode::ArgumentNotAllowed),
            (r#"{"budget":{"units":4,"per":"day"}}"#.to_owned(), ReasonCode::BudgetExceeded),
            (r#"{"budget":{"units":5,"per":"day"}}"#.to_owned(), ReasonCode::Allowed),
            (r#"{"requireApproval":true,"ipAllowlist":["10.0.0.0/8"]}"#.to_owned(), ReasonCode::IpNotAllowed),
        ];
        cases.extend(windows.iter().map(|window| (window.clone(), ReasonCode::OutsideTimeWindow)));
        for (constraints, expected) in cases {
            let made = make_agent(kv, &cx, &deploy(&constraints)).await;
            let decision = ask_with(kv, made.token.expose(), |request| {
                request.arguments = json!({"path": "/etc/passwd"}).as_object().cloned();
                request.units = Some(5);
            })
            .await;
            assert_eq!(decision.reason_code, expected, "{constraints}");
            assert_eq!(decision.reason, expected.sentence());
            assert_eq!(recorded(kv, &cx, decision.audit_id).await, expected);
            assert!(decision.matched.is_some(), "{constraints}");
        }
    }
}

#[tokio::test]
async fn a_permission_that_has_expired_denies_and_revives_with_a_new_date() {
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        let end = kv.clock().now() + HOUR;
        let made = make_agent(kv, &cx, &deploy(&format!(r#"{{"expiresAt":"{end}"}}"#))).await;
        assert!(ask(kv, made.token.expose(), "execute", "mcp:deploy:x").await.allowed);
        world.clock.advance(HOUR);
        let decision = ask(kv, made.token.expose(), "execute", "mcp:deploy:x").await;
        assert_eq!(decision.reason_code, ReasonCode::PermissionExpired);
    }
}

#[tokio::test]
async fn what_an_agent_says_of_its_address_is_not_believed() {
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        let made = make_agent(kv, &cx, &deploy(r#"{"ipAllowlist":["10.0.0.0/8"]}"#)).await;
        let inside = Some([10, 0, 0, 1].into());
        let by_agent = ask_with(kv, made.token.expose(), |request| request.ip = inside).await;
        assert_eq!(by_agent.reason_code, ReasonCode::IpNotAllowed);
        // Whoever asks for the agent sees where the call comes from.
        let mut request = question(Some(made.agent.id.to_string()), "execute", "mcp:deploy:x");
        let unknown = authorize::decide(kv, &cx, request.clone()).await.unwrap();
        assert_eq!(unknown.reason_code, ReasonCode::IpNotAllowed);
        request.ip = inside;
        assert!(authorize::decide(kv, &cx, request).await.unwrap().allowed);
    }
}

#[tokio::test]
async fn a_denied_call_takes_nothing() {
    let constraints = r#"{"maxUses":2,"maxCallsPerHour":2,"budget":{"units":10,"per":"hour"},"allowedArgPatterns":{"path":"ok"}}"#;
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        let made = make_agent(kv, &cx, &deploy(constraints)).await;
        let call = async |path: &str, units: u64| {
            let arguments = json!({"path": path}).as_object().cloned();
            ask_with(kv, made.token.expose(), |request| {
                request.arguments = arguments;
                request.units = Some(units);
            })
            .await
            .reason_code
        };
        for _ in 0..5 {
            assert_eq!(call("bad", 1).await, ReasonCode::ArgumentNotAllowed);
            assert_eq!(call("ok", 11).await, ReasonCode::BudgetExceeded);
        }
        assert_eq!(call("ok", 5).await, ReasonCode::Allowed);
        assert_eq!(call("ok", 6).await, ReasonCode::BudgetExceeded);
        assert_eq!(call("ok", 5).await, ReasonCode::Allowed);
        assert!(!call("ok", 1).await.verdict().is_allow());
        // The hour passes; the uses do not come back.
        world.clock.advance(HOUR + HOUR);
        assert_eq!(call("ok", 1).await, ReasonCode::MaxUsesExceeded);
    }
}

#[tokio::test]
async fn a_limit_changed_counts_what_was_used_before() {
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        let made = make_agent(kv, &cx, &deploy(r#"{"maxUses":3}"#)).await;
        for _ in 0..3 {
            assert!(ask(kv, made.token.expose(), "execute", "mcp:deploy:x").await.allowed);
        }
        let wider = json!({"permissions": serde_json::from_str::<serde_json::Value>(&deploy(r#"{"maxUses":4}"#)).unwrap()});
        agent::update(kv, &cx, made.agent.id, serde_json::from_value(wider).unwrap()).await.unwrap();
        assert!(ask(kv, made.token.expose(), "execute", "mcp:deploy:x").await.allowed);
        assert!(!ask(kv, made.token.expose(), "execute", "mcp:deploy:x").await.allowed);
    }
}

#[tokio::test]
async fn of_sixty_parallel_calls_exactly_as_many_are_allowed_as_the_limit_says() {
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        let made = make_agent(kv, &cx, &deploy(r#"{"maxCallsPerHour":10}"#)).await;
        let calls = (0..60).map(|_| ask(kv, made.token.expose(), "execute", "mcp:deploy:x"));
        let decisions = futures::future::join_all(calls).await;
        assert_eq!(decisions.iter().filter(|decision| decision.allowed).count(), 10);
        for decision in decisions {
            assert_eq!(recorded(kv, &cx, decision.audit_id).await, decision.reason_code);
        }
    }
}

#[tokio::test]
async fn two_replicas_share_one_limit() {
    let Some(url) = scratch_postgres().await else { return };
    let first = start(Some(url), |_| {}).await;
    let second = open(&first.config, &first.clock).await;
    let cx = person(&first.kv, "ada@example.com").await;
    let made = make_agent(&first.kv, &cx, &deploy(r#"{"maxCallsPerHour":10}"#)).await;
    let calls = (0..60).map(|number| {
        let kv = if number % 2 == 0 { &first.kv } else { &second };
        ask(kv, made.token.expose(), "execute", "mcp:deploy:x")
    });
    let decisions = futures::future::join_all(calls).await;
    assert_eq!(decisions.iter().filter(|decision| decision.allowed).count(), 10);
}

#[tokio::test]
async fn the_order_of_permissions_does_not_change_the_reason() {
    let limited = r#"{"resource":"a:b","actions":["x"],"constraints":{"maxUses":5}}"#;
    let networked = r#"{"resource":"a:b","actions":["*"],"constraints":{"ipAllowlist":["10.0.0.0/8"]}}"#;
    let windowed = r#"{"resource":"a:b","actions":["x"],"constraints":{"allowedArgPatterns":{"p":"q"}}}"#;
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        for list in
            [[limited, networked, windowed], [windowed, limited, networked], [networked, windowed, limited]]
        {
            let made = make_agent(kv, &cx, &format!("[{}]", list.join(","))).await;
            let decision = ask(kv, made.token.expose(), "x", "a:b").await;
            assert_eq!(decision.reason_code, ReasonCode::IpNotAllowed);
        }
    }
}

#[tokio::test]
async fn a_batch_spends_question_by_question() {
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        let made = make_agent(kv, &cx, &deploy(r#"{"maxUses":2}"#)).await;
        let id = Some(made.agent.id.to_string());
        let questions = (0..4).map(|_| question(id.clone(), "execute", "mcp:deploy:x")).collect();
        let decisions = authorize::batch(kv, &cx, AuthorizeBatch(questions)).await.unwrap();
        let allowed: Vec<_> = decisions.iter().map(|decision| decision.allowed).collect();
        assert_eq!(allowed, [true, true, false, false]);
    }
}

#[tokio::test]
async fn a_constraint_nothing_could_be_judged_by_is_refused_when_it_is_written() {
    for world in worlds().await {
        let (kv, cx) = (&world.kv, person(&world.kv, "ada@example.com").await);
        for constraints in [
            r#"{"allowedArgPatterns":{"path":"a)|(?:b"}}"#,
            r#"{"allowedArgPatterns":{"path":"(?=a)"}}"#,
            r#"{"timeWindow":{"start":"09:00","end":"17:00","timeZone":"Mars/Olympus"}}"#,
        ] {
            let made = agent::create(kv, &cx, new_agent(&deploy(constraints))).await;
            assert_eq!(code(made), ErrorCode::ValidationFailed, "{constraints}");
        }
        let made = make_agent(kv, &cx, &deploy("{}")).await;
        let mut request = question(Some(made.agent.id.to_string()), "execute", "mcp:deploy:x");
        request.units = Some(0);
        let error = ApiError::from(authorize::decide(kv, &cx, request).await.unwrap_err());
        assert_eq!(error.details.and_then(|details| details.field).as_deref(), Some("units"));
    }
}
