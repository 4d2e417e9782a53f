//! What travels about the audit log as a whole: its signed state, and proofs over it.
//!
//! Hashes are base64, as in the C2SP formats a checkpoint follows (signed note, tlog-checkpoint).

use crate::{AuditId, Timestamp};
use serde::{Deserialize, Serialize};

/// The state of the log at one moment, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// Records in the log.
    pub size: u64,
    /// Root of the RFC 6962 tree over them, base64.
    pub root: String,
    /// The signed note itself. Keep it: with it a log that was cut or rewritten later is found out.
    pub note: String,
    /// What verifies the note, in the form of a C2SP verifier key.
    pub key: String,
    /// When it was made.
    pub at: Timestamp,
}

/// Shows that one record is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InclusionProof {
    /// The record; absent where it was archived and only its hash is still in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<AuditId>,
    /// Its position, from 1; the index of its leaf is one less.
    pub seq: i64,
    /// SHA-256 of 0x00 and the stored text of the record, base64.
    pub leaf_hash: String,
    /// Records in the tree it is proven in.
    pub size: u64,
    /// Root of that tree, base64.
    pub root: String,
    /// The hashes on the way from the leaf to the root (RFC 9162 section 2.1.3), base64.
    pub proof: Vec<String>,
    /// The signed note over this size and root, where one was made.
    pub note: Option<String>,
}

/// Shows that the log only grew between two sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsistencyProof {
    /// The earlier size.
    pub from: u64,
    /// The later size.
    pub to: u64,
    /// Root of the earlier tree, base64.
    pub from_root: String,
    /// Root of the later tree, base64.
    pub to_root: String,
    /// The hashes that join both (RFC 9162 section 2.1.4), base64.
    pub proof: Vec<String>,
    /// The signed note over the later size and root, where one was made.
    pub note: Option<String>,
}
