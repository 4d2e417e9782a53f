//! What decisions know of agents and their tokens.
//!
//! A decision among very many agents is paid for in waits for memory. So all it reads of an agent, the compiled
//! permissions included, lies in one place, and that place is found without reading anything large
//! ([`Remembered`]). What is remembered, and until when, is the business of the cache.

mod chain;
mod remembered;

pub use chain::{Chain, Lent, Link, Ties};
pub use remembered::{Held, Known, Remembered};

use crate::crypto::token::TokenHash;
use kavach_model::agent::AgentStatus;
use kavach_model::permission::{PermissionSet, ReasonCode};
use kavach_model::{AgentId, Timestamp, TokenId, UserId};
use std::sync::atomic::{AtomicI64, Ordering};

/// An end that no life comes to: an option would take more room than the time itself.
pub const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

/// What decisions know of an agent.
pub struct KnownAgent {
    /// Which.
    pub id: AgentId,
    /// The person who answers for it.
    pub sponsor_id: UserId,
    /// Whether that person may act.
    pub sponsor_active: bool,
    /// Whether it runs.
    pub status: AgentStatus,
    /// The end of its life; [`NEVER`] when it has none.
    pub expires_at: Timestamp,
    /// What it may do.
    pub permissions: PermissionSet,
    /// Grows with every change of it or of its tokens.
    pub revision: i64,
    /// When use was last noted, in epoch milliseconds.
    pub touched_at: AtomicI64,
    /// What its rights hang on beside itself.
    pub ties: Ties,
}

impl KnownAgent {
    /// Why it may do nothing now, whatever its permissions, and which agent of its chain is to blame.
    #[inline]
    pub fn refusal(&self, now: Timestamp) -> Option<(AgentId, ReasonCode)> {
        let at = |reason| Some((self.id, reason));
        match self.status {
            AgentStatus::Revoked => return at(ReasonCode::AgentRevoked),
            AgentStatus::Suspended => return at(ReasonCode::AgentSuspended),
            AgentStatus::Active => {}
        }
        let chain = self.ties.at(now);
        if let Some(stopped) = chain.and_then(|chain| chain.stopped) {
            return Some(stopped);
        }
        if !self.sponsor_active {
            return at(ReasonCode::OwnerDisabled);
        }
        if self.expires_at <= now {
            return at(ReasonCode::AgentExpired);
        }
        let (end, ancestor) = chain?.ends?;
        (end <= now).then_some((ancestor, ReasonCode::AncestorExpired))
    }

    /// The agents above it, nearest first.
    pub fn above(&self) -> &[AgentId] {
        self.ties.chain().map_or(&[], |chain| &chain.above)
    }
}

impl Known for KnownAgent {
    type Key = AgentId;

    fn key(&self) -> &AgentId {
        &self.id
    }

    fn bits(key: &AgentId) -> u128 {
        key.as_u128()
    }

    #[inline]
    fn fetch(&self) {
        self.permissions.fetch();
    }
}

impl Clone for KnownAgent {
    /// Use noted in one is not noted in the other.
    fn clone(&self) -> Self {
        Self {
            permissions: self.permissions.clone(),
            touched_at: AtomicI64::new(self.touched_at.load(Ordering::Relaxed)),
            ties: self.ties.clone(),
            ..*self
        }
    }
}

/// What decisions know of an agent's token.
#[derive(Debug, Clone)]
pub(crate) struct KnownToken {
    pub(crate) hash: TokenHash,
    pub(crate) id: TokenId,
    pub(crate) agent_id: AgentId,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked: bool,
    pub(crate) agent_revision: i64,
}

impl Known for KnownToken {
    type Key = TokenHash;

    fn key(&self) -> &TokenHash {
        &self.hash
    }

    fn bits(key: &TokenHash) -> u128 {
        key.leading_digits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_acts_while_it_its_sponsor_and_its_time_allow() {
        use AgentStatus::{Active, Revoked, Suspended};
        let now = Timestamp::from_millis(100);
        for (status, sponsor_active, end, refusal) in [
            (Active, true, None, None),
            (Active, true, Some(101), None),
            (Active, true, Some(100), Some(ReasonCode::AgentExpired)),
            (Active, false, Some(100), Some(ReasonCode::OwnerDisabled)),
            (Suspended, false, Some(100), Some(ReasonCode::AgentSuspended)),
            (Revoked, true, None, Some(ReasonCode::AgentRevoked)),
        ] {
            let agent = KnownAgent {
                id: AgentId::from_parts(now, [1; 10]),
                sponsor_id: UserId::from_parts(now, [2; 10]),
                sponsor_active,
                status,
                expires_at: end.map_or(NEVER, Timestamp::from_millis),
                permissions: PermissionSet::compile(&[]),
                revision: 1,
                touched_at: AtomicI64::new(0),
                ties: Ties::NONE,
            };
            assert_eq!(agent.refusal(now), refusal.map(|reason| (agent.id, reason)));
        }
    }

    #[test]
    fn an_agent_with_its_mark_takes_nine_lines() {
        assert!(size_of::<std::sync::OnceLock<KnownAgent>>() <= 9 * 64);
    }
}
