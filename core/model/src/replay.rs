//! What a change would have done to decisions that were made.

use crate::permission::{Permission, ReasonCode};
use crate::{AgentId, AuditId, Timestamp};
use serde::{Deserialize, Serialize};

/// Most decisions one replay looks at.
pub const MAX_DECISIONS: u32 = 10_000;
/// Most changed decisions that are listed one by one.
pub const MAX_LISTED: usize = 200;

/// Body of `POST /authorize/replay`: a change that is not made.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replay {
    /// The agent that would change; decisions of all agents below it are looked at, too.
    pub agent_id: AgentId,
    /// What it could do; as it is now when absent.
    #[serde(default)]
    pub permissions: Option<Vec<Permission>>,
    /// Whether it would be stopped.
    #[serde(default)]
    pub stop: bool,
    /// Only decisions from this time on.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// The newest decisions, so many at the most: 1 to 10,000; 1,000 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10_000)]
    pub limit: Option<u32>,
}

/// What would have come out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// Decisions that were looked at.
    pub examined: u64,
    /// Those that would be as they were.
    pub unchanged: u64,
    /// Those that were allowed and would be denied.
    pub newly_denied: u64,
    /// Those that were denied and would be allowed.
    pub newly_allowed: u64,
    /// Those that hang on what the record does not hold: arguments, an address, what was left of a limit.
    pub undecided: u64,
    /// The first 200 that would change, newest first.
    pub changes: Vec<ReplayedDecision>,
}

/// A decision that would be another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayedDecision {
    /// Its record.
    pub audit_id: AuditId,
    /// When it was made.
    pub at: Timestamp,
    /// Of which agent.
    pub agent_id: AgentId,
    /// What it wanted to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// What was answered.
    pub was: ReasonCode,
    /// What would be.
    pub would_be: ReasonCode,
}
