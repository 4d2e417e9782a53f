//! An approval as it is shown, and whether what is shown is what was asked.

use super::PURPOSE;
use super::digest::{self, Subject};
use crate::Error;
use crate::config::Config;
use crate::crypto::seal::SealKey;
use crate::error::Result;
use kavach_model::approval::Approval;
use kavach_model::{ApprovalId, Timestamp};
use kavach_store::ApprovalRow;
use serde_json::{Map, Value};

/// Where a person decides, as mails and answers name it.
pub(super) fn url(config: &Config, id: ApprovalId) -> String {
    format!("{}/approve/{id}", config.public_url)
}

/// Until when it can be decided, or used.
pub(super) fn ends_at(row: &ApprovalRow) -> Timestamp {
    row.redeem_by.unwrap_or(row.expires_at)
}

/// The approval without its arguments.
pub(super) fn summary(config: &Config, row: ApprovalRow, now: Timestamp) -> Approval {
    Approval {
        id: row.id,
        status: row.status(now),
        agent_id: row.agent_id,
        sponsor_id: row.sponsor_id,
        chain: row.chain,
        action: row.action,
        resource: row.resource,
        arguments: None,
        arguments_digest: row.arguments_digest,
        units: row.units,
        permissions: row.permissions,
        permissions_digest: row.permissions_digest,
        digest: row.digest,
        url: url(config, row.id),
        created_at: row.created_at,
        expires_at: row.expires_at,
        decided_at: row.decided_at,
        decided_by: row.decided_by,
        reason: row.reason,
        grant: row.grant,
        uses_left: row.uses_left,
        redeem_by: row.redeem_by,
        used_at: row.used_at,
        receipt: row.receipt,
    }
}

/// The approval in full.
pub(super) fn whole(config: &Config, key: &SealKey, row: ApprovalRow, now: Timestamp) -> Result<Approval> {
    let arguments = arguments(key, &row)?;
    Ok(Approval { arguments, ..summary(config, row, now) })
}

/// Refuses an approval whose parts are not those its digests name: people must decide about what was asked.
pub(super) fn require_intact(key: &SealKey, row: &ApprovalRow) -> Result<()> {
    let altered =
        |part: &str| Err(Error::Fault(format!("approval {}: {part} is not what was asked", row.id)));
    let digest = arguments(key, row)?.as_ref().map(digest::arguments).transpose()?.map(|(_, digest)| digest);
    if digest != row.arguments_digest {
        return altered("its arguments");
    }
    if digest::permissions(&row.permissions)? != row.permissions_digest {
        return altered("its list of permissions");
    }
    let subject = Subject {
        agent: row.agent_id,
        chain: &row.chain,
        action: &row.action,
        resource: &row.resource,
        permissions_digest: &row.permissions_digest,
    };
    if subject.question(row.arguments_digest.as_deref(), row.units)? != row.digest
        || subject.grant()? != row.grant_digest
    {
        return altered("its question");
    }
    Ok(())
}

fn arguments(key: &SealKey, row: &ApprovalRow) -> Result<Option<Map<String, Value>>> {
    let Some(sealed) = &row.arguments_sealed else { return Ok(None) };
    let opened = key.open(PURPOSE, sealed).and_then(|text| serde_json::from_slice(&text).ok());
    let unreadable = || Error::Fault(format!("approval {}: sealed under another instance key", row.id));
    opened.map(Some).ok_or_else(unreadable)
}
