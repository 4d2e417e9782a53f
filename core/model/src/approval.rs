//! Approvals: what an agent asked for and a person must answer.
//!
//! An approval is bound to one question to the letter: agent, chain, action, resource, arguments, units and the
//! permissions that decided. Used once, or within a standing grant the person chose.

use crate::authorize::MatchedPermission;
use crate::passkey::PasskeyAssertion;
use crate::user::as_text;
use crate::{AgentId, ApprovalId, PrincipalId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Seconds between two questions for the state of an approval.
pub const POLL_INTERVAL: u64 = 5;
/// Most uses of a standing grant.
pub const MAX_USES: u32 = 100;
/// Most minutes of a standing grant.
pub const MAX_MINUTES: u32 = 1_440;

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Nobody has answered yet.
    Pending,
    /// Approved, and not used up.
    Approved,
    /// A person said no.
    Denied,
    /// Nobody answered in time, or it was not used in time.
    Expired,
    /// Approved and used up.
    Consumed,
}

as_text!(ApprovalStatus {
    Pending = "pending",
    Approved = "approved",
    Denied = "denied",
    Expired = "expired",
    Consumed = "consumed",
});

/// An approval as the people who may decide see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Which.
    pub id: ApprovalId,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// Who asked.
    pub agent_id: AgentId,
    /// The person who answers for the agent.
    pub sponsor_id: UserId,
    /// From that person down to the agent.
    pub chain: Vec<PrincipalId>,
    /// What it wants to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// The arguments of the call in full, where one approval is looked at; lists leave them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<serde_json::Map<String, serde_json::Value>>,
    /// SHA-256 of the canonical arguments, in hexadecimal; null when the call has none.
    pub arguments_digest: Option<String>,
    /// Units of a budget it takes.
    pub units: u64,
    /// The permissions that decided, of every link, as they were written.
    pub permissions: Vec<MatchedPermission>,
    /// SHA-256 of those permissions, in hexadecimal.
    pub permissions_digest: String,
    /// SHA-256 of the whole question, in hexadecimal.
    pub digest: String,
    /// Where a person decides.
    pub url: String,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Until when it can be decided.
    pub expires_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Why it was denied, as far as the person said.
    pub reason: Option<String>,
    /// The standing grant the person chose instead of a single use.
    pub grant: Option<Grant>,
    /// Uses that are left.
    pub uses_left: u32,
    /// Until when it can be used.
    pub redeem_by: Option<Timestamp>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
    /// What a passkey signed, where one did.
    pub receipt: Option<Receipt>,
}

impl Approval {
    /// Whether an agent asks to act for its person (OpenID CIBA): no permission stands behind that.
    pub fn is_for_a_person(&self) -> bool {
        self.permissions.is_empty()
    }
}

/// What a passkey signed when it approved: a WebAuthn assertion whose challenge follows from the approval's identifier, its
/// digest and its grant. All parts are base64url
/// without padding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// Which passkey.
    pub credential_id: String,
    /// Its public key, as COSE writes it.
    pub public_key: String,
    /// The authenticator data.
    pub authenticator_data: String,
    /// The client data, which holds the challenge.
    pub client_data_json: String,
    /// The signature over both.
    pub signature: String,
}

/// A standing grant: the same agent, action, resource and permissions, with any arguments and at most the units that
/// were approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// How often: 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    pub uses: u32,
    /// For how long: 1 to 1,440 minutes.
    #[schema(minimum = 1, maximum = 1_440)]
    pub minutes: u32,
}

/// Body of `POST /approvals/:id/approve`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approve {
    /// A standing grant; exactly that call, once, when absent.
    #[serde(default)]
    pub grant: Option<Grant>,
    /// What a passkey signed, for options of `POST /approvals/:id/approve/options` with the same grant.
    #[serde(default)]
    pub passkey: Option<PasskeyAssertion>,
}

/// Body of `POST /approvals/:id/approve/options`.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApproveOptions {
    /// The standing grant that is to be signed.
    #[serde(default)]
    pub grant: Option<Grant>,
}

/// Body of `POST /approvals/:id/deny`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deny {
    /// Why, for the agent and the log: at most 500 characters.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Answer to `GET /approvals/:id/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalState {
    /// Which.
    pub id: ApprovalId,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// When it stops being what it is: until then it can be decided, or used.
    pub expires_at: Timestamp,
    /// Why it was denied, as far as the person said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Seconds to wait before asking again.
    pub interval: u64,
}

/// An approval as a decision names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionApproval {
    /// Which.
    pub id: ApprovalId,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// Where a person decides.
    pub url: String,
    /// Until when it can be decided, or used.
    pub expires_at: Timestamp,
}

/// Which approvals to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ApprovalFilter {
    /// Only those that stand here.
    pub status: Option<ApprovalStatus>,
    /// Only those this agent asked for.
    pub agent: Option<AgentId>,
}
