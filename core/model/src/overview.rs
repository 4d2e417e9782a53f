//! What the first page of the console shows.

use crate::Timestamp;
use crate::agent::Agent;
use crate::audit::AuditRecord;
use serde::{Deserialize, Serialize};

/// The state of things at a glance, for an administrator over everything, for a member over their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Agents that work.
    pub agents_active: u64,
    /// Agents stopped for now.
    pub agents_suspended: u64,
    /// Agents stopped for good.
    pub agents_revoked: u64,
    /// Decisions of the last 24 hours that allowed.
    pub allowed_24h: u64,
    /// Decisions of the last 24 hours that denied.
    pub denied_24h: u64,
    /// The same by the hour, oldest first; 24 entries.
    pub hours: Vec<Hour>,
    /// The newest denials.
    pub recent_denials: Vec<AuditRecord>,
    /// Agents that expire within a week.
    pub expiring_soon: Vec<Agent>,
    /// Whether this covers the whole instance.
    pub scope_all: bool,
}

/// Decisions of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hour {
    /// When the hour begins.
    pub at: Timestamp,
    /// Decisions that allowed.
    pub allowed: u64,
    /// Decisions that denied.
    pub denied: u64,
}
