//! What a person may know of their own account, take along, and end.

use crate::Timestamp;
use crate::agent::Agent;
use crate::api_key::ApiKey;
use crate::audit::AuditRecord;
use crate::identity::Identity;
use crate::passkey::Passkey;
use crate::session::Session;
use crate::two_step::TwoStep;
use crate::user::User;
use serde::{Deserialize, Serialize};

/// Where a person stands with passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordState {
    /// Whether there is one.
    pub set: bool,
    /// Whether it became known in a data breach since it was chosen.
    pub breached: bool,
}

/// Answer to `GET /account/export`: everything that is kept of a person, but no secret.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountExport {
    /// When it was put together.
    pub exported_at: Timestamp,
    /// The account.
    pub user: User,
    /// Whether there is a password, which itself is not known.
    pub password: PasswordState,
    /// Passkeys, newest first; what they sign with is not known here.
    pub passkeys: Vec<Passkey>,
    /// Accounts at providers and wallets that are ways into the account, oldest first.
    pub identities: Vec<Identity>,
    /// Since when there is a second step, and how many backup codes are left; none of the codes.
    pub two_step: TwoStep,
    /// Live sessions, newest first.
    pub sessions: Vec<Session>,
    /// Live API keys, newest first.
    pub api_keys: Vec<ApiKey>,
    /// Every agent the person answers for, newest first.
    pub agents: Vec<Agent>,
    /// What happened to the account, newest first: every record of it but decisions, which `GET /audit/export` has.
    pub activity: Vec<AuditRecord>,
    /// Whether there is more activity than fits into one answer.
    pub activity_truncated: bool,
}

/// Body of `DELETE /account`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteAccount {
    /// The account's e-mail address, else its user name, else its identifier, so that nobody deletes another by mistake.
    pub account: String,
}
