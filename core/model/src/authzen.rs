//! Bodies of the OpenID AuthZEN Authorization API 1.0: the same questions by another door.
//!
//! A subject is an agent by its identifier, a resource our path: its first segment is the `type`, what follows the `id`.
//! Members this version does not know are left out of account, as the specification has it.

use crate::permission::ReasonCode;
use crate::{AgentId, AuditId, PrincipalId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Who asks.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct Subject {
    /// `agent`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The agent's identifier.
    pub id: String,
    /// `delegation.chain`: on whose behalf, from the person down to the agent. Where it is there it must be true.
    #[serde(default)]
    pub properties: Option<SubjectProperties>,
}

/// What else is said of a subject.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
pub struct SubjectProperties {
    /// On whose behalf it acts.
    #[serde(default)]
    pub delegation: Option<Delegation>,
}

/// On whose behalf an agent acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Delegation {
    /// From the person who answers for it down to the agent itself.
    pub chain: Vec<PrincipalId>,
}

/// What it wants to do.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct Action {
    /// The action.
    pub name: String,
    /// The arguments of the call.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Map<String, Value>>,
}

/// To what.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct Resource {
    /// The first segment, like `mcp`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The segments after it, like `github:repos`.
    pub id: String,
}

/// Body of `POST /access/v1/evaluation`.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct Evaluation {
    /// Who asks.
    pub subject: Subject,
    /// What it wants to do.
    pub action: Action,
    /// To what.
    pub resource: Resource,
    /// `ip`: the address the call comes from. All of it can be found again in the audit log; at most 4 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Map<String, Value>>,
}

/// Body of `POST /access/v1/evaluations`: what is missing in one is taken from the top.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct Evaluations {
    /// Who asks.
    #[serde(default)]
    pub subject: Option<Subject>,
    /// What it wants to do.
    #[serde(default)]
    pub action: Option<Action>,
    /// To what.
    #[serde(default)]
    pub resource: Option<Resource>,
    /// Anything to find again.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Map<String, Value>>,
    /// 1 to 100 questions; without any, the members above are the one question.
    #[serde(default)]
    pub evaluations: Vec<PartialEvaluation>,
    /// How far to go.
    #[serde(default)]
    pub options: Options,
}

/// One question of several.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
pub struct PartialEvaluation {
    /// Who asks.
    #[serde(default)]
    pub subject: Option<Subject>,
    /// What it wants to do.
    #[serde(default)]
    pub action: Option<Action>,
    /// To what.
    #[serde(default)]
    pub resource: Option<Resource>,
    /// Anything to find again.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Map<String, Value>>,
}

/// How several questions are answered.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
pub struct Options {
    /// Whether to stop at the first answer of a kind.
    #[serde(default)]
    pub evaluations_semantic: Semantic,
}

/// How far several questions are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All of them.
    #[default]
    ExecuteAll,
    /// Up to the first that is denied.
    DenyOnFirstDeny,
    /// Up to the first that is permitted.
    PermitOnFirstPermit,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EvaluationResult {
    /// Whether the agent may.
    pub decision: bool,
    /// What else there is to say.
    pub context: ResultContext,
}

/// What else there is to say about an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResultContext {
    /// The record of this decision.
    pub audit_id: AuditId,
    /// Why, for programs.
    pub reason_code: ReasonCode,
    /// Why, for people.
    pub reason: String,
    /// The agent of the chain at which it failed, where that is not the agent itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied_at: Option<AgentId>,
    /// Where to approve it, where a person must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_url: Option<String>,
}

/// Answers to several questions, in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EvaluationResults {
    /// As many as were answered.
    pub evaluations: Vec<EvaluationResult>,
}

/// The answer to `GET /.well-known/authzen-configuration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Configuration {
    /// Who decides: our public address.
    pub policy_decision_point: String,
    /// Where one question is asked.
    pub access_evaluation_endpoint: String,
    /// Where several are.
    pub access_evaluations_endpoint: String,
}
