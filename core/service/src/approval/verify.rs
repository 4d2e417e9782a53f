//! Checks an approval against its digests without a running server: `kavach approval verify`.
//!
//! The digests show that the parts belong together. That a person agreed only a receipt shows, which a passkey signs;
//! this version stores none, and says so.

use super::digest::{self, Subject};
use super::shown;
use crate::Error;
use crate::audit::ledger::Ledger;
use crate::config::Config;
use crate::crypto::seal::SealKey;
use crate::error::Result;
use crate::instance_key;
use crate::rng::SystemRng;
use kavach_model::approval::Approval;
use kavach_model::{ApprovalId, ErrorCode, Timestamp};
use serde::Serialize;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Which approval.
    pub id: ApprovalId,
    /// What does not fit its digest; None when everything fits.
    pub problem: Option<String>,
    /// Whether the arguments were there to be checked.
    pub arguments_checked: bool,
    /// Whether there is a receipt of a passkey.
    pub receipt: bool,
}

/// An approval in the database of this configuration, also beside a running server.
pub async fn stored(config: &Config, id: ApprovalId, now: Timestamp) -> Result<Approval> {
    let ledger = Ledger::open(config).await?;
    let found = ledger.store().read().await?.find_approval(id).await;
    ledger.close().await;
    let row = found?.ok_or_else(|| Error::from(ErrorCode::NotFound))?;
    let key = SealKey::from_bytes(*instance_key::load(config, &SystemRng)?);
    shown::whole(config, &key, row, now)
}

/// Computes the digests anew from the parts.
pub fn check(approval: &Approval) -> Result<Report> {
    Ok(Report {
        id: approval.id,
        problem: problem(approval)?.map(str::to_owned),
        arguments_checked: approval.arguments.is_some() || approval.arguments_digest.is_none(),
        receipt: approval.receipt.is_some(),
    })
}

fn problem(approval: &Approval) -> Result<Option<&'static str>> {
    if let Some(arguments) = &approval.arguments
        && Some(digest::arguments(arguments)?.1) != approval.arguments_digest
    {
        return Ok(Some("the arguments are not those of argumentsDigest"));
    }
    if digest::permissions(&approval.permissions)? != approval.permissions_digest {
        return Ok(Some("the permissions are not those of permissionsDigest"));
    }
    let subject = Subject {
        agent: approval.agent_id,
        chain: &approval.chain,
        action: &approval.action,
        resource: &approval.resource,
        permissions_digest: &approval.permissions_digest,
    };
    let digest = subject.question(approval.arguments_digest.as_deref(), approval.units)?;
    Ok((digest != approval.digest).then_some("the question is not that of digest"))
}
