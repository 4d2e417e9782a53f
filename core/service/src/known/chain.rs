//! What the rights of an agent hang on beside itself: the agents above it, and what it borrows.
//!
//! A decision must not cost more the longer the chain is. So what follows from the chain alone is worked out once,
//! when the agent is read: who stopped, when the first of them expires, and whose permissions have to be asked at
//! all. A link whose permissions hold everything the link below it may do, under no stricter conditions, and that
//! counts nothing, has nothing to add. Whoever changes an agent has all that hangs on it forgotten.

use super::{KnownAgent, NEVER};
use kavach_model::agent::AgentStatus;
use kavach_model::permission::{PermissionSet, ReasonCode, is_subset_of};
use kavach_model::{AgentId, DelegationId, Timestamp};
use std::sync::Arc;

/// A chain, and until when nothing of it needs to be asked: most decisions then never wait for it.
#[derive(Clone)]
pub struct Ties {
    chain: Option<Arc<Chain>>,
    /// Nothing above is stopped, asked or lent, and nothing ends before this.
    silent_until: Timestamp,
}

/// Comparing two lists takes time with the product of their lengths; beyond this they are asked instead.
const MOST_COMPARED: usize = 20_000;

/// What an agent's rights hang on beside itself.
pub struct Chain {
    /// The agents above it, nearest first.
    pub above: Box<[AgentId]>,
    /// The nearest of them that is stopped, and how.
    pub stopped: Option<(AgentId, ReasonCode)>,
    /// When the first of them comes to its end.
    pub ends: Option<(Timestamp, AgentId)>,
    /// Those that must be asked, nearest first.
    pub asked: Box<[Link]>,
    /// What it borrows, oldest first.
    pub lent: Box<[Lent]>,
}

/// One agent above, with its permissions.
#[derive(Clone)]
pub struct Link {
    /// Who.
    pub id: AgentId,
    /// What it may do.
    pub permissions: PermissionSet,
}

/// Permissions another agent lends.
pub struct Lent {
    /// Which delegation.
    pub id: DelegationId,
    /// What is lent.
    pub permissions: PermissionSet,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// How many times it may be lent on.
    pub max_depth: u32,
    /// The lender, as it was when the borrower was read.
    pub from: Arc<KnownAgent>,
}

impl Ties {
    /// Those of an agent a person owns, that borrows nothing.
    pub const NONE: Self = Self { chain: None, silent_until: NEVER };

    /// The chain, where it may have something to say.
    #[inline]
    pub fn at(&self, now: Timestamp) -> Option<&Chain> {
        if now < self.silent_until { None } else { self.chain() }
    }

    /// The chain, whether or not it has something to say.
    pub fn chain(&self) -> Option<&Chain> {
        self.chain.as_deref()
    }
}

impl From<Chain> for Ties {
    fn from(chain: Chain) -> Self {
        let silent = chain.stopped.is_none() && chain.asked.is_empty() && chain.lent.is_empty();
        let until = chain.ends.map_or(NEVER, |(end, _)| end);
        let silent_until = if silent { until } else { Timestamp::from_millis(i64::MIN) };
        Self { chain: Some(Arc::new(chain)), silent_until }
    }
}

impl Lent {
    /// Whether it holds now, and after so many more loans.
    pub fn holds(&self, now: Timestamp, hops: u32) -> bool {
        self.expires_at.is_none_or(|end| now < end) && hops <= self.max_depth
    }
}

impl Chain {
    /// What an agent with these permissions has above it, when this is its parent; and what it borrows.
    pub fn below(permissions: &PermissionSet, parent: Option<&KnownAgent>, lent: Vec<Lent>) -> Self {
        let Some(parent) = parent else {
            return Self {
                above: Box::default(),
                stopped: None,
                ends: None,
                asked: Box::default(),
                lent: lent.into(),
            };
        };
        let higher = parent.ties.chain();
        let stopped = match parent.status {
            AgentStatus::Revoked => Some((parent.id, ReasonCode::AncestorRevoked)),
            AgentStatus::Suspended => Some((parent.id, ReasonCode::AncestorSuspended)),
            AgentStatus::Active => higher.and_then(|chain| chain.stopped),
        };
        let ends = [Some((parent.expires_at, parent.id)), higher.and_then(|chain| chain.ends)];
        let mut asked = Vec::new();
        if !adds_nothing(&parent.permissions, permissions) {
            asked.push(Link { id: parent.id, permissions: parent.permissions.clone() });
        }
        asked.extend(higher.into_iter().flat_map(|chain| chain.asked.iter().cloned()));
        Self {
            above: std::iter::once(parent.id).chain(parent.above().iter().copied()).collect(),
            stopped,
            ends: ends.into_iter().flatten().min().filter(|(end, _)| *end != NEVER),
            asked: asked.into(),
            lent: lent.into(),
        }
    }

    /// A chain of which a link is missing.
    pub fn broken(at: AgentId) -> Self {
        Self {
            above: [at].into(),
            stopped: Some((at, ReasonCode::ChainBroken)),
            ends: None,
            asked: Box::default(),
            lent: Box::default(),
        }
    }
}

/// Whether whatever the child's list allows, the parent's allows too, without counting.
fn adds_nothing(parent: &PermissionSet, child: &PermissionSet) -> bool {
    let (parent, child) = (parent.permissions(), child.permissions());
    let counts = parent.iter().any(|permission| permission.constraints.counts());
    !counts && parent.len() * child.len() <= MOST_COMPARED && is_subset_of(child, parent).is_ok()
}
