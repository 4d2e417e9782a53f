//! The kill switch: for a person who just proved who they are, and stops at once.

use super::{record_stopped, visible};
use crate::Kavach;
use crate::audit;
use crate::context::{Caller, Reach, RequestContext};
use crate::error::Result;
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::kill_switch::{KillSwitch, Killed, Stop};
use kavach_model::permission::ResourcePattern;
use kavach_model::{ErrorCode, PrincipalId, StopId, Timestamp, UserId};
use kavach_store::{Branch, Conn};

/// Stops what the scope names.
pub async fn pull(kv: &Kavach, cx: &RequestContext, request: KillSwitch) -> Result<Killed> {
    cx.require_fresh()?;
    let reach = cx.require_reach(Scope::AgentsWrite)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    let killed = match request {
        KillSwitch::Agent { agent_id, revoke } => {
            let sponsor = visible(tx.find_agent(agent_id).await?, reach)?.sponsor_id;
            // Nothing may live below an agent that is revoked.
            let branch = if revoke { Branch::From(agent_id) } else { Branch::Only(agent_id) };
            stop(kv, cx, &mut tx, branch, sponsor, revoke, now).await?
        }
        KillSwitch::Subtree { agent_id, revoke } => {
            let sponsor = visible(tx.find_agent(agent_id).await?, reach)?.sponsor_id;
            stop(kv, cx, &mut tx, Branch::From(agent_id), sponsor, revoke, now).await?
        }
        KillSwitch::Owner { owner_id: PrincipalId::Agent(agent), revoke } => {
            let sponsor = visible(tx.find_agent(agent).await?, reach)?.sponsor_id;
            stop(kv, cx, &mut tx, Branch::Below(agent), sponsor, revoke, now).await?
        }
        KillSwitch::Owner { owner_id: PrincipalId::User(person), revoke } => {
            if !reach.covers(person) || tx.find_user(person).await?.is_none() {
                return Err(ErrorCode::NotFound.into());
            }
            stop(kv, cx, &mut tx, Branch::Of(person), person, revoke, now).await?
        }
        KillSwitch::Resource { resource } => hold(kv, cx, &mut tx, resource, reach, now).await?,
        KillSwitch::All {} => {
            let everything = "*".parse().map_err(|_| ErrorCode::Internal)?;
            hold(kv, cx, &mut tx, everything, reach, now).await?
        }
    };
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(killed)
}

/// What is stopped now on resources, newest first; for administrators.
pub async fn list(kv: &Kavach, cx: &RequestContext) -> Result<Vec<Stop>> {
    cx.require_admin(Scope::AgentsRead)?;
    Ok(kv.store().read().await?.list_stops().await?)
}

/// Lets what was stopped on a resource go on.
pub async fn lift(kv: &Kavach, cx: &RequestContext, id: StopId) -> Result<Stop> {
    cx.require_fresh_admin()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let stop = tx.lift_stop(id, now).await?.ok_or(ErrorCode::NotFound)?;
    record(kv, cx, &mut tx, AuditKind::KillSwitchLifted, &stop, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(stop)
}

async fn stop(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    branch: Branch,
    sponsor: UserId,
    revoke: bool,
    now: Timestamp,
) -> Result<Killed> {
    let (stopped, kind) = if revoke {
        (tx.revoke_branch(branch, now).await?, AuditKind::AgentRevoked)
    } else {
        (tx.suspend_branch(branch, now).await?, AuditKind::AgentSuspended)
    };
    let mut event = cx.event(AuditKind::KillSwitchUsed, now);
    event.user_id = Some(sponsor);
    tx.append_audit(&[audit::draft(kv, event, Some(sponsor))]).await?;
    record_stopped(kv, cx, tx, kind, sponsor, &stopped, now).await?;
    Ok(Killed { agents: stopped.agents.len() as u64, tokens: stopped.tokens, stop: None })
}

/// Holds everything on a pattern, whoever's agents want it; only administrators may.
async fn hold(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    resource: ResourcePattern,
    reach: Reach,
    now: Timestamp,
) -> Result<Killed> {
    if reach != Reach::All {
        return Err(ErrorCode::Forbidden.into());
    }
    let id = StopId::from_parts(now, crate::rng::array(kv.rng()));
    let stop = Stop { id, resource, created_by: cx.actor_id(), created_at: now };
    tx.insert_stop(&stop).await?;
    record(kv, cx, tx, AuditKind::KillSwitchUsed, &stop, now).await?;
    Ok(Killed { agents: 0, tokens: 0, stop: Some(stop) })
}

async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    stop: &Stop,
    now: Timestamp,
) -> Result<()> {
    let mut event = cx.event(kind, now);
    if let Caller::Session(caller) = &cx.caller {
        event.user_id = Some(caller.user.id);
    }
    event.resource = Some(stop.resource.to_string());
    Ok(tx.append_audit(&[audit::draft(kv, event, cx.sponsor_id())]).await?)
}
