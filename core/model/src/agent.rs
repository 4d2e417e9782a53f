//! Agents: principals of their own, owned by a person, with permissions and tokens.

use crate::permission::Permission;
use crate::user::as_text;
use crate::{AgentId, PrincipalId, Timestamp, Token, TokenId, UserId};
use serde::{Deserialize, Serialize};

/// How an agent works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentKind {
    /// Decides on its own.
    Autonomous,
    /// Acts for a person who is present.
    Delegated,
    /// A program without judgement of its own.
    Service,
}

/// Whether an agent works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// Works.
    Active,
    /// Stopped for now; can be resumed.
    Suspended,
    /// Stopped for good.
    Revoked,
}

as_text!(AgentKind { Autonomous = "autonomous", Delegated = "delegated", Service = "service" });
as_text!(AgentStatus { Active = "active", Suspended = "suspended", Revoked = "revoked" });

/// An agent, without its tokens' secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Who.
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// How it works.
    #[serde(rename = "type")]
    pub kind: AgentKind,
    /// Who owns it.
    pub owner_id: PrincipalId,
    /// The person who answers for it.
    pub sponsor_id: UserId,
    /// Whether it works.
    pub status: AgentStatus,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// How many levels of sub-agents it may have below it.
    pub max_depth: u32,
    /// Free key-value notes of the owner.
    #[schema(value_type = Object)]
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// `kv_agent_…` and the last four characters of the newest live token.
    pub token_preview: Option<String>,
    /// Its live tokens, newest first.
    pub tokens: Vec<AgentToken>,
    /// When the agent stops working.
    pub expires_at: Option<Timestamp>,
    /// When it last asked for a decision, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A live token of an agent, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentToken {
    /// Which token.
    pub id: TokenId,
    /// `kv_agent_…` and the last four characters.
    pub preview: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// Body of `POST /agents`.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAgent {
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// How it works.
    #[serde(rename = "type", default = "autonomous")]
    pub kind: AgentKind,
    /// Who owns it; the caller when absent.
    #[serde(default)]
    pub owner_id: Option<PrincipalId>,
    /// What it may do; nothing when absent.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// When the agent stops working; never when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// How many levels of sub-agents it may have: 0 to the instance's limit.
    #[serde(default)]
    pub max_depth: Option<u32>,
    /// Free notes, at most 8 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

fn autonomous() -> AgentKind {
    AgentKind::Autonomous
}

/// Body of `PATCH /agents/:id`: only what is present changes.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAgent {
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// What it may do, replacing what it could.
    #[serde(default)]
    pub permissions: Option<Vec<Permission>>,
    /// When it stops working; null takes the date away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Timestamp>)]
    pub expires_at: Option<Option<Timestamp>>,
    /// How many levels of sub-agents it may have.
    #[serde(default)]
    pub max_depth: Option<u32>,
    /// Free notes, replacing those it had.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Tells `null` from absent: a present field is always `Some`.
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// A new agent, or a new token of one, with the secret shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentWithToken {
    /// The agent.
    #[serde(flatten)]
    pub agent: Agent,
    /// `kv_agent_...`
    pub token: Token,
}

/// Body of `POST /agents/:id/rotate`.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RotateToken {
    /// Seconds the tokens before keep working: 0 to 604,800; 0 when absent.
    #[serde(default)]
    pub overlap_seconds: Option<u64>,
}

/// Answer to `DELETE /agents/:id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    /// Agents that stopped.
    pub revoked_agents: u64,
    /// Live tokens that stopped.
    pub revoked_tokens: u64,
}

/// Which agents to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentFilter {
    /// Only those of this owner.
    pub owner: Option<PrincipalId>,
    /// Only those in this state.
    pub status: Option<AgentStatus>,
    /// Only those of this kind.
    pub kind: Option<AgentKind>,
    /// Only those whose name contains this text, whatever its case.
    pub query: Option<String>,
}
