//! Approvals: people say yes or no to what an agent asked, and the agent learns of it.
//!
//! Opening and using them is a part of a decision ([`redeem`]); here is what people and waiting agents do. Only a person
//! in a fresh session decides, or one whose passkey signs the very answer: no API key and no agent ever. An approval out of reach looks like one that does not
//! exist.

mod digest;
pub mod inbox;
pub(crate) mod notify;
mod receipt;
pub(crate) mod redeem;
mod shown;
pub mod verify;

pub(crate) use digest::exact;

use crate::audit;
use crate::context::{Caller, Reach, RequestContext};
use crate::error::Result;
use crate::{Error, Kavach, names};
use kavach_model::api_key::Scope;
use kavach_model::approval::{
    Approval, ApprovalFilter, ApprovalState, Approve, ApproveOptions, Deny, Grant, MAX_MINUTES, MAX_USES,
    POLL_INTERVAL,
};
use kavach_model::audit::AuditKind;
use kavach_model::passkey::PasskeyOptions;
use kavach_model::{ApiError, ApprovalId, ErrorCode, Page, PageRequest};
use kavach_store::{Allowance, ApprovalRow, Decided};
use std::time::Duration;

/// What arguments are sealed for.
const PURPOSE: &str = "approval";
const LONGEST_REASON: usize = 500;
/// Longer than any approval lives.
const LONGEST_LIFE: Duration = Duration::from_secs(8 * 86_400);

/// Approvals the person of the session may see, newest first, without arguments.
pub async fn list(
    kv: &Kavach,
    cx: &RequestContext,
    filter: &ApprovalFilter,
    page: &PageRequest,
) -> Result<Page<Approval>> {
    let reach = reach(cx)?;
    let now = kv.clock().now();
    let rows = kv.store().read().await?.list_approvals(reach.sponsor(), filter, now, page).await?;
    Ok(rows.map(|row| shown::summary(kv.config(), row, now)))
}

/// How many approvals wait for the person of the session; at most 100.
pub async fn count_waiting(kv: &Kavach, cx: &RequestContext) -> Result<u64> {
    let reach = reach(cx)?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    Ok(conn.count_waiting_approvals(reach.sponsor(), now - LONGEST_LIFE, now).await?)
}

/// One approval the person of the session may see, with its arguments.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: ApprovalId) -> Result<Approval> {
    let reach = reach(cx)?;
    let row = visible(kv.store().read().await?.find_approval(id).await?, reach)?;
    shown::require_intact(kv.seal_key(), &row)?;
    shown::whole(kv.config(), kv.seal_key(), row, kv.clock().now())
}

/// Where an approval stands: for the agent that asked, and for the people and programs who may ask for it. Whoever asks
/// sooner than the interval after the last time is told to slow down.
pub async fn status(kv: &Kavach, cx: &RequestContext, id: ApprovalId) -> Result<ApprovalState> {
    let may_see: &(dyn Fn(&ApprovalRow) -> bool + Sync) = match &cx.caller {
        Caller::Agent(agent) => &|row| row.agent_id == agent.agent_id,
        _ => {
            let reach = cx.require_reach(Scope::Authorize)?;
            &move |row| reach.covers(row.sponsor_id)
        }
    };
    let found = kv.store().read().await?.find_approval(id).await?.filter(may_see);
    let row = found.ok_or_else(|| Error::from(ErrorCode::NotFound))?;
    let now = kv.clock().now();
    let asker = cx.actor_id().map(|actor| actor.to_string()).unwrap_or_default();
    let key = format!("approval:{id}:{asker}");
    let poll = Allowance { key: &key, interval: Duration::from_secs(POLL_INTERVAL), burst: 1 };
    if let Err(wait) = kv.store().write_count().await?.take_rate_limits(&[poll], now).await? {
        return Err(ApiError::slow_down(wait.as_millis().div_ceil(1_000) as u64).into());
    }
    Ok(ApprovalState {
        id,
        status: row.status(now),
        expires_at: shown::ends_at(&row),
        reason: row.reason,
        interval: POLL_INTERVAL,
    })
}

/// Approves exactly what was asked, once, or as a standing grant.
pub async fn approve(kv: &Kavach, cx: &RequestContext, id: ApprovalId, request: Approve) -> Result<Approval> {
    check(request.grant)?;
    let held = match &request.passkey {
        Some(answer) => {
            let caller = cx.require_session()?;
            let question = visible(kv.store().read().await?.find_approval(id).await?, reach(cx)?)?.digest;
            Some(receipt::take(kv, caller, id, &question, request.grant, answer).await?)
        }
        None if kv.config().approval.require_passkey => {
            cx.require_session()?;
            return Err(ErrorCode::PasskeyRequired.into());
        }
        None => None,
    };
    decide(kv, cx, id, Answer::Yes(request.grant, held.map(Box::new))).await
}

/// What the person of the session signs with a passkey to approve it so far.
pub async fn approve_options(
    kv: &Kavach,
    cx: &RequestContext,
    id: ApprovalId,
    request: ApproveOptions,
) -> Result<PasskeyOptions> {
    check(request.grant)?;
    let reach = reach(cx)?;
    let row = visible(kv.store().read().await?.find_approval(id).await?, reach)?;
    shown::require_intact(kv.seal_key(), &row)?;
    receipt::options(kv, cx, id, &row.digest, request.grant).await
}

fn check(grant: Option<Grant>) -> Result<()> {
    let Some(Grant { uses, minutes }) = grant else { return Ok(()) };
    let check = |field: &str, value: u32, most: u32| match value {
        value if (1..=most).contains(&value) => Ok(()),
        _ => Err(ApiError::invalid(field, format_args!("must be 1 to {most}"))),
    };
    check("grant.uses", uses, MAX_USES)?;
    Ok(check("grant.minutes", minutes, MAX_MINUTES)?)
}

/// Denies what was asked; the same question is denied until the approval would have expired.
pub async fn deny(kv: &Kavach, cx: &RequestContext, id: ApprovalId, request: Deny) -> Result<Approval> {
    let reason = request.reason.map(|reason| names::parse("reason", &reason, LONGEST_REASON)).transpose()?;
    decide(kv, cx, id, Answer::No(reason)).await
}

enum Answer {
    Yes(Option<Grant>, Option<Box<receipt::Held>>),
    No(Option<String>),
}

async fn decide(kv: &Kavach, cx: &RequestContext, id: ApprovalId, answer: Answer) -> Result<Approval> {
    // Whoever just signed this very answer need not prove again who they are.
    let caller = match &answer {
        Answer::Yes(_, Some(_)) => cx.require_session()?,
        _ => cx.require_fresh()?,
    };
    let reach = reach(cx)?;
    let now = kv.clock().now();
    let decided = Decided {
        by: caller.user.id,
        session: caller.session.id,
        approved: false,
        reason: None,
        grant: None,
        redeem_by: None,
        receipt: None,
    };
    let decided = match &answer {
        Answer::No(reason) => Decided { reason: reason.as_deref(), ..decided },
        Answer::Yes(grant, held) => {
            let life = match grant {
                Some(grant) => Duration::from_secs(60 * u64::from(grant.minutes)),
                None => kv.config().approval.redeem_within,
            };
            Decided {
                approved: true,
                grant: *grant,
                redeem_by: Some(now + life),
                receipt: held.as_ref().map(|held| &held.receipt),
                ..decided
            }
        }
    };
    let mut tx = kv.store().write().await?;
    let before = visible(tx.find_approval(id).await?, reach)?;
    shown::require_intact(kv.seal_key(), &before)?;
    // No permission stands behind an agent that asks to act for its person: that is agreed to each time.
    if matches!(answer, Answer::Yes(Some(_), _)) && before.permissions.is_empty() {
        return Err(ApiError::invalid("grant", "acting for a person is approved once").into());
    }
    if let Answer::Yes(_, Some(held)) = &answer
        && !held.signed.note(&mut tx, now).await?
    {
        return Err(ErrorCode::PasskeyInvalid.into());
    }
    let Some(row) = tx.decide_approval(id, &decided, now).await? else {
        // Somebody else was first, or time was.
        let after = visible(tx.find_approval(id).await?, reach)?;
        let status = after.status(now).as_str();
        return Err(ApiError::new(ErrorCode::Conflict)
            .message(format!("This approval is {status} and can not be decided any more."))
            .into());
    };
    notify::decided(kv, &mut tx, &row, now).await?;
    let kind = if decided.approved { AuditKind::ApprovalApproved } else { AuditKind::ApprovalDenied };
    let mut event = cx.event(kind, now);
    event.agent_id = Some(row.agent_id);
    event.chain.clone_from(&row.chain);
    event.action = Some(row.action.clone());
    event.resource = Some(row.resource.clone());
    event.arguments_digest.clone_from(&row.arguments_digest);
    event.approval_id = Some(row.id);
    event.context = context(&row);
    tx.append_audit(&[audit::draft(kv, event, Some(row.sponsor_id))]).await?;
    tx.commit().await?;
    metrics::counter!("kavach_approvals_total", "event" => row.stored_status.as_str()).increment(1);
    notify::wake(kv);
    shown::whole(kv.config(), kv.seal_key(), row, now)
}

/// What the record of a decision says beside what was decided.
fn context(row: &ApprovalRow) -> Option<serde_json::Map<String, serde_json::Value>> {
    let mut context = serde_json::Map::new();
    context.insert("digest".to_owned(), row.digest.clone().into());
    if let Some(Grant { uses, minutes }) = row.grant {
        context.insert("grant".to_owned(), serde_json::json!({ "uses": uses, "minutes": minutes }));
    }
    if let Some(receipt) = &row.receipt {
        context.insert("passkey".to_owned(), receipt.credential_id.clone().into());
    }
    if let Some(reason) = &row.reason {
        context.insert("reason".to_owned(), reason.clone().into());
    }
    Some(context)
}

/// How far the person of the session sees; arguments are for people, so no key and no agent gets here.
fn reach(cx: &RequestContext) -> Result<Reach> {
    cx.require_session()?;
    cx.require_reach(Scope::AuditRead)
}

fn visible(row: Option<ApprovalRow>, reach: Reach) -> Result<ApprovalRow> {
    row.filter(|row| reach.covers(row.sponsor_id)).ok_or_else(|| ErrorCode::NotFound.into())
}
