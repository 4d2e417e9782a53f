//! Why a question gets the answer it gets, link by link.

use crate::agent::AgentStatus;
use crate::permission::{Permission, ReasonCode};
use crate::{AgentId, DelegationId, PrincipalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The answer to `POST /authorize/explain`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the question would be allowed now.
    pub allowed: bool,
    /// Why, for people.
    pub reason: String,
    /// Why, for programs.
    pub reason_code: ReasonCode,
    /// The agent of the chain at which it fails, where that is not the agent itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied_at: Option<AgentId>,
    /// From the person who answers for the agent down to the agent.
    pub chain: Vec<PrincipalId>,
    /// Every link that is asked, nearest first: the agent, those above it, and what it borrows where its own
    /// permissions say nothing.
    pub links: Vec<ExplainedLink>,
    /// The first check that fails, in the order the links stand in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_failing: Option<FailingCheck>,
    /// The smallest change that would allow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest_change: Option<NearestChange>,
}

/// What one link says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedLink {
    /// The agent whose permissions these are.
    pub agent_id: AgentId,
    /// Its name.
    pub name: String,
    /// The delegation they are lent by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation_id: Option<DelegationId>,
    /// Whether the agent works.
    pub status: AgentStatus,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether the link allows it.
    pub passes: bool,
    /// Every permission of it that speaks of this action on this resource.
    pub candidates: Vec<Candidate>,
}

/// A permission that speaks of the question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The permission.
    pub permission: Permission,
    /// Its place in the list, from 0.
    pub index: usize,
    /// Whether it decides; otherwise a more specific one does.
    pub decides: bool,
    /// Its conditions, each by itself.
    pub checks: Vec<ConditionCheck>,
}

/// One condition of a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionCheck {
    /// The condition's name, as in the permission.
    pub constraint: String,
    /// Whether it holds.
    pub passes: bool,
    /// What a failure is called.
    pub reason_code: ReasonCode,
    /// How much of a limit was used, where one is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<u64>,
}

/// A check that fails, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailingCheck {
    /// The agent whose link it is; none where nothing is known of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The condition, where one fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// What the failure is called.
    pub reason_code: ReasonCode,
    /// What the failure is, for people.
    pub reason: String,
}

/// A change that would allow the question, or bring it nearer to that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearestChange {
    /// What to do.
    pub change: Change,
    /// The agent it is done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The permission as it would have to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The same, for people.
    pub sentence: String,
}

/// What to do so that a question is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Give the agent this permission.
    AddPermission,
    /// Replace the permission of this pattern by this one.
    ChangePermission,
    /// Have a person approve it.
    Approve,
    /// Let a suspended agent work again.
    ResumeAgent,
    /// Give the agent a later end.
    ExtendAgent,
    /// Switch the person's account on again.
    EnableUser,
    /// Lift what the kill switch holds.
    LiftStop,
    /// Ask at another time, from another place, or with other arguments.
    AskDifferently,
    /// Make another agent: a revoked one does not come back.
    CreateAgent,
}
