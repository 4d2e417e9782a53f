//! The one place where it is decided whether an agent may do something.
//!
//! Every question gets a decision and every decision a record, durable before the answer leaves: unknown
//! agents, stopped agents, bad tokens and ill-formed resources are decisions too. If the record cannot be
//! written, the answer is an error, which callers must read as "no".

pub(crate) mod ask;
pub(crate) mod charge;
pub(crate) mod condition;
mod explain;
mod replay;
pub(crate) mod route;

pub use explain::{explain, explain_at};
pub use replay::replay;
pub use route::Judge;

use crate::approval::notify;
use crate::approval::redeem::{self, Answered};
use crate::audit;
use crate::audit::redact::{self, Recorded};
use crate::cache::{KnownAgent, KnownToken};
use crate::context::{AgentCaller, Caller, Reach, RequestContext, RequestMeta};
use crate::crypto::token::{TokenHash, hex};
use crate::error::Result;
use crate::known::Held;
use crate::{Error, Kavach, names};
use ask::Ask;
use condition::Facts;
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::authorize::{Authorize, AuthorizeBatch, Decision, MatchedPermission};
use kavach_model::permission::constraint::MAX_COUNT;
use kavach_model::permission::{Permission, ReasonCode, Segments, action};
use kavach_model::{AgentId, ApiError, ErrorCode, PrincipalId, Timestamp, Token, TokenId, TokenKind, UserId};
use kavach_store::{AuditDraft, Charge};
use route::{Finding, Holder, Route};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::time::Instant;

const MAX_BATCH: usize = 100;
const MAX_CONTEXT_BYTES: usize = 4 * 1024;
/// Characters of an ill-formed action or resource that are kept in the record.
const MAX_RECORDED: usize = 512;

/// Decides for an agent named by its id, or for the agent that asks.
pub async fn decide(kv: &Kavach, cx: &RequestContext, request: Authorize) -> Result<Decision> {
    let asker = Asker::of(cx)?;
    let judged = one(kv, cx, &asker, request).await?;
    settle(kv, judged).await
}

/// Decides up to 100 questions; the records of those that spend nothing are written together.
pub async fn batch(kv: &Kavach, cx: &RequestContext, batch: AuthorizeBatch) -> Result<Vec<Decision>> {
    let asker = Asker::of(cx)?;
    if !(1..=MAX_BATCH).contains(&batch.0.len()) {
        return Err(
            ApiError::invalid("requests", format_args!("must list 1 to {MAX_BATCH} questions")).into()
        );
    }
    let mut decisions = Vec::with_capacity(batch.0.len());
    let mut drafts = Vec::with_capacity(batch.0.len());
    for (index, request) in batch.0.into_iter().enumerate() {
        let judged = one(kv, cx, &asker, request).await.map_err(|error| in_batch(error, index))?;
        if !judged.spends() {
            let (decision, draft) = judged.finish();
            decisions.push(decision);
            drafts.push(draft);
        } else {
            decisions.push(spend(kv, judged).await?);
        }
    }
    kv.audit().record(drafts).await?;
    Ok(decisions)
}

fn in_batch(error: Error, index: usize) -> Error {
    match error {
        Error::Refused(mut refused) => {
            if let Some(field) = refused.details.as_mut().and_then(|details| details.field.as_mut()) {
                field.insert_str(0, &format!("requests[{index}]."));
            }
            Error::Refused(refused)
        }
        other => other,
    }
}

/// Decides for the agent whose token this is. A token that is none of ours is a decision too.
pub async fn by_token(kv: &Kavach, meta: &RequestMeta, text: &str, request: Authorize) -> Result<Decision> {
    let started = Instant::now();
    let now = kv.clock().now();
    check_size(&request)?;
    let mut cx = RequestContext { meta: meta.clone(), caller: Caller::Anonymous };
    let known = match Token::parse(TokenKind::Agent, text) {
        Some(token) => kv.decisions().token(kv.store(), &TokenHash::of(&token), now).await?,
        None => None,
    };
    if known.is_none() {
        kv.unknown_tokens().take(meta.client_ip, now)?;
    }
    let refusal = match &known {
        Some((known, agent)) => {
            cx.caller = Caller::Agent(AgentCaller {
                agent_id: agent.id,
                token_id: known.id,
                sponsor_id: agent.sponsor_id,
            });
            refusal_of(agent, now).or_else(|| state_of_token(known, now).map(|reason| (None, reason)))
        }
        None => Some((None, ReasonCode::TokenInvalid)),
    };
    let (token, agent) = known.map(|(known, agent)| (known.id, agent)).unzip();
    let ip = Some(meta.client_ip);
    let question = Question { request: &request, refusal, token, ip, started, now };
    let judged = judge(kv, &cx, agent.as_deref(), question);
    settle(kv, judged).await
}

/// Records a decision, with what it takes, and gives it.
async fn settle(kv: &Kavach, judged: Box<Judged>) -> Result<Decision> {
    if judged.spends() {
        // Boxed, because most questions spend nothing.
        return Box::pin(spend(kv, judged)).await;
    }
    let (decision, draft) = judged.finish();
    kv.audit().record(vec![draft]).await?;
    Ok(decision)
}

/// Takes what an allowed call takes, an approval included, all or nothing, in the transaction of its record.
async fn spend(kv: &Kavach, mut judged: Box<Judged>) -> Result<Decision> {
    let (charges, shortages): (Vec<_>, Vec<_>) = std::mem::take(&mut judged.charges).into_iter().unzip();
    let now = judged.draft.event.at;
    let mut to_tell = false;
    let mut tx = kv.store().write().await?;
    let exceeded = match judged.ask.take() {
        None => tx.charge(&charges, now).await?,
        Some(ask) => match redeem::redeem_or_open(kv, &mut tx, &ask, &charges, now).await? {
            Answered::Exceeded(index) => Some(index),
            Answered::Decided { reason, approval, opened } => {
                let at = judged.decision.denied_at.filter(|_| !reason.verdict().is_allow());
                judged.conclude(reason, at);
                judged.draft.event.approval_id = approval.as_ref().map(|approval| approval.id);
                judged.decision.approval = approval;
                to_tell = opened;
                None
            }
        },
    };
    if let Some((reason, at)) = exceeded.and_then(|index| shortages.get(index)) {
        judged.conclude(*reason, Some(*at));
    }
    let (decision, draft) = judged.finish();
    tx.append_audit(&[draft]).await?;
    tx.commit().await?;
    if to_tell {
        notify::wake(kv);
    }
    Ok(decision)
}

/// The agent of a token, when both work; how an agent authenticates everywhere but at [`by_token`].
pub(crate) async fn live_agent(kv: &Kavach, token: &Token) -> Result<Option<AgentCaller>> {
    let now = kv.clock().now();
    let found = kv.decisions().token(kv.store(), &TokenHash::of(token), now).await?;
    let Some((known, agent)) = found else { return Ok(None) };
    let stopped = agent.refusal(now).is_some() || state_of_token(&known, now).is_some();
    Ok((!stopped).then_some(AgentCaller {
        agent_id: agent.id,
        token_id: known.id,
        sponsor_id: agent.sponsor_id,
    }))
}

/// Who may ask about whom.
enum Asker {
    /// A person, about the agents in their reach.
    Person(Reach),
    /// An agent, about itself.
    Agent(AgentCaller),
}

impl Asker {
    fn of(cx: &RequestContext) -> Result<Self> {
        match &cx.caller {
            Caller::Agent(caller) => Ok(Self::Agent(*caller)),
            _ => cx.require_reach(Scope::Authorize).map(Self::Person),
        }
    }
}

async fn one(kv: &Kavach, cx: &RequestContext, asker: &Asker, request: Authorize) -> Result<Box<Judged>> {
    let started = Instant::now();
    let now = kv.clock().now();
    let (agent, place) = whom(kv, cx, asker, &request, now).await?;
    let Place { refusal, token, ip } = place;
    Ok(judge(kv, cx, agent.as_deref(), Question { request: &request, refusal, token, ip, started, now }))
}

/// Whom a question is about and from where it comes.
async fn whom(
    kv: &Kavach,
    cx: &RequestContext,
    asker: &Asker,
    request: &Authorize,
    now: Timestamp,
) -> Result<(Option<Held<KnownAgent>>, Place)> {
    check_size(request)?;
    let id = match (&request.agent_id, asker) {
        (Some(text), _) => text.parse::<AgentId>().ok(),
        (None, Asker::Agent(caller)) => Some(caller.agent_id),
        (None, Asker::Person(_)) => return Err(ApiError::invalid("agentId", "is required").into()),
    };
    if let Asker::Agent(caller) = asker
        && id != Some(caller.agent_id)
    {
        return Err(ErrorCode::Forbidden.into());
    }
    let agent = match id {
        Some(id) => kv.decisions().agent(kv.store(), id, now).await?,
        None => None,
    };
    // An agent out of reach is answered like one that does not exist.
    let agent = agent.filter(|agent| match asker {
        Asker::Person(reach) => reach.covers(agent.sponsor_id),
        Asker::Agent(_) => true,
    });
    let refusal = match &agent {
        Some(agent) => refusal_of(agent, now),
        None => Some((None, ReasonCode::AgentNotFound)),
    };
    // What an agent says of its own address is not believed.
    let (token, ip) = match asker {
        Asker::Agent(caller) => (Some(caller.token_id), Some(cx.meta.client_ip)),
        Asker::Person(_) => (None, request.ip),
    };
    Ok((agent, Place { refusal, token, ip }))
}

/// What is known of a question beside the agent.
struct Place {
    refusal: Option<Refusal>,
    token: Option<TokenId>,
    ip: Option<IpAddr>,
}

/// Why an agent may do nothing, and which agent of its chain is to blame.
type Refusal = (Option<AgentId>, ReasonCode);

fn check_size(request: &Authorize) -> Result<()> {
    if let Some(context) = &request.context
        && serde_json::to_string(context).map_or(usize::MAX, |text| text.len()) > MAX_CONTEXT_BYTES
    {
        return Err(ApiError::invalid("context", "must have at most 4 KiB as JSON").into());
    }
    if request.units.is_some_and(|units| !(1..=MAX_COUNT).contains(&units)) {
        return Err(ApiError::invalid("units", format_args!("must be 1 to {MAX_COUNT}")).into());
    }
    Ok(())
}

fn refusal_of(agent: &KnownAgent, now: Timestamp) -> Option<Refusal> {
    agent.refusal(now).map(|(at, reason)| (Some(at), reason))
}

fn state_of_token(token: &KnownToken, now: Timestamp) -> Option<ReasonCode> {
    if token.revoked {
        Some(ReasonCode::TokenRevoked)
    } else if token.expires_at <= now {
        Some(ReasonCode::TokenExpired)
    } else {
        None
    }
}

/// A question, and what is known of it before permissions are looked at.
struct Question<'a> {
    request: &'a Authorize,
    /// The agent, one above it, or its token does not work.
    refusal: Option<Refusal>,
    token: Option<TokenId>,
    /// Where the call comes from, as far as that can be believed.
    ip: Option<IpAddr>,
    started: Instant,
    now: Timestamp,
}

/// A question judged by everything that spends nothing. Kept in a box: it is handed on often, and has a thousand bytes.
struct Judged {
    decision: Decision,
    draft: AuditDraft,
    /// What it takes if it is allowed, each with the reason for denying when there is too little.
    charges: Vec<(Charge, charge::Shortage)>,
    /// The approval it needs.
    ask: Option<Box<Ask>>,
}

impl Judged {
    /// Whether its answer depends on what is left of something.
    fn spends(&self) -> bool {
        !self.charges.is_empty() || self.ask.is_some()
    }

    /// Makes this the answer, given at this agent of the chain.
    fn conclude(&mut self, reason: ReasonCode, at: Option<AgentId>) {
        let at = at.filter(|at| self.draft.event.agent_id != Some(*at));
        self.draft.event.denied_at = at;
        self.decision.denied_at = at;
        self.draft.event.verdict = reason.verdict();
        self.draft.event.reason_code = reason;
        self.decision.allowed = reason.verdict().is_allow();
        self.decision.reason_code = reason;
        reason.sentence().clone_into(&mut self.decision.reason);
    }

    /// The decision and its record, counted.
    fn finish(self: Box<Self>) -> (Decision, AuditDraft) {
        let verdict = self.draft.event.verdict;
        metrics::counter!("kavach_decisions_total", "verdict" => verdict.as_str()).increment(1);
        (self.decision, self.draft)
    }
}

/// Judges, and writes down what was judged.
fn judge(
    kv: &Kavach,
    cx: &RequestContext,
    agent: Option<&KnownAgent>,
    question: Question<'_>,
) -> Box<Judged> {
    let Question { request, refusal, token, ip, started, now } = question;
    let facts = Facts { now, ip, arguments: request.arguments.as_ref() };
    let finding = find(kv, agent, refusal, request, &facts);
    let matched = finding.named().map(matched_by);
    let Finding { mut reason, denied_at, route, .. } = finding;
    let denied_at = denied_at.filter(|at| agent.is_none_or(|agent| agent.id != *at));
    let mut ask = None;
    if let (ReasonCode::ApprovalRequired, Some(agent), Some(route)) = (reason, agent, &route) {
        let bound = route.permissions().map(matched_by).collect();
        match Ask::of(request, agent.id, agent.sponsor_id, chain_of(agent), bound) {
            Ok(asked) => ask = Some(asked),
            Err(refused) => reason = refused,
        }
    }
    let charges = match &route {
        Some(route) if reason.verdict().is_allow() || ask.is_some() => {
            charge::charges(route, request.units.unwrap_or(1), now)
        }
        _ => Vec::new(),
    };
    let sponsor_id: Option<UserId> = agent.map(|agent| agent.sponsor_id).or_else(|| cx.sponsor_id());
    let mut event = cx.event(AuditKind::Decision, now);
    event.agent_id = agent.map(|agent| agent.id);
    event.chain = agent.map_or_else(Vec::new, chain_of);
    event.action = Some(names::printable(&request.action, MAX_RECORDED));
    event.resource = Some(names::printable(&request.resource, MAX_RECORDED));
    event.arguments_digest = request.arguments.as_ref().and_then(digest);
    if let Some(arguments) = &request.arguments {
        let Recorded { arguments, omitted } = redact::recorded(&kv.config().audit, arguments);
        (event.arguments, event.arguments_omitted) = (arguments, omitted);
    }
    event.context.clone_from(&request.context);
    event.verdict = reason.verdict();
    event.reason_code = reason;
    event.matched = matched.as_ref().and_then(|matched| serde_json::to_value(&matched.permission).ok());
    event.denied_at = denied_at;
    event.delegations = route.iter().flat_map(Route::delegations).collect();
    event.revision = agent.map(|agent| agent.revision);
    event.latency_us = Some(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
    let allowed = event.verdict.is_allow();
    let draft = audit::draft(kv, event, sponsor_id);
    if let Some(agent) = agent {
        kv.jobs().touch_agent(agent.id, &agent.touched_at, token, now);
    }
    let decision = Decision {
        allowed,
        reason: reason.sentence().to_owned(),
        reason_code: reason,
        audit_id: draft.id,
        matched,
        denied_at,
        approval: None,
    };
    Box::new(Judged { decision, draft, charges, ask })
}

fn matched_by((holder, permission): (Holder, &Permission)) -> MatchedPermission {
    MatchedPermission {
        agent_id: holder.agent,
        delegation_id: holder.delegation,
        permission: permission.clone(),
    }
}

/// What is found by everything that spends nothing.
fn find<'a>(
    kv: &Kavach,
    agent: Option<&'a KnownAgent>,
    refusal: Option<Refusal>,
    request: &Authorize,
    facts: &Facts<'_>,
) -> Finding<'a> {
    let denied = |denied_at, reason| Finding { reason, denied_at, route: None, blamed: None };
    if let Some((at, reason)) = refusal {
        return denied(at, reason);
    }
    let Some(agent) = agent else { return denied(None, ReasonCode::AgentNotFound) };
    if request.on_behalf_of.as_ref().is_some_and(|chain| *chain != chain_of(agent)) {
        return denied(None, ReasonCode::ChainMismatch);
    }
    let Ok(segments) = Segments::of_resource(&request.resource) else {
        return denied(None, ReasonCode::ResourceInvalid);
    };
    if action::check(&request.action).is_err() {
        return denied(None, ReasonCode::ActionInvalid);
    }
    if kv.decisions().is_stopped(&segments) {
        return denied(None, ReasonCode::Stopped);
    }
    let question = route::Question { resource: &segments, action: &request.action, now: facts.now };
    route::find(agent, &question, kv.expressions(), facts)
}

/// From the person who answers for it down to the agent itself.
pub(crate) fn chain_of(agent: &KnownAgent) -> Vec<PrincipalId> {
    let above = agent.above().iter().rev().map(|id| PrincipalId::Agent(*id));
    let mut chain = Vec::with_capacity(agent.above().len() + 2);
    chain.push(PrincipalId::User(agent.sponsor_id));
    chain.extend(above);
    chain.push(PrincipalId::Agent(agent.id));
    chain
}

/// SHA-256 of the RFC 8785 form: the same arguments in any order have one digest.
fn digest(arguments: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let canonical = serde_json_canonicalizer::to_vec(arguments).ok()?;
    Some(hex(&Sha256::digest(canonical)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_arguments_does_not_change_their_digest() {
        let one = serde_json::from_str(r#"{"b":1,"a":{"y":[1,2],"x":"é"}}"#).unwrap();
        let other = serde_json::from_str(r#"{ "a": {"x":"\u00e9","y":[1,2]}, "b":1.0 }"#).unwrap();
        let changed = serde_json::from_str(r#"{"a":{"x":"é","y":[2,1]},"b":1}"#).unwrap();
        assert_eq!(digest(&one), digest(&other));
        assert_ne!(digest(&one), digest(&changed));
    }
}
