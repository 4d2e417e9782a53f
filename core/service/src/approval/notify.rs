//! Who is told of approvals: the sponsor by mail, the operator's program by webhook, both through the outbox and in the
//! transaction that causes them. Neither carries arguments; those are shown to whoever signs in.

use super::shown;
use crate::Kavach;
use crate::deliver::outbox::{self, Notice};
use crate::deliver::webhook;
use crate::error::Result;
use kavach_model::approval::{ApprovalStatus, Grant};
use kavach_model::{AgentId, ApprovalId, PrincipalId, Timestamp, UserId};
use kavach_store::{ApprovalRow, Conn};
use serde::Serialize;

/// What a webhook says of an approval.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    id: ApprovalId,
    status: ApprovalStatus,
    agent_id: AgentId,
    sponsor_id: UserId,
    chain: &'a [PrincipalId],
    action: &'a str,
    resource: &'a str,
    arguments_digest: Option<&'a str>,
    units: u64,
    digest: &'a str,
    url: String,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<Grant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Tells that an approval waits.
pub(super) async fn opened(kv: &Kavach, tx: &mut Conn, row: &ApprovalRow, now: Timestamp) -> Result<()> {
    if let Some(address) = tx.notice_address(row.sponsor_id).await? {
        let link = shown::url(kv.config(), row.id);
        let valid_for = kv.config().approval.life;
        outbox::enqueue(kv, tx, Notice::ApprovalRequired { to: &address, link: &link, valid_for }, now)
            .await?;
    }
    tell(kv, tx, "approval.opened", row, now).await
}

/// Tells what somebody decided.
pub(super) async fn decided(kv: &Kavach, tx: &mut Conn, row: &ApprovalRow, now: Timestamp) -> Result<()> {
    let approved = row.stored_status == ApprovalStatus::Approved;
    tell(kv, tx, if approved { "approval.approved" } else { "approval.denied" }, row, now).await
}

async fn tell(kv: &Kavach, tx: &mut Conn, kind: &str, row: &ApprovalRow, now: Timestamp) -> Result<()> {
    let told = Told {
        id: row.id,
        status: row.status(now),
        agent_id: row.agent_id,
        sponsor_id: row.sponsor_id,
        chain: &row.chain,
        action: &row.action,
        resource: &row.resource,
        arguments_digest: row.arguments_digest.as_deref(),
        units: row.units,
        digest: &row.digest,
        url: shown::url(kv.config(), row.id),
        expires_at: shown::ends_at(row),
        decided_by: row.decided_by,
        grant: row.grant,
        reason: row.reason.as_deref(),
    };
    webhook::enqueue(kv, tx, kind, told, now).await
}

/// Wakes those who deliver, after the commit.
pub(crate) fn wake(kv: &Kavach) {
    kv.outbox_wake().notify_one();
    kv.webhook_wake().notify_one();
}
