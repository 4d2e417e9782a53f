//! API keys: credentials of administrators and services, limited to scopes.

use crate::user::as_text;
use crate::{ApiKeyId, Timestamp, Token, UserId};
use serde::{Deserialize, Serialize};

/// What an API key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Scope {
    /// Read agents.
    #[serde(rename = "agents:read")]
    AgentsRead,
    /// Create, change and revoke agents.
    #[serde(rename = "agents:write")]
    AgentsWrite,
    /// Ask for decisions.
    #[serde(rename = "authorize")]
    Authorize,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Read people.
    #[serde(rename = "users:read")]
    UsersRead,
    /// List, create and revoke API keys of the same owner.
    #[serde(rename = "keys:write")]
    KeysWrite,
    /// Read metrics.
    #[serde(rename = "metrics")]
    Metrics,
}

as_text!(Scope {
    AgentsRead = "agents:read",
    AgentsWrite = "agents:write",
    Authorize = "authorize",
    AuditRead = "audit:read",
    UsersRead = "users:read",
    KeysWrite = "keys:write",
    Metrics = "metrics",
});

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 7] = [
        Self::AgentsRead,
        Self::AgentsWrite,
        Self::Authorize,
        Self::AuditRead,
        Self::UsersRead,
        Self::KeysWrite,
        Self::Metrics,
    ];
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Which key.
    pub id: ApiKeyId,
    /// On whose behalf it acts; it never reaches further than its owner.
    pub owner_id: UserId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// `kv_key_…` and the last four characters.
    pub token_preview: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Body of `POST /api-keys`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiKey {
    /// What it is for: 1 to 100 characters.
    pub name: String,
    /// What it may be used for; at least one.
    pub scopes: Vec<Scope>,
    /// When it stops working; 90 days from now when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A new API key with its secret, shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedApiKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// `kv_key_...`
    pub token: Token,
}
