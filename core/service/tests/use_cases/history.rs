//! Histories over everything people and agents do with agents: agents and sub-agents, lending, approvals, the kill
//! switch, people who leave. The same history on both databases gives the same answers; nothing is allowed that the
//! model of who is stopped rules out; every question has its record, and the log verifies afterwards.

#[path = "history/model.rs"]
mod model;
#[path = "history/step.rs"]
mod step;

use crate::world::{
    PASSWORD, World, admin, ask, holder, new_agent, person, question, scratch_postgres, sign_in, start,
    sub_agent,
};
use kavach_model::agent::{AgentWithToken, RotateToken, UpdateAgent};
use kavach_model::approval::{ApprovalFilter, ApprovalStatus, Approve, Deny, Grant};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::authorize::Decision;
use kavach_model::delegation::{CreateDelegation, Delegation};
use kavach_model::kill_switch::{KillSwitch, Stop};
use kavach_model::{DelegationId, PageRequest};
use kavach_service::audit::ledger::Ledger;
use kavach_service::audit::verify::verify;
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, agent, approval, audit, authorize, delegation, user};
use model::Model;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::time::Duration;
use step::{ACTIONS, GRANTS, RESOURCES, Step, step};

const PEOPLE: [&str; 2] = ["ada@example.com", "bob@example.com"];

/// One instance in the course of a history.
struct Play<'a> {
    kv: &'a Kavach,
    root: RequestContext,
    people: Vec<RequestContext>,
    agents: Vec<AgentWithToken>,
    loans: Vec<DelegationId>,
    stops: Vec<Stop>,
    model: Model,
    asked: usize,
}

impl<'a> Play<'a> {
    async fn begin(kv: &'a Kavach) -> Self {
        let root = admin(kv, "root@example.com").await;
        let mut people = Vec::new();
        for email in PEOPLE {
            people.push(person(kv, email).await);
        }
        let (agents, loans, stops) = (Vec::new(), Vec::new(), Vec::new());
        Self { kv, root, people, agents, loans, stops, model: Model::new(PEOPLE.len()), asked: 0 }
    }

    /// What the instance answers, without the identifiers that must differ.
    async fn take(&mut self, world: &World, step: &Step) -> String {
        match step {
            Step::Wait(seconds) => {
                world.clock.advance(Duration::from_secs(*seconds));
                String::new()
            }
            Step::Create(who, grant) => self.create(who % PEOPLE.len(), *grant).await,
            Step::Disable(who) => self.disable(who % PEOPLE.len()).await,
            Step::Enable(who) => self.enable(who % PEOPLE.len()).await,
            Step::Hold(resource) => self.hold(*resource).await,
            Step::Lift(which) => self.lift(*which).await,
            Step::Approve(who, which, uses) => self.approve(who % PEOPLE.len(), *which, *uses).await,
            Step::Deny(who, which) => self.deny(who % PEOPLE.len(), *which).await,
            Step::TakeBack(which) => self.take_back(*which).await,
            _ if self.agents.is_empty() => String::new(),
            step => self.with_agent(step).await,
        }
    }

    async fn with_agent(&mut self, step: &Step) -> String {
        let count = self.agents.len();
        match step {
            Step::Sub(parent, grant) => self.sub(parent % count, *grant).await,
            Step::Narrow(who, grant) => self.narrow(who % count, *grant).await,
            Step::Rotate(who, overlap) => self.rotate(who % count, *overlap).await,
            Step::Suspend(who) => {
                let done = agent::suspend(self.kv, self.owner(who % count), self.id(who % count)).await;
                self.model.suspend(who % count, done.is_ok());
                told(done.map(|agent| agent.status))
            }
            Step::Resume(who) => {
                let done = agent::resume(self.kv, self.owner(who % count), self.id(who % count)).await;
                self.model.resume(who % count, done.is_ok());
                told(done.map(|agent| agent.status))
            }
            Step::Revoke(who) => {
                let done = agent::revoke(self.kv, self.owner(who % count), self.id(who % count)).await;
                self.model.revoke(who % count, done.is_ok());
                told(done)
            }
            Step::Kill(who, revoke) => {
                let agent_id = self.id(who % count);
                let request = KillSwitch::Subtree { agent_id, revoke: *revoke };
                let done = agent::kill_switch::pull(self.kv, &self.root, request).await;
                self.model.kill(who % count, *revoke, done.is_ok());
                told(done.map(|killed| (killed.agents, killed.tokens)))
            }
            Step::Lend(from, to, grant, depth) => {
                self.lend(from % count, to % count, GRANTS[*grant], *depth).await
            }
            Step::HandOver(from, to) => {
                let (from, to) = (from % PEOPLE.len(), to % PEOPLE.len());
                let done = user::hand_over(self.kv, &self.root, self.user(from), self.user(to)).await;
                self.model.hand_over(from, to, done.is_ok());
                told(done)
            }
            Step::AskByToken(who, action, resource) => {
                let token = self.agents[who % count].token.expose();
                let decision = ask(self.kv, token, ACTIONS[*action], RESOURCES[*resource]).await;
                self.judged(who % count, *resource, &decision)
            }
            Step::AskById(who, action, resource) => {
                let id = self.id(who % count).to_string();
                let request = question(Some(id), ACTIONS[*action], RESOURCES[*resource]);
                match authorize::decide(self.kv, &self.root, request).await {
                    Ok(decision) => self.judged(who % count, *resource, &decision),
                    Err(error) => error.code().to_string(),
                }
            }
            _ => String::new(),
        }
    }

    fn id(&self, who: usize) -> kavach_model::AgentId {
        self.agents[who].agent.id
    }

    fn user(&self, who: usize) -> kavach_model::UserId {
        self.people[who].user().unwrap().id
    }

    /// Whoever answers for an agent now.
    fn owner(&self, who: usize) -> &RequestContext {
        &self.people[self.model.sponsor(who)]
    }

    fn judged(&mut self, who: usize, resource: usize, decision: &Decision) -> String {
        self.asked += 1;
        if decision.allowed {
            let why_not = self.model.why_not(who, RESOURCES[resource]);
            assert_eq!(why_not, None, "agent {who} was allowed: {decision:?}");
        }
        decision.reason_code.to_string()
    }

    async fn create(&mut self, who: usize, grant: usize) -> String {
        match agent::create(self.kv, &self.people[who], new_agent(GRANTS[grant])).await {
            Ok(made) => {
                self.agents.push(made);
                self.model.add(None, who);
                "created".to_owned()
            }
            Err(error) => error.code().to_string(),
        }
    }

    /// Half of the sub-agents are made by the agent itself.
    async fn sub(&mut self, parent: usize, grant: usize) -> String {
        let by = match grant % 2 {
            0 => Ok(self.owner(parent).clone()),
            _ => holder(self.kv, self.agents[parent].token.expose()).await,
        };
        let made = match by {
            Ok(by) => sub_agent(self.kv, &by, &self.agents[parent], GRANTS[grant]).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(made) => {
                self.agents.push(made);
                self.model.add(Some(parent), self.model.sponsor(parent));
                "created below".to_owned()
            }
            Err(error) => error.code().to_string(),
        }
    }

    async fn narrow(&mut self, who: usize, grant: usize) -> String {
        let body = format!(r#"{{"permissions":{}}}"#, GRANTS[grant]);
        let change: UpdateAgent = serde_json::from_str(&body).unwrap();
        let changed = agent::update(self.kv, self.owner(who), self.id(who), change).await;
        told(changed.map(|agent| agent.permissions.len()))
    }

    async fn rotate(&mut self, who: usize, overlap: u64) -> String {
        let overlap = RotateToken { overlap_seconds: Some(overlap) };
        let rotated = agent::rotate(self.kv, self.owner(who), self.id(who), overlap).await;
        told(rotated.map(|new| {
            let live = new.agent.tokens.len();
            // Half the time the old token is the one that goes on being used.
            if live % 2 == 0 {
                self.agents[who].token = new.token;
            }
            live
        }))
    }

    async fn lend(&mut self, from: usize, to: usize, permissions: &str, depth: u32) -> String {
        let request = CreateDelegation {
            from_agent: Some(self.id(from)),
            to_agent: self.id(to),
            permissions: serde_json::from_str(permissions).unwrap(),
            expires_at: None,
            max_depth: Some(depth),
        };
        let lent = delegation::create(self.kv, self.owner(from), request, None).await;
        told(lent.map(|Delegation { id, permissions, .. }| {
            self.loans.push(id);
            permissions.len()
        }))
    }

    async fn take_back(&mut self, which: usize) -> String {
        let Some(id) = self.loans.get(which % self.loans.len().max(1)).copied() else { return String::new() };
        told(delegation::revoke(self.kv, &self.root, id).await.map(|loan| loan.revoked_at.is_some()))
    }

    async fn disable(&mut self, who: usize) -> String {
        let done = user::disable(self.kv, &self.root, self.user(who)).await;
        self.model.disable(who, done.is_ok());
        told(done.map(|user| user.status))
    }

    async fn enable(&mut self, who: usize) -> String {
        let done = user::enable(self.kv, &self.root, self.user(who)).await;
        self.model.enable(who, done.is_ok());
        // Their sessions are over: they sign in anew.
        let signed_in = sign_in(self.kv, PEOPLE[who], PASSWORD).await.unwrap();
        self.people[who] = holder(self.kv, signed_in.token.expose()).await.unwrap();
        told(done.map(|user| user.status))
    }

    async fn hold(&mut self, resource: usize) -> String {
        let pattern = RESOURCES[resource];
        let Ok(resource) = pattern.parse() else { return "not a pattern".to_owned() };
        let done = agent::kill_switch::pull(self.kv, &self.root, KillSwitch::Resource { resource }).await;
        told(done.map(|killed| {
            if let Some(stop) = killed.stop {
                self.model.hold(stop.resource.clone());
                self.stops.push(stop);
            }
            killed.agents
        }))
    }

    async fn lift(&mut self, which: usize) -> String {
        if self.stops.is_empty() {
            return String::new();
        }
        let stop = self.stops.remove(which % self.stops.len());
        let lifted = agent::kill_switch::lift(self.kv, &self.root, stop.id).await;
        if lifted.is_ok() {
            self.model.lift(&stop.resource);
        }
        told(lifted.map(|stop| stop.resource.to_string()))
    }

    async fn waiting(&self, who: usize, which: usize) -> Option<kavach_model::ApprovalId> {
        let filter = ApprovalFilter { status: Some(ApprovalStatus::Pending), agent: None };
        let page = PageRequest::new(Some(200), None).unwrap();
        let mut waiting = approval::list(self.kv, &self.people[who], &filter, &page).await.ok()?.data;
        waiting.sort_by_key(|approval| approval.created_at);
        (!waiting.is_empty()).then(|| waiting[which % waiting.len()].id)
    }

    async fn approve(&mut self, who: usize, which: usize, uses: u32) -> String {
        let Some(id) = self.waiting(who, which).await else { return String::new() };
        let grant = (uses > 1).then_some(Grant { uses, minutes: 10 });
        let done =
            approval::approve(self.kv, &self.people[who], id, Approve { grant, ..Approve::default() }).await;
        told(done.map(|approval| approval.status))
    }

    async fn deny(&mut self, who: usize, which: usize) -> String {
        let Some(id) = self.waiting(who, which).await else { return String::new() };
        let done = approval::deny(self.kv, &self.people[who], id, Deny::default()).await;
        told(done.map(|approval| approval.status))
    }

    /// How many questions the log holds.
    async fn recorded(&self) -> usize {
        let filter = AuditFilter { kind: Some(AuditKind::Decision), ..AuditFilter::default() };
        let (mut records, mut cursor) = (0, None);
        loop {
            let page = PageRequest::new(Some(200), cursor).unwrap();
            let page = audit::list(self.kv, &self.root, &filter, &page).await.unwrap();
            records += page.data.len();
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return records,
            }
        }
    }
}

/// Everything an instance answers to a history.
async fn play(database: Option<String>, steps: &[Step]) -> Vec<String> {
    let world = start(database, |config| {
        config.session.idle = config.session.absolute;
        config.session.fresh = Duration::from_secs(86_400);
        config.rate_limit.enabled = false;
    })
    .await;
    let mut play = Play::begin(&world.kv).await;
    let mut answers = Vec::new();
    for step in steps {
        answers.push(play.take(&world, step).await);
    }
    assert_eq!(play.recorded().await, play.asked, "every question has its record");
    drop(play);
    world.kv.shutdown().await;
    let ledger = Ledger::open(&world.config).await.unwrap();
    assert!(verify(&ledger, &[], &[], &|_, _| {}).await.unwrap().intact);
    answers
}

fn told<T: std::fmt::Debug>(result: kavach_service::Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.code().to_string(),
    }
}

#[tokio::test]
async fn both_databases_answer_alike_and_allow_nothing_that_is_stopped() {
    let histories = std::env::var("KAVACH_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let seed = [42; 32];
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let mut allowed = 0;
    for history in 0..histories {
        let steps = proptest::collection::vec(step(), 80).new_tree(&mut runner).unwrap().current();
        let on_sqlite = play(None, &steps).await;
        allowed += on_sqlite.iter().filter(|answer| *answer == "allowed").count();
        if let Some(postgres) = scratch_postgres().await {
            let on_postgres = play(Some(postgres), &steps).await;
            assert_eq!(on_sqlite, on_postgres, "history {history} of seed {seed:?}: {steps:?}");
        }
    }
    assert!(allowed > histories, "histories in which nothing is allowed show nothing: {allowed}");
}
