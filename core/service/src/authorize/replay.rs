//! A change that is not made, tried on decisions that were: what would newly be denied, what newly be allowed.
//!
//! The chains are read as they are now, with the draft in place of one agent, and asked by the code that decides, at the
//! time of each record. What a record does not hold cannot be judged again and is counted apart. Nothing is spent,
//! opened or recorded.

use super::condition::Facts;
use super::route::{self, Question};
use crate::agent::{check_permissions, visible};
use crate::context::RequestContext;
use crate::error::Result;
use crate::known::{Chain, KnownAgent, Lent, NEVER};
use crate::{Kavach, audit};
use futures::future::BoxFuture;
use kavach_model::agent::AgentStatus;
use kavach_model::api_key::Scope;
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::permission::{PermissionSet, ReasonCode, Segments, action};
use kavach_model::replay::{MAX_DECISIONS, MAX_LISTED, Replay, Replayed, ReplayedDecision};
use kavach_model::user::UserStatus;
use kavach_model::{AgentId, ApiError, PageRequest};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

const USUAL: u32 = 1_000;
const PAGE: u32 = 200;
/// Links that are followed at the most.
const MOST_LINKS: u32 = 64;

/// Replays the newest decisions of an agent and all below it.
pub async fn replay(kv: &Kavach, cx: &RequestContext, request: Replay) -> Result<Replayed> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let limit = request.limit.unwrap_or(USUAL);
    if !(1..=MAX_DECISIONS).contains(&limit) {
        return Err(ApiError::invalid("limit", format_args!("must be 1 to {MAX_DECISIONS}")).into());
    }
    let permissions = request.permissions.map(|draft| check_permissions(cx, draft)).transpose()?;
    visible(kv.store().read().await?.find_agent(request.agent_id).await?, reach)?;
    let filter = AuditFilter {
        subtree: Some(request.agent_id),
        kind: Some(AuditKind::Decision),
        since: request.since,
        ..AuditFilter::default()
    };
    let permissions = permissions.map(|permissions| PermissionSet::compile(&permissions));
    let draft = Draft { agent: request.agent_id, permissions, stop: request.stop };
    let mut drafted = Drafted { kv, draft, known: HashMap::new() };
    let mut replayed = Replayed::default();
    let mut page = PageRequest::new(Some(PAGE), None).unwrap_or_default();
    while replayed.examined < u64::from(limit) {
        let found = audit::list(kv, cx, &filter, &page).await?;
        let left = usize::try_from(u64::from(limit) - replayed.examined).unwrap_or(usize::MAX);
        for record in found.data.into_iter().take(left) {
            let would_be = drafted.reason(&record).await?;
            count(&mut replayed, record, would_be);
        }
        match found.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => break,
        }
    }
    Ok(replayed)
}

/// The change.
struct Draft {
    agent: AgentId,
    permissions: Option<PermissionSet>,
    stop: bool,
}

/// Agents as they would be.
struct Drafted<'a> {
    kv: &'a Kavach,
    draft: Draft,
    known: HashMap<AgentId, Option<Arc<KnownAgent>>>,
}

impl Drafted<'_> {
    /// What the question of a record would be answered.
    async fn reason(&mut self, record: &AuditRecord) -> Result<ReasonCode> {
        let event = &record.event;
        let Some(id) = event.agent_id else { return Ok(event.reason_code) };
        let Some(agent) = self.agent(id, MOST_LINKS).await? else { return Ok(ReasonCode::AgentNotFound) };
        if let Some((_, reason)) = agent.refusal(event.at) {
            return Ok(reason);
        }
        let (Some(resource), Some(asked)) = (&event.resource, &event.action) else {
            return Ok(event.reason_code);
        };
        let Ok(segments) = Segments::of_resource(resource) else { return Ok(ReasonCode::ResourceInvalid) };
        if action::check(asked).is_err() {
            return Ok(ReasonCode::ActionInvalid);
        }
        // Only of an agent that asked for itself the address is the one it was judged by.
        let own = event.actor_id == Some(kavach_model::PrincipalId::Agent(id));
        let ip = event.ip.as_ref().filter(|_| own).and_then(|ip| ip.parse().ok());
        let facts = Facts { now: event.at, ip, arguments: None };
        let question = Question { resource: &segments, action: asked, now: event.at };
        Ok(route::find(&agent, &question, self.kv.expressions(), &facts).reason)
    }

    fn agent(&mut self, id: AgentId, links: u32) -> BoxFuture<'_, Result<Option<Arc<KnownAgent>>>> {
        Box::pin(async move {
            if let Some(known) = self.known.get(&id) {
                return Ok(known.clone());
            }
            let row = self.kv.store().read().await?.find_decision_agent(id).await?;
            let (Some(row), Some(links)) = (row, links.checked_sub(1)) else { return Ok(None) };
            let borrowed = self.kv.store().read().await?.list_borrowed(id).await?;
            let parent = match row.parent_id {
                None => None,
                Some(parent) => self.agent(parent, links).await?,
            };
            let mut lent = Vec::with_capacity(borrowed.len());
            for loan in borrowed {
                if let Some(from) = self.agent(loan.from_agent, links).await? {
                    lent.push(Lent {
                        id: loan.id,
                        permissions: PermissionSet::compile(&loan.permissions),
                        expires_at: loan.expires_at,
                        max_depth: loan.max_depth,
                        from,
                    });
                }
            }
            let drafted = id == self.draft.agent;
            let permissions = match &self.draft.permissions {
                Some(draft) if drafted => draft.clone(),
                _ => PermissionSet::compile(&row.permissions),
            };
            let broken = row.parent_id.filter(|_| parent.is_none());
            let chain = match broken {
                Some(at) => Chain::broken(at),
                None => Chain::below(&permissions, parent.as_deref(), lent),
            };
            let known = Arc::new(KnownAgent {
                id,
                sponsor_id: row.sponsor_id,
                sponsor_active: row.sponsor_status == UserStatus::Active,
                status: if drafted && self.draft.stop { AgentStatus::Suspended } else { row.status },
                expires_at: row.expires_at.unwrap_or(NEVER),
                permissions,
                revision: row.revision,
                touched_at: AtomicI64::new(0),
                ties: chain.into(),
            });
            self.known.insert(id, Some(Arc::clone(&known)));
            Ok(Some(known))
        })
    }
}

fn count(replayed: &mut Replayed, record: AuditRecord, would_be: ReasonCode) {
    replayed.examined += 1;
    let event = record.event;
    let was = event.reason_code;
    let (before, after) = (was.verdict().is_allow(), would_be.verdict().is_allow());
    let approved = before && event.approval_id.is_some() && would_be == ReasonCode::ApprovalRequired;
    if before == after || approved {
        replayed.unchanged += 1;
    } else if hangs_on_more(was) || hangs_on_more(would_be) {
        replayed.undecided += 1;
    } else {
        if after {
            replayed.newly_allowed += 1;
        } else {
            replayed.newly_denied += 1;
        }
        if let (Some(agent_id), true) = (event.agent_id, replayed.changes.len() < MAX_LISTED) {
            replayed.changes.push(ReplayedDecision {
                audit_id: record.id,
                at: event.at,
                agent_id,
                action: event.action.unwrap_or_default(),
                resource: event.resource.unwrap_or_default(),
                was,
                would_be,
            });
        }
    }
}

/// Reasons that hang on what a record does not hold.
fn hangs_on_more(reason: ReasonCode) -> bool {
    matches!(
        reason,
        ReasonCode::ArgumentNotAllowed
            | ReasonCode::ArgumentInexact
            | ReasonCode::IpNotAllowed
            | ReasonCode::MaxCallsExceeded
            | ReasonCode::MaxUsesExceeded
            | ReasonCode::BudgetExceeded
            | ReasonCode::TokenInvalid
            | ReasonCode::TokenExpired
            | ReasonCode::TokenRevoked
            | ReasonCode::ChainMismatch
            | ReasonCode::Stopped
    )
}
