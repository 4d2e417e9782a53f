use crate::world::{START, ask, code, holder, line, make_agent, person, worlds};
use kavach_model::agent::{AgentWithToken, UpdateAgent};
use kavach_model::delegation::{CreateDelegation, Delegation, DelegationFilter};
use kavach_model::permission::ReasonCode;
use kavach_model::{ErrorCode, PageRequest};
use kavach_service::context::RequestContext;
use kavach_service::{Error, Kavach, agent, delegation};
use std::time::Duration;

const DEPLOY: &str = r#"[{"resource":"mcp:deploy:*","actions":["execute"]}]"#;
const ASKS: &str =
    r#"[{"resource":"mcp:deploy:*","actions":["execute"],"constraints":{"requireApproval":true}}]"#;

fn lending(from: &AgentWithToken, to: &AgentWithToken, permissions: &str) -> CreateDelegation {
    CreateDelegation {
        from_agent: Some(from.agent.id),
        to_agent: to.agent.id,
        permissions: serde_json::from_str(permissions).unwrap(),
        expires_at: None,
        max_depth: None,
    }
}

async fn lend(
    kv: &Kavach,
    cx: &RequestContext,
    from: &AgentWithToken,
    to: &AgentWithToken,
    permissions: &str,
) -> Result<Delegation, Error> {
    delegation::create(kv, cx, lending(from, to, permissions), None).await
}

async fn deploy(kv: &Kavach, agent: &AgentWithToken) -> ReasonCode {
    ask(kv, agent.token.expose(), "execute", "mcp:deploy:production").await.reason_code
}

/// K3.
#[tokio::test]
async fn lending_strips_no_condition_on_any_path() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let gated = make_agent(kv, &cx, ASKS).await;
        let other = make_agent(kv, &cx, "[]").await;
        // Without the approval it is more than the lender has.
        assert_eq!(code(lend(kv, &cx, &gated, &other, DEPLOY).await), ErrorCode::ExceedsParent);
        // To itself, and in a ring.
        assert_eq!(code(lend(kv, &cx, &gated, &gated, ASKS).await), ErrorCode::ValidationFailed);
        lend(kv, &cx, &gated, &other, ASKS).await.unwrap();
        assert_eq!(deploy(kv, &other).await, ReasonCode::ApprovalRequired);
        assert_eq!(code(lend(kv, &cx, &other, &gated, ASKS).await), ErrorCode::ValidationFailed);
        // Below itself, and up again.
        let line = line(kv, &cx, ASKS, 3).await;
        assert_eq!(code(lend(kv, &cx, &line[2], &line[0], ASKS).await), ErrorCode::ValidationFailed);
        lend(kv, &cx, &line[0], &line[2], ASKS).await.unwrap();
        assert_eq!(deploy(kv, &line[2]).await, ReasonCode::ApprovalRequired);
    }
}

#[tokio::test]
async fn what_the_borrowers_own_permissions_say_stays_so() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let free = make_agent(kv, &cx, DEPLOY).await;
        let gated = make_agent(kv, &cx, ASKS).await;
        lend(kv, &cx, &free, &gated, DEPLOY).await.unwrap();
        assert_eq!(deploy(kv, &gated).await, ReasonCode::ApprovalRequired);
    }
}

#[tokio::test]
async fn a_loan_lasts_as_long_as_the_lender_has_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let lender = make_agent(kv, &cx, DEPLOY).await;
        let borrower = make_agent(kv, &cx, "[]").await;
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::NoMatchingPermission);
        let loan = lend(kv, &cx, &lender, &borrower, DEPLOY).await.unwrap();
        let decision = ask(kv, borrower.token.expose(), "execute", "mcp:deploy:production").await;
        assert!(decision.allowed);
        let matched = decision.matched.unwrap();
        assert_eq!((matched.agent_id, matched.delegation_id), (lender.agent.id, Some(loan.id)));

        agent::suspend(kv, &cx, lender.agent.id).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::AncestorSuspended);
        agent::resume(kv, &cx, lender.agent.id).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::Allowed);

        let none = UpdateAgent { permissions: Some(Vec::new()), ..UpdateAgent::default() };
        agent::update(kv, &cx, lender.agent.id, none).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::AncestorNotAllowed);
        let again = serde_json::from_str(DEPLOY).unwrap();
        let again = UpdateAgent { permissions: Some(again), ..UpdateAgent::default() };
        agent::update(kv, &cx, lender.agent.id, again).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::Allowed);

        delegation::revoke(kv, &cx, loan.id).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::NoMatchingPermission);
        let until = Some(START + Duration::from_secs(60));
        let short = CreateDelegation { expires_at: until, ..lending(&lender, &borrower, DEPLOY) };
        delegation::create(kv, &cx, short, None).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::Allowed);
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::NoMatchingPermission);

        let last = lend(kv, &cx, &lender, &borrower, DEPLOY).await.unwrap();
        agent::revoke(kv, &cx, lender.agent.id).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::NoMatchingPermission);
        let filter = DelegationFilter { from: Some(lender.agent.id), ..DelegationFilter::default() };
        let listed = delegation::list(kv, &cx, filter, &PageRequest::default()).await.unwrap().data;
        assert_eq!((listed[0].id, listed.len()), (last.id, 3));
        assert!(listed[0].revoked_at.is_some(), "taken back with the lender");
    }
}

#[tokio::test]
async fn a_loan_is_lent_on_as_often_as_it_says() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let lender = make_agent(kv, &cx, DEPLOY).await;
        let second = make_agent(kv, &cx, "[]").await;
        let third = make_agent(kv, &cx, "[]").await;
        let fourth = make_agent(kv, &cx, "[]").await;
        let once = CreateDelegation { max_depth: Some(1), ..lending(&lender, &second, DEPLOY) };
        delegation::create(kv, &cx, once, None).await.unwrap();
        let further = CreateDelegation { max_depth: Some(1), ..lending(&second, &third, DEPLOY) };
        assert_eq!(code(delegation::create(kv, &cx, further, None).await), ErrorCode::ExceedsParent);
        lend(kv, &cx, &second, &third, DEPLOY).await.unwrap();
        assert_eq!(deploy(kv, &third).await, ReasonCode::Allowed);
        assert_eq!(code(lend(kv, &cx, &third, &fourth, DEPLOY).await), ErrorCode::ExceedsParent);
        agent::suspend(kv, &cx, lender.agent.id).await.unwrap();
        assert_eq!(deploy(kv, &third).await, ReasonCode::AncestorSuspended);
        let deep = CreateDelegation { max_depth: Some(6), ..lending(&lender, &fourth, DEPLOY) };
        assert_eq!(code(delegation::create(kv, &cx, deep, None).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn an_agent_lends_its_own_and_nobody_elses() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let bob = person(kv, "bob@example.com").await;
        let lender = make_agent(kv, &cx, DEPLOY).await;
        let borrower = make_agent(kv, &cx, "[]").await;
        let foreign = make_agent(kv, &bob, "[]").await;
        let own = holder(kv, lender.token.expose()).await.unwrap();
        let other = holder(kv, borrower.token.expose()).await.unwrap();
        assert_eq!(code(lend(kv, &other, &lender, &borrower, DEPLOY).await), ErrorCode::Forbidden);
        assert_eq!(code(lend(kv, &own, &lender, &foreign, DEPLOY).await), ErrorCode::ValidationFailed);
        assert_eq!(code(lend(kv, &bob, &lender, &foreign, DEPLOY).await), ErrorCode::ValidationFailed);
        let unnamed = CreateDelegation { from_agent: None, ..lending(&lender, &borrower, DEPLOY) };
        let loan = delegation::create(kv, &own, unnamed, None).await.unwrap();
        assert_eq!(loan.from_agent, lender.agent.id);
        assert_eq!(code(delegation::revoke(kv, &other, loan.id).await), ErrorCode::NotFound);
        assert_eq!(code(delegation::revoke(kv, &bob, loan.id).await), ErrorCode::NotFound);
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::Allowed);
        delegation::revoke(kv, &own, loan.id).await.unwrap();
        assert_eq!(deploy(kv, &borrower).await, ReasonCode::NoMatchingPermission);
        let all = DelegationFilter::default();
        assert_eq!(
            code(delegation::list(kv, &own, all, &PageRequest::default()).await),
            ErrorCode::ValidationFailed
        );
        let mine = DelegationFilter { to: Some(borrower.agent.id), ..all };
        assert_eq!(delegation::list(kv, &other, mine, &PageRequest::default()).await.unwrap().data.len(), 1);
    }
}
