//! Bodies of `authorize`: what may this agent do, and what was decided.

use crate::approval::DecisionApproval;
use crate::permission::{Permission, ReasonCode};
use crate::{AgentId, AuditId, DelegationId, PrincipalId};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

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
    /// The address the call comes from, for `ipAllowlist`. An agent that asks with its own token is judged by the
    /// address it asks from instead.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub ip: Option<std::net::IpAddr>,
    /// How many units of a budget the call takes: 1 to 1,000,000,000; 1 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub units: Option<u64>,
    /// Anything the caller wants to find again in the audit log; at most 4 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<serde_json::Map<String, serde_json::Value>>,
    /// The chain the caller believes the agent acts in, from the person down to the agent; any other denies.
    #[serde(default)]
    pub on_behalf_of: Option<Vec<PrincipalId>>,
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
    /// Recorded nowhere and believed nowhere: an agent is judged by the address it asks from.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub ip: Option<std::net::IpAddr>,
    /// How many units of a budget the call takes: 1 to 1,000,000,000; 1 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub units: Option<u64>,
    /// Anything the caller wants to find again in the audit log; at most 4 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<serde_json::Map<String, serde_json::Value>>,
}

impl AuthorizeToken {
    /// The same question, of an agent named by its token instead of by its id.
    pub fn into_authorize(self) -> Authorize {
        let Self { action, resource, arguments, ip, units, context } = self;
        Authorize { agent_id: None, action, resource, arguments, ip, units, context, on_behalf_of: None }
    }
}

/// Body of `POST /authorize/batch`: a list of 1 to 100 questions, answered in order. The same list under the
/// name `requests` is taken too.
#[derive(Debug, Clone, utoipa::ToSchema)]
#[schema(value_type = Vec<Authorize>)]
pub struct AuthorizeBatch(pub Vec<Authorize>);

impl<'de> Deserialize<'de> for AuthorizeBatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BatchVisitor)
    }
}

struct BatchVisitor;

impl<'de> Visitor<'de> for BatchVisitor {
    type Value = AuthorizeBatch;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of questions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(AuthorizeBatch)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Named {
            requests: Vec<Authorize>,
        }
        Named::deserialize(MapAccessDeserializer::new(object)).map(|named| AuthorizeBatch(named.requests))
    }
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
    /// The approval this waits for, was denied by, or used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<DecisionApproval>,
    /// The agent of the chain at which it failed, where that is not the agent itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied_at: Option<AgentId>,
}

/// The permission that decided and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchedPermission {
    /// The agent whose permission it is.
    pub agent_id: AgentId,
    /// The delegation it was lent by, where the agent does not have it of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation_id: Option<DelegationId>,
    /// The permission.
    pub permission: Permission,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_a_list_or_a_list_under_its_name() {
        let one = r#"{"agentId":"a","action":"read","resource":"b"}"#;
        for body in [format!("[{one},{one}]"), format!(r#"{{"requests":[{one},{one}]}}"#)] {
            assert_eq!(serde_json::from_str::<AuthorizeBatch>(&body).unwrap().0.len(), 2, "{body}");
        }
        for body in ["3", "{}", r#"{"requests":[],"more":1}"#, r#"[{"action":"read"}]"#] {
            assert!(serde_json::from_str::<AuthorizeBatch>(body).is_err(), "{body}");
        }
    }
}
