//! Bodies of `authorize`: what may this agent do, and what was decided.

use crate::permission::{Permission, ReasonCode};
use crate::{AgentId, AuditId};
use serde::{Deserialize, Serialize};

/// Body of `POST /authorize`.
///
/// Action and resource are plain text here: an ill-formed one is a decision too, denied and audited.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Authorize {
    /// Which agent; may be absent when the agent asks with its own token.
    #[serde(default)]
    pub agent_id: Option<String>,
    /// What it wants to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// The arguments of the call; only their SHA-256 is recorded.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<serde_json::Map<String, serde_json::Value>>,
    /// The address the agent's own caller has, for `ipAllowlist`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub ip: Option<std::net::IpAddr>,
    /// Anything the caller wants to find again in the audit log; at most 4 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Body of `POST /authorize/token`: the agent is whoever the token says.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorizeToken {
    /// What it wants to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// The arguments of the call; only their SHA-256 is recorded.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<serde_json::Map<String, serde_json::Value>>,
    /// The address the agent's own caller has.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub ip: Option<std::net::IpAddr>,
    /// Anything the caller wants to find again in the audit log; at most 4 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<serde_json::Map<String, serde_json::Value>>,
}

impl AuthorizeToken {
    /// The same question, of an agent named by its token instead of by its id.
    pub fn into_authorize(self) -> Authorize {
        let Self { action, resource, arguments, ip, context } = self;
        Authorize { agent_id: None, action, resource, arguments, ip, context }
    }
}

/// Body of `POST /authorize/batch`.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorizeBatch {
    /// 1 to 100 questions, answered in order.
    pub requests: Vec<Authorize>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Whether the agent may.
    pub allowed: bool,
    /// Why, for people.
    pub reason: String,
    /// Why, for programs.
    pub reason_code: ReasonCode,
    /// The record of this decision, durable before the answer left.
    pub audit_id: AuditId,
    /// The permission that decided, if one did.
    pub matched: Option<MatchedPermission>,
}

/// The permission that decided and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchedPermission {
    /// The agent whose permission it is.
    pub agent_id: AgentId,
    /// The permission.
    pub permission: Permission,
}
