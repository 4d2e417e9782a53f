//! What becomes of a question that needs an approval: it uses one up, or waits for one.
//!
//! All in the transaction of the decision's record. Questions of one agent come one after the other (they hold the same
//! key), so that of one question one approval is opened and no agent has more pending than it may. What an allowed call
//! takes from limits is looked at first and taken last: an approval is not used up by a call that a limit denies, and
//! a limit loses nothing to a call without an approval.

use super::digest::{self, Subject};
use super::{PURPOSE, notify, shown};
use crate::authorize::ask::Ask;
use crate::error::Result;
use crate::{Error, Kavach, seal};
use kavach_model::approval::{ApprovalStatus, DecisionApproval};
use kavach_model::permission::ReasonCode;
use kavach_model::{ApprovalId, Timestamp};
use kavach_store::{ApprovalRow, Charge, Conn, Redeem};

/// The answer to a question that needs an approval.
pub(crate) enum Answered {
    /// It is approved, and the charge at this place in the list denies it. Nothing was taken.
    Exceeded(usize),
    /// This is the decision.
    Decided {
        /// Why; the verdict follows from it.
        reason: ReasonCode,
        /// The approval that was used, is waited for, or says no.
        approval: Option<DecisionApproval>,
        /// Whether somebody is to be told.
        opened: bool,
    },
}

/// Uses an approval and takes the charges, or opens or finds the approval that is missing.
pub(crate) async fn redeem_or_open(
    kv: &Kavach,
    tx: &mut Conn,
    ask: &Ask,
    charges: &[Charge],
    now: Timestamp,
) -> Result<Answered> {
    tx.hold(&format!("approvals:{}", ask.agent_id), now).await?;
    let asked = row(kv, ask, now)?;
    let what = Redeem { digest: &asked.digest, grant_digest: &asked.grant_digest, units: asked.units };
    match tx.check_charges(charges, now).await? {
        Some(index) if tx.is_approved(&what, now).await? => return Ok(Answered::Exceeded(index)),
        // Without an approval it does not matter what is left of a limit.
        Some(_) => {}
        None => {
            if let Some(used) = tx.redeem_approval(&what, now).await? {
                tx.take_charges(charges, now).await?;
                metrics::counter!("kavach_approvals_total", "event" => "used").increment(1);
                return Ok(decided(kv, ReasonCode::Allowed, &used, now));
            }
        }
    }
    if let Some(standing) = tx.standing_approval(&asked.digest, now).await? {
        let denied = standing.stored_status == ApprovalStatus::Denied;
        let reason = if denied { ReasonCode::ApprovalDenied } else { ReasonCode::ApprovalRequired };
        return Ok(decided(kv, reason, &standing, now));
    }
    if tx.count_pending_approvals(ask.agent_id, now).await? >= u64::from(kv.config().approval.max_pending) {
        let reason = ReasonCode::TooManyApprovals;
        return Ok(Answered::Decided { reason, approval: None, opened: false });
    }
    if !tx.open_approval(&asked).await? {
        return Err(Error::Fault("an approval stands in the way of another".to_owned()));
    }
    notify::opened(kv, tx, &asked, now).await?;
    metrics::counter!("kavach_approvals_total", "event" => "opened").increment(1);
    let (reason, approval) = (ReasonCode::ApprovalRequired, Some(named(kv, &asked, now)));
    Ok(Answered::Decided { reason, approval, opened: true })
}

/// Opens the approval of a question that is asked for its own sake, and not for a decision: its name, unless too many of
/// the agent's wait already.
pub(crate) async fn open(
    kv: &Kavach,
    tx: &mut Conn,
    ask: &Ask,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<ApprovalId>> {
    tx.hold(&format!("approvals:{}", ask.agent_id), now).await?;
    if tx.count_pending_approvals(ask.agent_id, now).await? >= u64::from(kv.config().approval.max_pending) {
        return Ok(None);
    }
    let asked = ApprovalRow { expires_at, ..row(kv, ask, now)? };
    if !tx.open_approval(&asked).await? {
        return Err(Error::Fault("an approval stands in the way of another".to_owned()));
    }
    notify::opened(kv, tx, &asked, now).await?;
    metrics::counter!("kavach_approvals_total", "event" => "opened").increment(1);
    Ok(Some(asked.id))
}

/// Uses the yes to exactly that question up; false when somebody did.
pub(crate) async fn take(tx: &mut Conn, approved: &ApprovalRow, now: Timestamp) -> Result<bool> {
    // No standing grant stands in for it.
    let what = Redeem { digest: &approved.digest, grant_digest: "", units: approved.units };
    let taken = tx.redeem_approval(&what, now).await?.is_some();
    metrics::counter!("kavach_approvals_total", "event" => "used").increment(u64::from(taken));
    Ok(taken)
}

fn decided(kv: &Kavach, reason: ReasonCode, row: &ApprovalRow, now: Timestamp) -> Answered {
    Answered::Decided { reason, approval: Some(named(kv, row, now)), opened: false }
}

fn named(kv: &Kavach, row: &ApprovalRow, now: Timestamp) -> DecisionApproval {
    DecisionApproval {
        id: row.id,
        status: row.status(now),
        url: shown::url(kv.config(), row.id),
        expires_at: shown::ends_at(row),
    }
}

/// Whether an approval covers the question now; nothing is used up.
pub(crate) async fn is_approved(kv: &Kavach, conn: &mut Conn, ask: &Ask, now: Timestamp) -> Result<bool> {
    let asked = row(kv, ask, now)?;
    let what = Redeem { digest: &asked.digest, grant_digest: &asked.grant_digest, units: asked.units };
    Ok(conn.is_approved(&what, now).await?)
}

/// The approval that would be opened.
fn row(kv: &Kavach, ask: &Ask, now: Timestamp) -> Result<ApprovalRow> {
    let permissions_digest = digest::permissions(&ask.permissions)?;
    let arguments = ask.arguments.as_ref().map(digest::arguments).transpose()?;
    let (arguments, arguments_digest) = arguments.unzip();
    let subject = Subject {
        agent: ask.agent_id,
        chain: &ask.chain,
        action: &ask.action,
        resource: &ask.resource,
        permissions_digest: &permissions_digest,
    };
    let digest = subject.question(arguments_digest.as_deref(), ask.units)?;
    let grant_digest = subject.grant()?;
    Ok(ApprovalRow {
        id: ApprovalId::from_parts(now, crate::rng::array(kv.rng())),
        agent_id: ask.agent_id,
        sponsor_id: ask.sponsor_id,
        chain: ask.chain.clone(),
        action: ask.action.clone(),
        resource: ask.resource.clone(),
        arguments_sealed: arguments.map(|text| seal::seal(kv, PURPOSE, text.as_bytes())),
        arguments_digest,
        units: ask.units,
        permissions: ask.permissions.clone(),
        permissions_digest,
        digest,
        grant_digest,
        stored_status: ApprovalStatus::Pending,
        created_at: now,
        expires_at: now + kv.config().approval.life,
        decided_at: None,
        decided_by: None,
        reason: None,
        grant: None,
        uses_left: 0,
        redeem_by: None,
        used_at: None,
        receipt: None,
    })
}
