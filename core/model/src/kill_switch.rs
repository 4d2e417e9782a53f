//! The kill switch: stop one agent, a tree of agents, all of an owner, a resource, or everything.

use crate::permission::ResourcePattern;
use crate::{AgentId, PrincipalId, StopId, Timestamp};
use serde::{Deserialize, Serialize};

/// Body of `POST /kill-switch`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "scope", deny_unknown_fields)]
pub enum KillSwitch {
    /// One agent; those below it are denied as long as it is stopped.
    Agent {
        /// Which.
        #[serde(rename = "agentId")]
        agent_id: AgentId,
        /// For good, which also stops everything below it; otherwise it can be resumed.
        #[serde(default)]
        revoke: bool,
    },
    /// An agent and every agent below it, each by itself.
    Subtree {
        /// The top one.
        #[serde(rename = "agentId")]
        agent_id: AgentId,
        /// For good; otherwise each can be resumed.
        #[serde(default)]
        revoke: bool,
    },
    /// Every agent a person answers for, or every agent below an agent.
    Owner {
        /// Whose.
        #[serde(rename = "ownerId")]
        owner_id: PrincipalId,
        /// For good; otherwise each can be resumed.
        #[serde(default)]
        revoke: bool,
    },
    /// Whatever any agent wants to do on resources of a pattern, until it is lifted.
    Resource {
        /// The pattern.
        resource: ResourcePattern,
    },
    /// Whatever any agent wants to do, until it is lifted.
    All {},
}

/// What the kill switch stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Killed {
    /// Agents whose state changed.
    pub agents: u64,
    /// Live tokens that were revoked.
    pub tokens: u64,
    /// The rule that now holds, for a resource or everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
}

/// A resource pattern on which everything is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stop {
    /// Which.
    pub id: StopId,
    /// On what; `*` for everything.
    pub resource: ResourcePattern,
    /// Who stopped it.
    pub created_by: Option<PrincipalId>,
    /// When.
    pub created_at: Timestamp,
}
