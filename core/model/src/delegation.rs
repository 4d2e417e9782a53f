//! Delegations: permissions an agent lends to another agent for a time.
//!
//! Lending gives nothing away: what was lent holds while the lender has it, under the lender's own conditions and
//! everything its chain asks for, and ends with the lender.

use crate::permission::Permission;
use crate::{AgentId, DelegationId, PrincipalId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Permissions one agent lends to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delegation {
    /// Which.
    pub id: DelegationId,
    /// The agent that lends.
    pub from_agent: AgentId,
    /// The agent that borrows.
    pub to_agent: AgentId,
    /// The person who answers for the lender.
    pub sponsor_id: UserId,
    /// What is lent.
    pub permissions: Vec<Permission>,
    /// How many times it may be lent on.
    pub max_depth: u32,
    /// Until when; until it is taken back when absent.
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<PrincipalId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back, by hand or because one of the two agents was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Body of `POST /delegations`.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDelegation {
    /// The agent that lends; the agent that asks when absent.
    #[serde(default)]
    pub from_agent: Option<AgentId>,
    /// The agent that borrows.
    pub to_agent: AgentId,
    /// What is lent: nothing the lender does not have. 1 to 1,000.
    pub permissions: Vec<Permission>,
    /// Until when; until it is taken back when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// How many times it may be lent on: 0 to the instance's limit; 0 when absent.
    #[serde(default)]
    pub max_depth: Option<u32>,
}

/// Which delegations to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DelegationFilter {
    /// Only those this agent lends.
    pub from: Option<AgentId>,
    /// Only those this agent borrows.
    pub to: Option<AgentId>,
    /// Only those that neither ended nor were taken back.
    pub live: bool,
}
