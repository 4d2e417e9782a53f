//! The same history on both databases gives the same answers.

use crate::world::{admin, ask, new_agent, person, question, scratch_postgres, start, sub_agent};
use kavach_model::agent::{AgentWithToken, RotateToken, UpdateAgent};
use kavach_model::approval::{Approve, Deny, Grant};
use kavach_model::authorize::Decision;
use kavach_model::delegation::CreateDelegation;
use kavach_model::kill_switch::KillSwitch;
use kavach_model::{ApprovalId, DelegationId, PrincipalId};
use kavach_service::agent::kill_switch;
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, agent, approval, authorize, delegation, user};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::time::Duration;

/// One step of a history; numbers choose among what exists at that point.
#[derive(Debug, Clone)]
enum Step {
    Create(usize),
    CreateBelow(usize, usize),
    Narrow(usize, usize),
    Rotate(usize, u64),
    Suspend(usize),
    Resume(usize),
    Revoke(usize),
    Lend(usize, usize, usize),
    EndLoan(usize),
    Decide(usize, usize),
    Kill(usize, usize),
    Lift(usize),
    SwitchOwner(bool),
    Wait(u64),
    AskByToken(usize, usize, usize),
    AskById(usize, usize, usize),
}

const GRANTS: [&str; 6] = [
    r#"[]"#,
    r#"[{"resource":"a:*","actions":["read"]}]"#,
    r#"[{"resource":"a:b","actions":["*"],"constraints":{"requireApproval":true}},{"resource":"a:*","actions":["read"]}]"#,
    r#"[{"resource":"a:*","actions":["read"]},{"resource":"a:b","actions":["*"],"constraints":{"requireApproval":true}}]"#,
    r#"[{"resource":"*:b","actions":["read","write"]}]"#,
    r#"[{"resource":"a:*:c","actions":["write"]},{"resource":"a:b:*","actions":["read"]}]"#,
];
const ACTIONS: [&str; 4] = ["read", "write", "", "*"];
const RESOURCES: [&str; 7] = ["a", "a:b", "a:b:c", "x:b", "a:c", "a::b", "*"];

fn step() -> impl Strategy<Value = Step> {
    let any = 0usize..32;
    prop_oneof![
        3 => (0..GRANTS.len()).prop_map(Step::Create),
        2 => (any.clone(), 0..GRANTS.len()).prop_map(|(who, grant)| Step::Narrow(who, grant)),
        2 => (any.clone(), 0u64..90).prop_map(|(who, overlap)| Step::Rotate(who, overlap)),
        1 => any.clone().prop_map(Step::Suspend),
        1 => any.clone().prop_map(Step::Resume),
        1 => any.clone().prop_map(Step::Revoke),
        3 => (any.clone(), 0..GRANTS.len()).prop_map(|(parent, grant)| Step::CreateBelow(parent, grant)),
        3 => (any.clone(), any.clone(), 0..GRANTS.len()).prop_map(|(from, to, grant)| Step::Lend(from, to, grant)),
        1 => any.clone().prop_map(Step::EndLoan),
        4 => (any.clone(), 0usize..3).prop_map(|(which, how)| Step::Decide(which, how)),
        1 => (any.clone(), 0usize..4).prop_map(|(who, scope)| Step::Kill(who, scope)),
        2 => any.clone().prop_map(Step::Lift),
        2 => prop::bool::weighted(0.7).prop_map(Step::SwitchOwner),
        2 => (1u64..120).prop_map(Step::Wait),
        8 => (any.clone(), 0..ACTIONS.len(), 0..RESOURCES.len()).prop_map(|(who, a, r)| Step::AskByToken(who, a, r)),
        4 => (any, 0..ACTIONS.len(), 0..RESOURCES.len()).prop_map(|(who, a, r)| Step::AskById(who, a, r)),
    ]
}

/// What a history has made so far.
struct Play<'a> {
    kv: &'a Kavach,
    /// Whose the agents are, and who manages everything.
    owner: RequestContext,
    admin: RequestContext,
    made: Vec<AgentWithToken>,
    loans: Vec<DelegationId>,
    approvals: Vec<ApprovalId>,
}

/// Everything an instance answers to a history, without the identifiers that must differ.
async fn play(database: Option<String>, steps: &[Step]) -> Vec<String> {
    let world = start(database, |config| config.session.idle = config.session.absolute).await;
    let kv = &world.kv;
    let (admin, owner) = (admin(kv, "root@example.com").await, person(kv, "ada@example.com").await);
    let mut play = Play { kv, owner, admin, made: Vec::new(), loans: Vec::new(), approvals: Vec::new() };
    let mut answers = Vec::new();
    for step in steps {
        let answer = match step {
            Step::Wait(seconds) => {
                world.clock.advance(Duration::from_secs(*seconds));
                continue;
            }
            Step::Create(grant) => {
                let made = agent::create(kv, &play.owner, new_agent(GRANTS[*grant])).await;
                told(made.map(|made| play.made.push(made)))
            }
            _ if play.made.is_empty() => continue,
            step => play.one(step).await,
        };
        answers.push(answer);
    }
    answers
}

impl Play<'_> {
    fn agent(&self, who: usize) -> &AgentWithToken {
        &self.made[who % self.made.len()]
    }

    async fn one(&mut self, step: &Step) -> String {
        let (kv, cx) = (self.kv, &self.admin);
        match step {
            Step::CreateBelow(parent, grant) => {
                let made = sub_agent(kv, &self.owner, self.agent(*parent), GRANTS[*grant]).await;
                told(made.map(|made| self.made.push(made)))
            }
            Step::Narrow(who, grant) => {
                let body = format!(r#"{{"permissions":{}}}"#, GRANTS[*grant]);
                let change: UpdateAgent = serde_json::from_str(&body).unwrap();
                let updated = agent::update(kv, cx, self.agent(*who).agent.id, change).await;
                told(updated.map(|agent| agent.permissions.len()))
            }
            Step::Rotate(who, overlap) => {
                let overlap = RotateToken { overlap_seconds: Some(*overlap) };
                let rotated = agent::rotate(kv, cx, self.agent(*who).agent.id, overlap).await;
                let who = who % self.made.len();
                told(rotated.map(|new| {
                    let live = new.agent.tokens.len();
                    // Half the time the old token is the one that goes on being used.
                    if live % 2 == 0 {
                        self.made[who].token = new.token;
                    }
                    live
                }))
            }
            Step::Suspend(who) => {
                told(agent::suspend(kv, cx, self.agent(*who).agent.id).await.map(|agent| agent.status))
            }
            Step::Resume(who) => {
                told(agent::resume(kv, cx, self.agent(*who).agent.id).await.map(|agent| agent.status))
            }
            Step::Revoke(who) => told(agent::revoke(kv, cx, self.agent(*who).agent.id).await),
            Step::Lend(from, to, grant) => {
                let request = CreateDelegation {
                    from_agent: Some(self.agent(*from).agent.id),
                    to_agent: self.agent(*to).agent.id,
                    permissions: serde_json::from_str(GRANTS[*grant]).unwrap(),
                    expires_at: None,
                    max_depth: Some(2),
                };
                let lent = delegation::create(kv, cx, request, None).await;
                told(lent.map(|loan| self.loans.push(loan.id)))
            }
            Step::EndLoan(which) => match nth(&self.loans, *which) {
                Some(id) => told(delegation::revoke(kv, cx, id).await.map(drop)),
                None => String::new(),
            },
            Step::Decide(which, how) => match nth(&self.approvals, *which) {
                Some(id) => self.decide(id, *how).await,
                None => String::new(),
            },
            Step::Kill(who, scope) => self.kill(self.agent(*who), *scope).await,
            Step::Lift(which) => {
                let stops = kill_switch::list(kv, cx).await.unwrap();
                match nth(&stops.iter().map(|stop| stop.id).collect::<Vec<_>>(), *which) {
                    Some(id) => told(kill_switch::lift(kv, cx, id).await.map(|stop| stop.resource)),
                    None => String::new(),
                }
            }
            Step::SwitchOwner(on) => {
                let owner = self.made[0].agent.sponsor_id;
                let switched = match on {
                    true => user::enable(kv, cx, owner).await,
                    false => user::disable(kv, cx, owner).await,
                };
                told(switched.map(|user| user.status))
            }
            Step::AskByToken(who, action, resource) => {
                let token = self.agent(*who).token.expose();
                let decision = ask(kv, token, ACTIONS[*action], RESOURCES[*resource]).await;
                self.note(decision)
            }
            Step::AskById(who, action, resource) => {
                let id = self.agent(*who).agent.id.to_string();
                let request = question(Some(id), ACTIONS[*action], RESOURCES[*resource]);
                match authorize::decide(kv, cx, request).await {
                    Ok(decision) => self.note(decision),
                    Err(error) => error.code().to_string(),
                }
            }
            Step::Create(_) | Step::Wait(_) => String::new(),
        }
    }

    /// Which reason, which permission, at which of the agents; and the approval for later.
    fn note(&mut self, decision: Decision) -> String {
        if let Some(approval) = &decision.approval
            && !self.approvals.contains(&approval.id)
        {
            self.approvals.push(approval.id);
        }
        let place = |id| self.made.iter().position(|made| Some(made.agent.id) == id);
        let matched = decision.matched.map(|matched| (place(Some(matched.agent_id)), matched.permission));
        format!("{} at {:?} by {matched:?}", decision.reason_code, place(decision.denied_at))
    }

    async fn decide(&self, id: ApprovalId, how: usize) -> String {
        let (kv, cx) = (self.kv, &self.admin);
        let decided = match how {
            0 => approval::approve(kv, cx, id, Approve { grant: None }).await,
            1 => approval::approve(kv, cx, id, Approve { grant: Some(Grant { uses: 2, minutes: 3 }) }).await,
            _ => approval::deny(kv, cx, id, Deny { reason: None }).await,
        };
        told(decided.map(|approval| approval.status))
    }

    async fn kill(&self, who: &AgentWithToken, scope: usize) -> String {
        let agent_id = who.agent.id;
        let request = match scope {
            0 => KillSwitch::Agent { agent_id, revoke: false },
            1 => KillSwitch::Subtree { agent_id, revoke: false },
            2 => KillSwitch::Owner { owner_id: PrincipalId::Agent(agent_id), revoke: true },
            _ => KillSwitch::Resource { resource: "a:b".parse().unwrap() },
        };
        let killed = kill_switch::pull(self.kv, &self.admin, request).await;
        told(killed.map(|killed| killed.agents))
    }
}

fn nth<T: Copy>(all: &[T], which: usize) -> Option<T> {
    all.get(which % all.len().max(1)).copied()
}

fn told<T: std::fmt::Debug>(result: kavach_service::Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.code().to_string(),
    }
}

#[tokio::test]
async fn both_databases_answer_alike() {
    if std::env::var("KAVACH_TEST_POSTGRES_URL").is_err() {
        return;
    }
    let seed = [42; 32];
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let histories = std::env::var("KAVACH_HISTORIES").ok().and_then(|histories| histories.parse().ok());
    for history in 0..histories.unwrap_or(12) {
        let steps = proptest::collection::vec(step(), 100).new_tree(&mut runner).unwrap().current();
        let on_sqlite = play(None, &steps).await;
        let on_postgres = play(scratch_postgres().await, &steps).await;
        assert_eq!(on_sqlite, on_postgres, "history {history} of seed {seed:?}: {steps:?}");
    }
}
