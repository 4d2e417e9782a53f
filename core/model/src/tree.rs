//! Views of an agent and everything that hangs on it.

use crate::agent::{AgentKind, AgentStatus};
use crate::permission::Permission;
use crate::{AgentId, DelegationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Most agents a tree shows.
pub const MAX_NODES: usize = 5_000;

/// An agent with its sub-agents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentNode {
    /// Who.
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// How it works.
    #[serde(rename = "type")]
    pub kind: AgentKind,
    /// Whether it works, whatever those above it do.
    pub status: AgentStatus,
    /// How many permissions it has.
    pub permissions: usize,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it last asked for a decision.
    pub last_used_at: Option<Timestamp>,
    /// Its sub-agents, oldest first.
    #[schema(no_recursion)]
    pub children: Vec<AgentNode>,
}

/// The answer to `GET /agents/:id/tree`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentTree {
    /// The agents above, from the top one down to the parent.
    pub above: Vec<AgentLink>,
    /// The agent and what is below it.
    pub root: AgentNode,
    /// There are more than the 5,000 agents shown.
    pub truncated: bool,
}

/// An agent by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentLink {
    /// Who.
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// Whether it works.
    pub status: AgentStatus,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// What stopping an agent would stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlastRadius {
    /// Agents that would stop, itself among them.
    pub agents: u64,
    /// Live tokens that would stop.
    pub live_tokens: u64,
    /// Live delegations that would end.
    pub delegations: u64,
    /// When one of these agents last asked for a decision.
    pub last_used_at: Option<Timestamp>,
}

/// One permission of an agent and what becomes of it on the way down its chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EffectivePermission {
    /// The permission.
    pub permission: Permission,
    /// Where it comes from.
    pub source: PermissionSource,
    /// Whether every link holds all of it. Where one does not, only the part that it holds is allowed.
    pub contained: bool,
    /// What each link above has to say about it, nearest first.
    pub links: Vec<PermissionLink>,
}

/// Where a permission comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum PermissionSource {
    /// The agent's own list.
    Own,
    /// Lent by another agent.
    #[serde(rename_all = "camelCase")]
    Delegation {
        /// By which delegation.
        delegation_id: DelegationId,
        /// By which agent.
        from_agent: AgentId,
        /// Until when.
        expires_at: Option<Timestamp>,
    },
}

/// What one link of a chain has to say about a permission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PermissionLink {
    /// The agent.
    pub agent_id: AgentId,
    /// Its name.
    pub name: String,
    /// Its permissions that have something in common with it; their conditions hold too.
    pub permissions: Vec<Permission>,
    /// Whether they hold all of it, under no stricter conditions.
    pub contains: bool,
}
