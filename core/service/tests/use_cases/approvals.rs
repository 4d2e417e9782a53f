//! Approvals: what they are bound to, who decides, and that nothing happens twice.

use crate::world::{
    PASSWORD, World, code, holder, make_agent, meta, new_agent, open, person, question, scratch_postgres,
    sign_in, sign_up, start, worlds,
};
use kavach_model::agent::AgentWithToken;
use kavach_model::approval::{ApprovalFilter, ApprovalStatus, Approve, Deny, Grant};
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::authorize::{Authorize, AuthorizeBatch, Decision};
use kavach_model::permission::ReasonCode;
use kavach_model::{ApiError, ApprovalId, ErrorCode, PageRequest, PrincipalId, Secret};
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, agent, api_key, approval, audit, authorize, setup};
use kavach_store::{DatabaseUrl, Store};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const PRODUCTION: &str = "mcp:deploy:production";

fn deploy(constraints: &Value) -> String {
    let mut all = json!({"requireApproval": true});
    all.as_object_mut().unwrap().extend(constraints.as_object().unwrap().clone());
    json!([{"resource": "mcp:deploy:*", "actions": ["execute"], "constraints": all}]).to_string()
}

/// A person and an agent of theirs that needs approval.
struct Cast {
    owner: RequestContext,
    agent: AgentWithToken,
}

impl Cast {
    async fn new(kv: &Kavach, constraints: Value) -> Self {
        let owner = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &owner, &deploy(&constraints)).await;
        Self { owner, agent }
    }

    async fn ask_on(&self, kv: &Kavach, change: impl FnOnce(&mut Authorize)) -> Decision {
        let mut request = question(None, "execute", PRODUCTION);
        request.arguments = json!({"version": "1.2.3", "canary": 10}).as_object().cloned();
        change(&mut request);
        authorize::by_token(kv, &meta(), self.agent.token.expose(), request).await.unwrap()
    }

    async fn ask(&self, kv: &Kavach) -> Decision {
        self.ask_on(kv, |_| {}).await
    }

    async fn approve(&self, kv: &Kavach, id: ApprovalId) {
        approval::approve(kv, &self.owner, id, Approve::default()).await.unwrap();
    }
}

fn id(decision: &Decision) -> ApprovalId {
    decision.approval.as_ref().unwrap_or_else(|| panic!("no approval: {decision:?}")).id
}

async fn record(kv: &Kavach, cx: &RequestContext, decision: &Decision) -> AuditRecord {
    audit::get(kv, cx, decision.audit_id).await.unwrap()
}

async fn pending(kv: &Kavach, cx: &RequestContext) -> usize {
    let filter = ApprovalFilter { status: Some(ApprovalStatus::Pending), agent: None };
    approval::list(kv, cx, &filter, &PageRequest::new(Some(200), None).unwrap()).await.unwrap().data.len()
}

#[tokio::test]
async fn a_question_opens_one_approval_and_is_allowed_once_when_approved() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let first = cast.ask(kv).await;
        assert_eq!((first.allowed, first.reason_code), (false, ReasonCode::ApprovalRequired));
        let named = first.approval.clone().unwrap();
        assert_eq!(named.status, ApprovalStatus::Pending);
        assert_eq!(named.url, format!("http://localhost:3000/approve/{}", named.id));
        assert_eq!(named.expires_at, kv.clock().now() + MINUTE * 15);
        // The same question, its arguments in another order, finds the same approval.
        let again = cast
            .ask_on(kv, |request| {
                request.arguments = json!({"canary": 10.0, "version": "1.2.3"}).as_object().cloned();
            })
            .await;
        assert_eq!(id(&again), named.id);
        assert_eq!(record(kv, &cast.owner, &again).await.event.approval_id, Some(named.id));
        let shown = approval::get(kv, &cast.owner, named.id).await.unwrap();
        assert_eq!(json!(shown.arguments), json!({"canary": 10, "version": "1.2.3"}));
        assert_eq!(shown.permissions.len(), 1);
        assert_eq!(approval::verify::check(&shown).unwrap().problem, None);
        cast.approve(kv, named.id).await;
        let allowed = cast.ask(kv).await;
        assert_eq!((allowed.allowed, allowed.reason_code), (true, ReasonCode::Allowed));
        assert_eq!(allowed.approval.as_ref().unwrap().status, ApprovalStatus::Consumed);
        let recorded = record(kv, &cast.owner, &allowed).await.event;
        assert_eq!((recorded.approval_id, recorded.reason_code), (Some(named.id), ReasonCode::Allowed));
        let next = cast.ask(kv).await;
        assert_eq!(next.reason_code, ReasonCode::ApprovalRequired);
        assert_ne!(id(&next), named.id);
    }
}

#[tokio::test]
async fn whatever_changes_makes_it_another_question() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let first = id(&cast.ask(kv).await);
        cast.approve(kv, first).await;
        let mut seen = vec![first];
        let changes: [fn(&mut Authorize); 6] = [
            |request| request.arguments = json!({"version": "1.2.4", "canary": 10}).as_object().cloned(),
            |request| request.arguments = json!({"version": "1.2.3"}).as_object().cloned(),
            |request| request.arguments = None,
            |request| request.arguments = json!({}).as_object().cloned(),
            |request| request.units = Some(2),
            |request| request.resource = "mcp:deploy:staging".to_owned(),
        ];
        for change in changes {
            let decision = cast.ask_on(kv, change).await;
            assert_eq!(decision.reason_code, ReasonCode::ApprovalRequired);
            assert!(!seen.contains(&id(&decision)));
            seen.push(id(&decision));
        }
        // So does a change of the permission, also to and fro of what it says of something else.
        let wider =
            json!({"permissions": serde_json::from_str::<Value>(&deploy(&json!({"maxUses": 9}))).unwrap()});
        agent::update(kv, &cast.owner, cast.agent.agent.id, serde_json::from_value(wider).unwrap())
            .await
            .unwrap();
        let changed = cast.ask(kv).await;
        assert_eq!(changed.reason_code, ReasonCode::ApprovalRequired);
        assert!(!seen.contains(&id(&changed)));
    }
}

#[tokio::test]
async fn a_number_that_two_texts_share_cannot_be_approved() {
    for world in worlds().await {
        let cast = Cast::new(&world.kv, json!({})).await;
        let decision = cast
            .ask_on(&world.kv, |request| {
                request.arguments = json!({"account": 9_007_199_254_740_993_u64}).as_object().cloned();
            })
            .await;
        assert_eq!((decision.reason_code, decision.approval), (ReasonCode::ArgumentInexact, None));
    }
}

#[tokio::test]
async fn conditions_are_judged_before_anybody_is_asked() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({"allowedArgPatterns": {"version": "1\\..*"}})).await;
        let decision = cast
            .ask_on(kv, |request| request.arguments = json!({"version": "2.0"}).as_object().cloned())
            .await;
        assert_eq!((decision.reason_code, decision.approval), (ReasonCode::ArgumentNotAllowed, None));
        assert_eq!(pending(kv, &cast.owner).await, 0);
        assert_eq!(cast.ask(kv).await.reason_code, ReasonCode::ApprovalRequired);
    }
}

#[tokio::test]
async fn a_limit_that_denies_does_not_use_the_approval_up_and_an_approval_that_is_missing_takes_nothing() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({"maxCallsPerHour": 1, "budget": {"units": 5, "per": "day"}})).await;
        for _ in 0..3 {
            assert_eq!(cast.ask(kv).await.reason_code, ReasonCode::ApprovalRequired);
        }
        cast.approve(kv, id(&cast.ask(kv).await)).await;
        assert!(cast.ask(kv).await.allowed);
        // The hour is used up; the next approval waits until it is over.
        let second = id(&cast.ask(kv).await);
        approval::approve(
            kv,
            &cast.owner,
            second,
            Approve { grant: Some(Grant { uses: 1, minutes: 300 }), ..Approve::default() },
        )
        .await
        .unwrap();
        let denied = cast.ask(kv).await;
        assert_eq!((denied.reason_code, denied.approval), (ReasonCode::MaxCallsExceeded, None));
        assert_eq!(approval::get(kv, &cast.owner, second).await.unwrap().uses_left, 1);
        world.clock.advance(MINUTE * 61);
        let allowed = cast.ask(kv).await;
        assert_eq!((allowed.allowed, id(&allowed)), (true, second));
    }
}

#[tokio::test]
async fn a_denial_stands_until_the_approval_would_have_expired() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let first = id(&cast.ask(kv).await);
        let deny = Deny { reason: Some(" use staging ".to_owned()) };
        let shown = approval::deny(kv, &cast.owner, first, deny).await.unwrap();
        assert_eq!((shown.status, shown.reason.as_deref()), (ApprovalStatus::Denied, Some("use staging")));
        let decision = cast.ask(kv).await;
        assert_eq!((decision.reason_code, id(&decision)), (ReasonCode::ApprovalDenied, first));
        assert_eq!(decision.approval.unwrap().status, ApprovalStatus::Denied);
        // Another question is not touched.
        assert_eq!(
            cast.ask_on(kv, |request| request.units = Some(2)).await.reason_code,
            ReasonCode::ApprovalRequired
        );
        world.clock.advance(MINUTE * 15);
        let later = cast.ask(kv).await;
        assert_eq!(later.reason_code, ReasonCode::ApprovalRequired);
        assert_ne!(id(&later), first);
    }
}

#[tokio::test]
async fn time_ends_what_nobody_decided_and_what_nobody_used() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let first = id(&cast.ask(kv).await);
        world.clock.advance(MINUTE * 15);
        let owner = renewed(kv).await;
        let late =
            ApiError::from(approval::approve(kv, &owner, first, Approve::default()).await.unwrap_err());
        assert_eq!(late.code, ErrorCode::Conflict);
        assert!(late.message.contains("expired"), "{}", late.message);
        let second = id(&cast.ask(kv).await);
        assert_ne!(second, first);
        approval::approve(kv, &owner, second, Approve::default()).await.unwrap();
        world.clock.advance(MINUTE * 15);
        let third = cast.ask(kv).await;
        assert_eq!(third.reason_code, ReasonCode::ApprovalRequired);
        for (old, status) in [(first, ApprovalStatus::Expired), (second, ApprovalStatus::Expired)] {
            assert_eq!(approval::get(kv, &owner, old).await.unwrap().status, status);
        }
        let filter =
            ApprovalFilter { status: Some(ApprovalStatus::Expired), agent: Some(cast.agent.agent.id) };
        let page = PageRequest::new(Some(1), None).unwrap();
        let listed = approval::list(kv, &owner, &filter, &page).await.unwrap();
        assert_eq!(listed.data[0].id, second);
        let rest = PageRequest::new(None, listed.next_cursor).unwrap();
        assert_eq!(approval::list(kv, &owner, &filter, &rest).await.unwrap().data[0].id, first);
    }
}

/// A fresh session of the owner.
async fn renewed(kv: &Kavach) -> RequestContext {
    let signed_in = sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
    holder(kv, signed_in.token.expose()).await.unwrap()
}

#[tokio::test]
async fn a_standing_grant_covers_any_arguments_so_often_and_so_long() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let first = id(&cast.ask_on(kv, |request| request.units = Some(5)).await);
        let grant = Some(Grant { uses: 3, minutes: 30 });
        approval::approve(kv, &cast.owner, first, Approve { grant, ..Approve::default() }).await.unwrap();
        let with = async |version: &str, units: u64| {
            cast.ask_on(kv, |request| {
                request.arguments = json!({"version": version}).as_object().cloned();
                request.units = Some(units);
            })
            .await
        };
        let used = with("2", 5).await;
        assert_eq!((used.allowed, id(&used)), (true, first));
        assert_eq!(used.approval.unwrap().status, ApprovalStatus::Approved);
        // More units than were approved, or another resource, are not covered.
        assert!(!with("2", 6).await.allowed);
        assert!(!cast.ask_on(kv, |request| request.resource = "mcp:deploy:eu".to_owned()).await.allowed);
        assert!(with("3", 1).await.allowed);
        assert!(with("4", 1).await.allowed);
        assert!(!with("5", 1).await.allowed, "the uses are gone");
        assert_eq!(approval::get(kv, &cast.owner, first).await.unwrap().status, ApprovalStatus::Consumed);
        let second = id(&with("6", 1).await);
        approval::approve(kv, &cast.owner, second, Approve { grant, ..Approve::default() }).await.unwrap();
        world.clock.advance(MINUTE * 30);
        assert!(!with("7", 1).await.allowed, "the time is over");
        for (uses, minutes, field) in [
            (0, 1, "grant.uses"),
            (101, 1, "grant.uses"),
            (1, 0, "grant.minutes"),
            (1, 1_441, "grant.minutes"),
        ] {
            let grant = Some(Grant { uses, minutes });
            let refused = approval::approve(kv, &cast.owner, second, Approve { grant, ..Approve::default() })
                .await
                .unwrap_err();
            let refused = ApiError::from(refused);
            assert_eq!(refused.details.unwrap().field.as_deref(), Some(field));
        }
    }
}

#[tokio::test]
async fn only_people_in_a_fresh_session_decide_and_only_about_their_own() {
    for world in worlds().await {
        let kv = &world.kv;
        let owner_token = sign_up(kv, "ada@example.com").await.token;
        let owner = holder(kv, owner_token.expose()).await.unwrap();
        let agent = make_agent(kv, &owner, &deploy(&json!({}))).await;
        let cast = Cast { owner, agent };
        let asked = id(&cast.ask(kv).await);
        let stranger = person(kv, "eve@example.com").await;
        let by_agent = holder(kv, cast.agent.token.expose()).await.unwrap();
        let scopes =
            json!({"name": "all", "scopes": ["agents:read", "agents:write", "authorize", "audit:read"]});
        let key = api_key::create(kv, &cast.owner, serde_json::from_value(scopes).unwrap()).await.unwrap();
        let by_key = holder(kv, key.token.expose()).await.unwrap();
        for (cx, expected) in [
            (&stranger, ErrorCode::NotFound),
            (&by_agent, ErrorCode::Forbidden),
            (&by_key, ErrorCode::Forbidden),
        ] {
            assert_eq!(code(approval::approve(kv, cx, asked, Approve::default()).await), expected);
            assert_eq!(code(approval::deny(kv, cx, asked, Deny::default()).await), expected);
            assert_eq!(code(approval::get(kv, cx, asked).await), expected);
        }
        assert_eq!(pending(kv, &stranger).await, 0);
        assert_eq!(pending(kv, &cast.owner).await, 1);
        world.clock.advance(MINUTE * 11);
        let stale = holder(kv, owner_token.expose()).await.unwrap();
        for refused in [
            code(approval::approve(kv, &stale, asked, Approve::default()).await),
            code(approval::deny(kv, &stale, asked, Deny::default()).await),
        ] {
            assert_eq!(refused, ErrorCode::ReauthenticationRequired);
        }
        // Looking needs no fresh session, and an administrator may decide for everybody.
        assert_eq!(approval::get(kv, &stale, asked).await.unwrap().status, ApprovalStatus::Pending);
        setup::create_admin_offline(kv, "root@example.com", None, Secret::new(PASSWORD)).await.unwrap();
        let admin = sign_in(kv, "root@example.com", PASSWORD).await.unwrap();
        let admin = holder(kv, admin.token.expose()).await.unwrap();
        let approved = approval::approve(kv, &admin, asked, Approve::default()).await.unwrap();
        assert_eq!(approved.decided_by, admin.user().map(|user| user.id));
        assert!(cast.ask(kv).await.allowed);
        let filter = AuditFilter { kind: Some(AuditKind::ApprovalApproved), ..AuditFilter::default() };
        let records = audit::list(kv, &stale, &filter, &PageRequest::default()).await.unwrap().data;
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].event.approval_id, Some(asked));
        assert_eq!(records[0].event.resource.as_deref(), Some(PRODUCTION));
    }
}

#[tokio::test]
async fn of_fifty_that_decide_at_once_one_does_and_the_others_are_told_what_it_is() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let asked = id(&cast.ask(kv).await);
        let answers = (0..50).map(|number| {
            let owner = &cast.owner;
            async move {
                match number % 2 {
                    0 => approval::approve(kv, owner, asked, Approve::default()).await,
                    _ => approval::deny(kv, owner, asked, Deny::default()).await,
                }
            }
        });
        let (won, lost): (Vec<_>, Vec<_>) =
            futures::future::join_all(answers).await.into_iter().partition(|answer| answer.is_ok());
        assert_eq!(won.len(), 1);
        let status = won.into_iter().next().unwrap().unwrap().status;
        for error in lost {
            let error = ApiError::from(error.unwrap_err());
            assert_eq!(error.code, ErrorCode::Conflict);
            assert!(error.message.contains(status.as_str()), "{}", error.message);
        }
        assert_eq!(cast.ask(kv).await.allowed, status == ApprovalStatus::Approved);
    }
}

#[tokio::test]
async fn of_fifty_that_ask_at_once_after_an_approval_one_is_allowed() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({"maxUses": 2})).await;
        let asked = id(&cast.ask(kv).await);
        cast.approve(kv, asked).await;
        one_of_fifty(&cast, asked, |_| kv).await;
        // One use was taken and not more.
        cast.approve(kv, id(&cast.ask(kv).await)).await;
        assert!(cast.ask(kv).await.allowed);
        cast.approve(kv, id(&cast.ask(kv).await)).await;
        assert_eq!(cast.ask(kv).await.reason_code, ReasonCode::MaxUsesExceeded);
    }
}

async fn one_of_fifty<'a>(cast: &Cast, approved: ApprovalId, on: impl Fn(usize) -> &'a Kavach) {
    let decisions = futures::future::join_all((0..50).map(|number| cast.ask(on(number)))).await;
    let (allowed, denied): (Vec<_>, Vec<_>) = decisions.into_iter().partition(|decision| decision.allowed);
    assert_eq!(allowed.iter().map(id).collect::<Vec<_>>(), [approved]);
    // All others wait for one and the same.
    let next = id(&denied[0]);
    assert!(denied.iter().all(|decision| decision.reason_code == ReasonCode::ApprovalRequired));
    assert!(denied.iter().all(|decision| id(decision) == next) && next != approved);
}

#[tokio::test]
async fn of_fifty_that_ask_decide_and_use_at_once_no_more_is_allowed_than_was_approved() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let asked = id(&cast.ask(kv).await);
        let approvals = async {
            let answers = (0..10).map(|_| approval::approve(kv, &cast.owner, asked, Approve::default()));
            futures::future::join_all(answers).await.iter().filter(|answer| answer.is_ok()).count()
        };
        let questions = async {
            let decisions = futures::future::join_all((0..40).map(|_| cast.ask(kv))).await;
            decisions.iter().filter(|decision| decision.allowed).count()
        };
        let (approved, allowed) = futures::join!(approvals, questions);
        assert_eq!(approved, 1);
        let allowed = allowed + usize::from(cast.ask(kv).await.allowed);
        assert_eq!(allowed, 1);
    }
}

#[tokio::test]
async fn two_replicas_share_one_approval() {
    let Some(url) = scratch_postgres().await else { return };
    let first = start(Some(url), |_| {}).await;
    let second = open(&first.config, &first.clock).await;
    let cast = Cast::new(&first.kv, json!({})).await;
    let opened = futures::join!(cast.ask(&first.kv), cast.ask(&second));
    let asked = id(&opened.0);
    assert_eq!(id(&opened.1), asked);
    // Decided on the one, used on either.
    let answers = futures::join!(
        approval::approve(&first.kv, &cast.owner, asked, Approve::default()),
        approval::approve(&second, &cast.owner, asked, Approve::default()),
    );
    assert_eq!(usize::from(answers.0.is_ok()) + usize::from(answers.1.is_ok()), 1);
    one_of_fifty(&cast, asked, |number| if number % 2 == 0 { &first.kv } else { &second }).await;
}

#[tokio::test]
async fn an_agent_has_no_more_pending_than_it_may() {
    let mut few = vec![start(None, |config| config.approval.max_pending = 5).await];
    if let Some(url) = scratch_postgres().await {
        few.push(start(Some(url), |config| config.approval.max_pending = 5).await);
    }
    for World { kv, clock, .. } in &few {
        let cast = Cast::new(kv, json!({})).await;
        let numbered = |number: u64| cast.ask_on(kv, move |request| request.units = Some(number));
        let decisions = futures::future::join_all((1..=20).map(numbered)).await;
        let refused =
            decisions.iter().filter(|decision| decision.reason_code == ReasonCode::TooManyApprovals);
        assert_eq!(refused.clone().count(), 15);
        assert!(refused.clone().all(|decision| decision.approval.is_none()));
        assert_eq!(pending(kv, &cast.owner).await, 5);
        // What is pending is still found, and another agent is not touched.
        let known = decisions.iter().position(|decision| decision.approval.is_some()).unwrap();
        assert_eq!(id(&numbered(known as u64 + 1).await), id(&decisions[known]));
        let other =
            Cast { owner: cast.owner.clone(), agent: make_agent(kv, &cast.owner, &deploy(&json!({}))).await };
        assert_eq!(other.ask(kv).await.reason_code, ReasonCode::ApprovalRequired);
        clock.advance(MINUTE * 15);
        assert_eq!(numbered(99).await.reason_code, ReasonCode::ApprovalRequired);
    }
}

#[tokio::test]
async fn an_agent_that_asks_too_often_is_told_to_slow_down() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let asked = id(&cast.ask(kv).await);
        let by_agent = holder(kv, cast.agent.token.expose()).await.unwrap();
        let other = make_agent(kv, &cast.owner, "[]").await;
        let other = holder(kv, other.token.expose()).await.unwrap();
        assert_eq!(code(approval::status(kv, &other, asked).await), ErrorCode::NotFound);
        let polls = (0..20).map(|_| approval::status(kv, &by_agent, asked));
        let (answered, slowed): (Vec<_>, Vec<_>) =
            futures::future::join_all(polls).await.into_iter().partition(|answer| answer.is_ok());
        assert_eq!(answered.len(), 1);
        for error in slowed {
            let error = ApiError::from(error.unwrap_err());
            assert_eq!((error.code, error.details.unwrap().retry_after), (ErrorCode::SlowDown, Some(5)));
        }
        // A person who looks does not take the agent's turn.
        assert_eq!(approval::status(kv, &cast.owner, asked).await.unwrap().status, ApprovalStatus::Pending);
        world.clock.advance(Duration::from_secs(5));
        cast.approve(kv, asked).await;
        assert_eq!(approval::status(kv, &by_agent, asked).await.unwrap().status, ApprovalStatus::Approved);
        assert!(cast.ask(kv).await.allowed);
        world.clock.advance(Duration::from_secs(5));
        assert_eq!(approval::status(kv, &by_agent, asked).await.unwrap().status, ApprovalStatus::Consumed);
    }
}

#[tokio::test]
async fn a_batch_asks_for_each_of_its_questions() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        let one = |units: u64| {
            let mut request = question(Some(cast.agent.agent.id.to_string()), "execute", PRODUCTION);
            request.units = Some(units);
            request
        };
        let batch =
            AuthorizeBatch(vec![one(1), one(2), one(1), question(one(1).agent_id, "read", PRODUCTION)]);
        let decisions = authorize::batch(kv, &cast.owner, batch).await.unwrap();
        assert_eq!(id(&decisions[0]), id(&decisions[2]));
        assert_ne!(id(&decisions[0]), id(&decisions[1]));
        assert_eq!(decisions[3].approval, None);
    }
}

#[tokio::test]
async fn an_approval_does_not_outlive_its_agent_and_its_rights() {
    for world in worlds().await {
        let kv = &world.kv;
        let cast = Cast::new(kv, json!({})).await;
        cast.approve(kv, id(&cast.ask(kv).await)).await;
        agent::suspend(kv, &cast.owner, cast.agent.agent.id).await.unwrap();
        let stopped = cast.ask(kv).await;
        assert_eq!((stopped.reason_code, stopped.approval), (ReasonCode::AgentSuspended, None));
        agent::resume(kv, &cast.owner, cast.agent.agent.id).await.unwrap();
        let nothing = serde_json::from_value(json!({"permissions": []})).unwrap();
        agent::update(kv, &cast.owner, cast.agent.agent.id, nothing).await.unwrap();
        assert_eq!(cast.ask(kv).await.reason_code, ReasonCode::NoMatchingPermission);
    }
}

#[tokio::test]
async fn nobody_decides_about_something_else_than_what_was_asked() {
    for world in worlds().await {
        for deed in ["show another resource in every approval", "take the arguments out of every approval"] {
            let kv = &world.kv;
            let owner = person(kv, &format!("{}@example.com", deed.len())).await;
            let agent = make_agent(kv, &owner, &deploy(&json!({}))).await;
            let cast = Cast { owner, agent };
            let asked = id(&cast.ask(kv).await);
            let url: DatabaseUrl = world.config.database_url().expose().parse().unwrap();
            Store::connect(&url, 2).await.unwrap().tamper(deed).await.unwrap();
            assert_eq!(code(approval::get(kv, &cast.owner, asked).await), ErrorCode::Internal, "{deed}");
            let approved = approval::approve(kv, &cast.owner, asked, Approve::default()).await;
            assert_eq!(code(approved), ErrorCode::Internal, "{deed}");
            assert!(!cast.ask(kv).await.allowed);
        }
    }
}

#[tokio::test]
async fn an_approval_is_bound_to_every_link_of_a_chain() {
    for world in worlds().await {
        let kv = &world.kv;
        let parent = Cast::new(kv, json!({"maxUses": 1})).await;
        let stage = r#"[{"resource":"mcp:deploy:*","actions":["execute"],"constraints":{"requireApproval":true,"maxUses":1}}]"#;
        let mut request = new_agent(stage);
        request.owner_id = Some(PrincipalId::Agent(parent.agent.agent.id));
        let child = Cast {
            owner: parent.owner.clone(),
            agent: agent::create(kv, &parent.owner, request).await.unwrap(),
        };
        let asked = child.ask(kv).await;
        let shown = approval::get(kv, &child.owner, id(&asked)).await.unwrap();
        assert_eq!((shown.chain.len(), shown.permissions.len()), (3, 2));
        assert_eq!(shown.agent_id, child.agent.agent.id);
        child.approve(kv, id(&asked)).await;
        // Not the parent's question, though everything else is the same.
        assert_ne!(id(&parent.ask(kv).await), id(&asked));
        let change = async |constraints: Value| {
            let permissions: Value = serde_json::from_str(&deploy(&constraints)).unwrap();
            let change = serde_json::from_value(json!({"permissions": permissions})).unwrap();
            agent::update(kv, &parent.owner, parent.agent.agent.id, change).await.unwrap();
        };
        change(json!({"maxUses": 2})).await;
        let other = child.ask(kv).await;
        assert_eq!(other.reason_code, ReasonCode::ApprovalRequired);
        assert_ne!(id(&other), id(&asked));
        change(json!({"maxUses": 1})).await;
        let allowed = child.ask(kv).await;
        assert_eq!((allowed.allowed, id(&allowed), allowed.denied_at), (true, id(&asked), None));
        // The parent's use is taken as well.
        parent.approve(kv, id(&parent.ask(kv).await)).await;
        let spent = parent.ask(kv).await;
        assert_eq!((spent.reason_code, spent.approval), (ReasonCode::MaxUsesExceeded, None));
    }
}
