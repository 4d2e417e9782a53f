//! The ways by which an agent may have a right, and what each link on such a way has to say.
//!
//! What an agent has of its own decides wherever it says anything: each link up to the sponsor must allow it too, each
//! under its own conditions. Only where its own list says nothing, what it borrows is looked at: then the loan, and
//! the lender with the lender's own chain, must allow it. So no loan lifts a condition the agent is under, and none
//! gives more than its lender has at this moment. Of several loans the one that allows counts.
//!
//! Nothing is spent or recorded here.

use super::condition::{Expressions, Facts};
use crate::known::{KnownAgent, Lent};
use kavach_model::permission::{Match, Permission, PermissionSet, ReasonCode, Segments};
use kavach_model::{AgentId, DelegationId, Timestamp};

/// Loans of loans that are followed at the most.
const MOST_HOPS: u32 = 16;

/// A well-formed question.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) resource: &'a Segments<'a>,
    pub(crate) action: &'a str,
    pub(crate) now: Timestamp,
}

/// Whose permissions decide at a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The agent that has them.
    pub(crate) agent: AgentId,
    /// The delegation they are lent by.
    pub(crate) delegation: Option<DelegationId>,
}

/// The permissions that decide at one link.
#[derive(Clone, Copy)]
pub(crate) struct Ruling<'a> {
    pub(crate) holder: Holder,
    pub(crate) deciding: Match<'a>,
}

/// One way, as far as it goes.
pub(crate) struct Route<'a> {
    /// The link nearest to the agent.
    pub(crate) first: Ruling<'a>,
    /// The others, nearest first.
    pub(crate) rest: Vec<Ruling<'a>>,
    /// Where the way ends: an agent that may do nothing now, or not this.
    pub(crate) gap: Option<(AgentId, ReasonCode)>,
}

/// What was found out about a question.
pub(crate) struct Finding<'a> {
    pub(crate) reason: ReasonCode,
    /// The agent at which it failed.
    pub(crate) denied_at: Option<AgentId>,
    /// The way that counts; none where no permission speaks of it.
    pub(crate) route: Option<Route<'a>>,
    /// The permission that stands in the way, and whose it is.
    pub(crate) blamed: Option<(Holder, &'a Permission)>,
}

impl<'a> Finding<'a> {
    /// The permission to name, and whose it is. Asked for when the answer is written: looking at permissions takes
    /// longer than deciding by them.
    pub(crate) fn named(&self) -> Option<(Holder, &'a Permission)> {
        self.blamed.or_else(|| self.route.as_ref().and_then(Route::first_permission))
    }
}

impl<'a> Route<'a> {
    pub(crate) fn rulings(&self) -> impl Iterator<Item = &Ruling<'a>> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// Every permission that decides on the way, with whose it is.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = (Holder, &'a Permission)> {
        self.rulings().flat_map(Ruling::permissions)
    }

    /// Those of them that have conditions, as far as they share a link with one that has.
    pub(crate) fn conditional(&self) -> impl Iterator<Item = (Holder, &'a Permission)> {
        let strict = self.rulings().filter(|ruling| ruling.deciding.is_conditional());
        strict.flat_map(Ruling::permissions)
    }

    /// The loans on the way, the last first.
    pub(crate) fn delegations(&self) -> impl Iterator<Item = DelegationId> {
        self.rulings().filter_map(|ruling| ruling.holder.delegation)
    }

    /// Whether it leads to the sponsor, and all conditions hold. What was written first changes nothing: of several
    /// reasons the one that comes first in their own order is given, of the nearest link.
    fn judge(self, expressions: &Expressions, facts: &Facts<'_>) -> Finding<'a> {
        if let Some((agent, reason)) = self.gap {
            return Finding { reason, denied_at: Some(agent), route: Some(self), blamed: None };
        }
        let unmet = self
            .conditional()
            .filter_map(|(holder, permission)| {
                Some((expressions.unmet(&permission.constraints, facts)?, holder, permission))
            })
            .min_by_key(|(reason, ..)| *reason as usize);
        if let Some((reason, holder, permission)) = unmet {
            let blamed = Some((holder, permission));
            return Finding { reason, denied_at: Some(holder.agent), route: Some(self), blamed };
        }
        let blamed = self.conditional().find(|(_, permission)| permission.constraints.require_approval);
        let (reason, denied_at) = match blamed {
            Some((holder, _)) => (ReasonCode::ApprovalRequired, Some(holder.agent)),
            None => (ReasonCode::Allowed, None),
        };
        Finding { reason, denied_at, route: Some(self), blamed }
    }

    fn first_permission(&self) -> Option<(Holder, &'a Permission)> {
        self.first.permissions().next()
    }
}

impl<'a> Ruling<'a> {
    fn permissions(&self) -> impl Iterator<Item = (Holder, &'a Permission)> + use<'a> {
        let holder = self.holder;
        self.deciding.permissions().map(move |(_, permission)| (holder, permission))
    }
}

/// Finds the way by which an agent has a right, or why it has none. Whether the agent itself may act at all, the
/// caller has asked before.
pub(crate) fn find<'a>(
    agent: &'a KnownAgent,
    question: &Question<'_>,
    expressions: &Expressions,
    facts: &Facts<'_>,
) -> Finding<'a> {
    if let Some(route) = own(agent, question) {
        return route.judge(expressions, facts);
    }
    let mut loans = Vec::new();
    borrowed(agent, question, 0, &mut loans);
    let findings = loans.into_iter().map(|route| route.judge(expressions, facts));
    let best = findings.min_by_key(|finding| match finding.reason {
        ReasonCode::Allowed => 0,
        ReasonCode::ApprovalRequired => 1,
        other => 2 + other as usize,
    });
    best.unwrap_or(Finding {
        reason: ReasonCode::NoMatchingPermission,
        denied_at: None,
        route: None,
        blamed: None,
    })
}

/// What an agent's own list and the lists above it say; None where its own says nothing.
pub(crate) fn own<'a>(agent: &'a KnownAgent, question: &Question<'_>) -> Option<Route<'a>> {
    let first = rule(Holder { agent: agent.id, delegation: None }, &agent.permissions, question)?;
    let mut route = Route { first, rest: Vec::new(), gap: None };
    for link in agent.ties.at(question.now).into_iter().flat_map(|chain| &chain.asked) {
        match rule(Holder { agent: link.id, delegation: None }, &link.permissions, question) {
            Some(ruling) => route.rest.push(ruling),
            None => {
                route.gap = Some((link.id, ReasonCode::AncestorNotAllowed));
                break;
            }
        }
    }
    Some(route)
}

/// Every way over something the agent borrows.
pub(crate) fn borrowed<'a>(
    agent: &'a KnownAgent,
    question: &Question<'_>,
    hops: u32,
    routes: &mut Vec<Route<'a>>,
) {
    if hops >= MOST_HOPS {
        return;
    }
    let lent = agent.ties.at(question.now).into_iter().flat_map(|chain| &chain.lent);
    for lent in lent.filter(|lent| lent.holds(question.now, hops)) {
        let holder = Holder { agent: lent.from.id, delegation: Some(lent.id) };
        let Some(first) = rule(holder, &lent.permissions, question) else { continue };
        if let Some(gap) = lent.from.refusal(question.now) {
            routes.push(Route { first, rest: Vec::new(), gap: Some(of_lender(lent, gap)) });
            continue;
        }
        let mut lenders = Vec::new();
        match own(&lent.from, question) {
            Some(route) => lenders.push(route),
            None => borrowed(&lent.from, question, hops + 1, &mut lenders),
        }
        if lenders.is_empty() {
            let gap = Some((lent.from.id, ReasonCode::AncestorNotAllowed));
            routes.push(Route { first, rest: Vec::new(), gap });
        }
        for higher in lenders {
            let rest = std::iter::once(higher.first).chain(higher.rest).collect();
            routes.push(Route { first, rest, gap: higher.gap });
        }
    }
}

/// What stops the lender is, seen from the borrower, something above it.
fn of_lender(lent: &Lent, (agent, reason): (AgentId, ReasonCode)) -> (AgentId, ReasonCode) {
    let reason = match reason {
        ReasonCode::AgentRevoked if agent == lent.from.id => ReasonCode::AncestorRevoked,
        ReasonCode::AgentSuspended if agent == lent.from.id => ReasonCode::AncestorSuspended,
        ReasonCode::AgentExpired if agent == lent.from.id => ReasonCode::AncestorExpired,
        other => other,
    };
    (agent, reason)
}

fn rule<'a>(holder: Holder, permissions: &'a PermissionSet, question: &Question<'_>) -> Option<Ruling<'a>> {
    let deciding = permissions.decide(question.resource, question.action)?;
    Some(Ruling { holder, deciding })
}

/// Answers from what is remembered, up to what would be spent; for those who measure that.
#[derive(Default)]
pub struct Judge(Expressions);

impl Judge {
    /// What the answer to a question without arguments comes to.
    pub fn reason(&self, agent: &KnownAgent, resource: &str, action: &str, now: Timestamp) -> ReasonCode {
        if let Some((_, reason)) = agent.refusal(now) {
            return reason;
        }
        let Ok(segments) = Segments::of_resource(resource) else { return ReasonCode::ResourceInvalid };
        let question = Question { resource: &segments, action, now };
        find(agent, &question, &self.0, &Facts { now, ip: None, arguments: None }).reason
    }
}

#[cfg(test)]
mod properties;
