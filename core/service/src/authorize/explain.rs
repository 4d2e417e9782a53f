//! Why a question gets the answer it gets. Nothing is spent, opened or recorded.
//!
//! The answer itself comes from the very code that decides. What is told beside it is read link by link, also of
//! links that a decision need not ask because they add nothing.

mod nearest;

use super::condition::Facts;
use super::route::Holder;
use super::{Asker, Place, chain_of, charge, find, refusal_of, whom};
use crate::Kavach;
use crate::approval::redeem;
use crate::authorize::ask::Ask;
use crate::context::RequestContext;
use crate::error::Result;
use crate::known::KnownAgent;
use kavach_model::agent::AgentStatus;
use kavach_model::authorize::{Authorize, MatchedPermission};
use kavach_model::explain::{Candidate, ConditionCheck, ExplainedLink, Explanation, FailingCheck};
use kavach_model::permission::{Constraints, Permission, PermissionSet, ReasonCode, Segments};
use kavach_model::{AgentId, DelegationId, Timestamp};
use kavach_store::{AgentRow, Conn};

/// Explains the answer a question would get now.
pub async fn explain(kv: &Kavach, cx: &RequestContext, request: Authorize) -> Result<Explanation> {
    explain_at(kv, cx, request, None).await
}

/// Explains the answer a question would get at another time, of agents and permissions as they are now: what ends or
/// holds by the clock is judged at that time.
pub async fn explain_at(
    kv: &Kavach,
    cx: &RequestContext,
    request: Authorize,
    at: Option<Timestamp>,
) -> Result<Explanation> {
    let asker = Asker::of(cx)?;
    let now = kv.clock().now();
    let (agent, Place { refusal, ip, .. }) = whom(kv, cx, &asker, &request, now).await?;
    let refusal = match (at, agent.as_deref()) {
        (Some(at), Some(agent)) => refusal_of(agent, at),
        _ => refusal,
    };
    let facts = Facts { now: at.unwrap_or(now), ip, arguments: request.arguments.as_ref() };
    let mut conn = kv.store().read().await?;
    let (reason, denied_at) = settle(kv, &mut conn, agent.as_deref(), refusal, &request, &facts).await?;
    let links = match (&agent, Segments::of_resource(&request.resource)) {
        (Some(agent), Ok(segments)) => {
            let mut reader = Reader { kv, conn: &mut conn, request: &request, segments, facts };
            reader.links(agent).await?
        }
        _ => Vec::new(),
    };
    let first_failing = first_failing(reason, denied_at, agent.as_deref().map(|agent| agent.id), &links);
    let nearest_change =
        first_failing.as_ref().and_then(|failing| nearest::change(failing, &links, &request, ip));
    Ok(Explanation {
        allowed: reason.verdict().is_allow(),
        reason: reason.sentence().to_owned(),
        reason_code: reason,
        denied_at: denied_at.filter(|at| agent.as_ref().is_none_or(|agent| agent.id != *at)),
        chain: agent.as_deref().map_or_else(Vec::new, chain_of),
        links,
        first_failing,
        nearest_change,
    })
}

/// The answer, with what is left of limits and approvals looked at.
async fn settle(
    kv: &Kavach,
    conn: &mut Conn,
    agent: Option<&KnownAgent>,
    refusal: Option<super::Refusal>,
    request: &Authorize,
    facts: &Facts<'_>,
) -> Result<(ReasonCode, Option<AgentId>)> {
    let finding = find(kv, agent, refusal, request, facts);
    let (Some(agent), Some(route)) = (agent, &finding.route) else {
        return Ok((finding.reason, finding.denied_at));
    };
    let needs_approval = finding.reason == ReasonCode::ApprovalRequired;
    if !finding.reason.verdict().is_allow() && !needs_approval {
        return Ok((finding.reason, finding.denied_at));
    }
    if needs_approval {
        let bound = route.permissions().map(super::matched_by).collect::<Vec<MatchedPermission>>();
        match Ask::of(request, agent.id, agent.sponsor_id, chain_of(agent), bound) {
            Err(refused) => return Ok((refused, None)),
            Ok(ask) if !redeem::is_approved(kv, conn, &ask, facts.now).await? => {
                return Ok((finding.reason, finding.denied_at));
            }
            Ok(_) => {}
        }
    }
    for (charge, (reason, at)) in charge::charges(route, request.units.unwrap_or(1), facts.now) {
        if conn.used(&charge, facts.now).await?.saturating_add(charge.amount) > charge.limit {
            return Ok((reason, Some(at)));
        }
    }
    Ok((ReasonCode::Allowed, None))
}

/// Reads what every link has to say.
struct Reader<'a> {
    kv: &'a Kavach,
    conn: &'a mut Conn,
    request: &'a Authorize,
    segments: Segments<'a>,
    facts: Facts<'a>,
}

impl Reader<'_> {
    /// The agent and those above it; where its own permissions say nothing, also its loans with their lenders.
    async fn links(&mut self, agent: &KnownAgent) -> Result<Vec<ExplainedLink>> {
        let chain = self.conn.find_agent_chain(agent.id).await?;
        let mut links = Vec::with_capacity(chain.len());
        for row in &chain {
            links.push(self.link(row, None, &row.permissions).await?);
        }
        if links.first().is_some_and(|own| own.candidates.is_empty()) {
            for loan in self.conn.list_borrowed(agent.id).await? {
                let lenders = self.conn.find_agent_chain(loan.from_agent).await?;
                let Some(lender) = lenders.first() else { continue };
                let link = self.link(lender, Some(loan.id), &loan.permissions).await?;
                if link.candidates.is_empty() {
                    continue;
                }
                links.push(link);
                for row in &lenders {
                    links.push(self.link(row, None, &row.permissions).await?);
                }
            }
        }
        Ok(links)
    }

    async fn link(
        &mut self,
        row: &AgentRow,
        delegation: Option<DelegationId>,
        permissions: &[Permission],
    ) -> Result<ExplainedLink> {
        let holder = Holder { agent: row.id, delegation };
        let set = PermissionSet::compile(permissions);
        let deciding: Vec<usize> = set
            .decide(&self.segments, &self.request.action)
            .iter()
            .flat_map(|found| found.indexes())
            .collect();
        let mut candidates = Vec::new();
        for (index, permission) in permissions.iter().enumerate() {
            if permission.matches(&self.segments, &self.request.action) {
                let checks = self.checks(holder, permission).await?;
                let decides = deciding.contains(&index);
                candidates.push(Candidate { permission: permission.clone(), index, decides, checks });
            }
        }
        let holds = |candidate: &Candidate| candidate.checks.iter().all(|check| check.passes);
        let works =
            row.status == AgentStatus::Active && row.expires_at.is_none_or(|end| self.facts.now < end);
        let decided = candidates.iter().any(|candidate| candidate.decides);
        let passes = works && decided && candidates.iter().filter(|candidate| candidate.decides).all(holds);
        Ok(ExplainedLink {
            agent_id: row.id,
            name: row.name.clone(),
            delegation_id: delegation,
            status: row.status,
            expires_at: row.expires_at,
            passes,
            candidates,
        })
    }

    async fn checks(&mut self, holder: Holder, permission: &Permission) -> Result<Vec<ConditionCheck>> {
        let mut checks = Vec::new();
        for (constraint, alone) in one_by_one(&permission.constraints) {
            let unmet = self.kv.expressions().unmet(&alone, &self.facts);
            let alone = Permission { constraints: alone, ..permission.clone() };
            let units = self.request.units.unwrap_or(1);
            let charges = charge::of_permission(holder, &alone, units, self.facts.now);
            let mut check = ConditionCheck {
                constraint: constraint.to_owned(),
                passes: unmet.is_none() && !alone.constraints.require_approval,
                reason_code: unmet.unwrap_or(meaning(constraint)),
                used: None,
            };
            for (charge, _) in charges {
                let used = self.conn.used(&charge, self.facts.now).await?;
                check.used = Some(used);
                check.passes &= used.saturating_add(charge.amount) <= charge.limit;
            }
            checks.push(check);
        }
        Ok(checks)
    }
}

/// Every condition that is there, alone.
fn one_by_one(constraints: &Constraints) -> Vec<(&'static str, Constraints)> {
    // Spelt out so that a new condition does not compile until it is explained here.
    let Constraints {
        require_approval,
        max_calls_per_hour,
        allowed_arg_patterns,
        time_window,
        ip_allowlist,
        expires_at,
        max_uses,
        budget,
    } = constraints.clone();
    let none = Constraints::default;
    let all = [
        ("expiresAt", Constraints { expires_at, ..none() }),
        ("ipAllowlist", Constraints { ip_allowlist, ..none() }),
        ("timeWindow", Constraints { time_window, ..none() }),
        ("allowedArgPatterns", Constraints { allowed_arg_patterns, ..none() }),
        ("requireApproval", Constraints { require_approval, ..none() }),
        ("maxCallsPerHour", Constraints { max_calls_per_hour, ..none() }),
        ("maxUses", Constraints { max_uses, ..none() }),
        ("budget", Constraints { budget, ..none() }),
    ];
    all.into_iter().filter(|(_, alone)| !alone.is_empty()).collect()
}

/// What a failure of a condition is called.
fn meaning(constraint: &str) -> ReasonCode {
    match constraint {
        "expiresAt" => ReasonCode::PermissionExpired,
        "ipAllowlist" => ReasonCode::IpNotAllowed,
        "timeWindow" => ReasonCode::OutsideTimeWindow,
        "allowedArgPatterns" => ReasonCode::ArgumentNotAllowed,
        "requireApproval" => ReasonCode::ApprovalRequired,
        "maxCallsPerHour" => ReasonCode::MaxCallsExceeded,
        "maxUses" => ReasonCode::MaxUsesExceeded,
        _ => ReasonCode::BudgetExceeded,
    }
}

/// What fails first, where, and by which condition.
fn first_failing(
    reason: ReasonCode,
    denied_at: Option<AgentId>,
    agent: Option<AgentId>,
    links: &[ExplainedLink],
) -> Option<FailingCheck> {
    if reason.verdict().is_allow() {
        return None;
    }
    let at = denied_at.or(agent);
    let constraint = links
        .iter()
        .filter(|link| Some(link.agent_id) == at)
        .flat_map(|link| link.candidates.iter().filter(|candidate| candidate.decides))
        .flat_map(|candidate| &candidate.checks)
        .find(|check| !check.passes && check.reason_code == reason)
        .map(|check| check.constraint.clone());
    Some(FailingCheck { agent_id: at, constraint, reason_code: reason, reason: reason.sentence().to_owned() })
}
