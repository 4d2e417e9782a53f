//! Delegations: an agent lends permissions to another for a time, and takes them back.

use crate::agent::chain::exceeds;
use crate::agent::{check_expiry, check_permissions, visible};
use crate::context::{Caller, Reach, RequestContext};
use crate::error::Result;
use crate::idempotency::{self, Held};
use crate::{Error, Kavach, audit};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::delegation::{CreateDelegation, Delegation, DelegationFilter};
use kavach_model::permission::{NotContained, Permission, is_subset_of};
use kavach_model::{
    AgentId, ApiError, DelegationId, ErrorCode, Page, PageRequest, PrincipalId, Timestamp, UserId,
};
use kavach_store::{AgentRow, Conn};

/// Lends permissions, at most once for an Idempotency-Key.
pub async fn create(
    kv: &Kavach,
    cx: &RequestContext,
    request: CreateDelegation,
    key: Option<&Held>,
) -> Result<Delegation> {
    let from = lender(cx, request.from_agent)?;
    let now = kv.clock().now();
    if request.permissions.is_empty() {
        return Err(ApiError::invalid("permissions", "must list at least one").into());
    }
    let permissions = check_permissions(cx, request.permissions)?;
    let most = kv.config().agent.max_depth;
    let max_depth = request.max_depth.unwrap_or(0);
    if max_depth > most {
        return Err(ApiError::invalid("maxDepth", format_args!("must be at most {most}")).into());
    }
    let expires_at = check_expiry(request.expires_at, now)?;
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    let lender = working(&mut tx, cx, from, "fromAgent", now).await?;
    let borrower = working(&mut tx, cx, request.to_agent, "toAgent", now).await?;
    if lender.id == borrower.id || tx.hangs_on(lender.id, borrower.id).await? {
        let why = "would close a circle: the lender's own rights hang on this agent";
        return Err(ApiError::invalid("toAgent", why).into());
    }
    // Else the one would answer for what the other's agents may do.
    if lender.sponsor_id != borrower.sponsor_id {
        return Err(ApiError::invalid("toAgent", "is an agent somebody else answers for").into());
    }
    check_lendable(&mut tx, &lender, &permissions, max_depth, now).await?;
    let delegation = Delegation {
        id: DelegationId::from_parts(now, crate::rng::array(kv.rng())),
        from_agent: lender.id,
        to_agent: borrower.id,
        sponsor_id: lender.sponsor_id,
        permissions,
        max_depth,
        expires_at,
        created_by: cx.actor_id(),
        created_at: now,
        revoked_at: None,
    };
    tx.insert_delegation(&delegation).await?;
    tx.touch_dependents(borrower.id).await?;
    idempotency::answer(kv, &mut tx, key, &delegation).await?;
    record(kv, cx, &mut tx, AuditKind::DelegationCreated, &delegation, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(delegation)
}

/// Delegations of the agents the caller answers for; an agent sees what it lends and borrows itself.
pub async fn list(
    kv: &Kavach,
    cx: &RequestContext,
    filter: DelegationFilter,
    page: &PageRequest,
) -> Result<Page<Delegation>> {
    let sponsor = match &cx.caller {
        Caller::Agent(agent) => {
            let own = Some(agent.agent_id);
            if filter.from != own && filter.to != own {
                return Err(ApiError::invalid("from", "or to must name the agent that asks").into());
            }
            None
        }
        _ => cx.require_reach(Scope::AgentsRead)?.sponsor(),
    };
    let now = kv.clock().now();
    Ok(kv.store().read().await?.list_delegations(sponsor, filter, now, page).await?)
}

/// Takes a delegation back; asking again changes nothing.
pub async fn revoke(kv: &Kavach, cx: &RequestContext, id: DelegationId) -> Result<Delegation> {
    let now = kv.clock().now();
    // Who may not ask at all does not get as far as the agents' lock.
    let reach = match &cx.caller {
        Caller::Agent(_) => None,
        _ => Some(cx.require_reach(Scope::AgentsWrite)?),
    };
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    let mut delegation = tx.find_delegation(id).await?.ok_or(ErrorCode::NotFound)?;
    let reached = match (&cx.caller, reach) {
        (Caller::Agent(agent), _) => agent.agent_id == delegation.from_agent,
        (_, Some(reach)) => reach.covers(delegation.sponsor_id),
        (_, None) => false,
    };
    if !reached {
        return Err(ErrorCode::NotFound.into());
    }
    if tx.revoke_delegation(id, now).await? {
        delegation.revoked_at = Some(now);
        tx.touch_dependents(delegation.to_agent).await?;
        record(kv, cx, &mut tx, AuditKind::DelegationRevoked, &delegation, now).await?;
    }
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(delegation)
}

/// Who lends: whom the request names, else the agent that asks, which speaks for nobody else.
fn lender(cx: &RequestContext, named: Option<AgentId>) -> Result<AgentId> {
    match (&cx.caller, named) {
        (Caller::Agent(agent), None) => Ok(agent.agent_id),
        (Caller::Agent(agent), Some(named)) if agent.agent_id == named => Ok(named),
        (Caller::Agent(_), Some(_)) => Err(ErrorCode::Forbidden.into()),
        (_, named) => {
            cx.require_person(Scope::AgentsWrite)?;
            named.ok_or_else(|| ApiError::invalid("fromAgent", "is required").into())
        }
    }
}

/// An agent within reach that works, with all above it. An agent reaches those its own sponsor answers for.
async fn working(
    tx: &mut Conn,
    cx: &RequestContext,
    id: AgentId,
    field: &'static str,
    now: Timestamp,
) -> Result<AgentRow> {
    let reach = match &cx.caller {
        Caller::Agent(agent) => Reach::Own(agent.sponsor_id),
        _ => cx.require_reach(Scope::AgentsWrite)?,
    };
    let chain = tx.find_agent_chain(id).await?;
    let stopped = chain.iter().find(|link| !crate::agent::chain::works(link, now)).map(|link| link.id);
    let row = visible(chain.into_iter().next(), reach)
        .map_err(|_| Error::from(ApiError::invalid(field, "is not an agent you may use")))?;
    match stopped {
        None => Ok(row),
        Some(link) => {
            let why = format!("The agent {link} is suspended, expired or revoked.");
            Err(ApiError::new(ErrorCode::Conflict).message(why).field(field).into())
        }
    }
}

/// Refuses the first permission that the lender neither has nor may lend on. What it may lend later is looked at with
/// every decision; this is to tell the one who lends.
async fn check_lendable(
    tx: &mut Conn,
    lender: &AgentRow,
    permissions: &[Permission],
    max_depth: u32,
    now: Timestamp,
) -> Result<()> {
    if is_subset_of(permissions, &lender.permissions).is_ok() {
        return Ok(());
    }
    let borrowed = tx.list_borrowed(lender.id).await?;
    for (index, permission) in permissions.iter().enumerate() {
        let Err(excess) = is_subset_of(std::slice::from_ref(permission), &lender.permissions) else {
            continue;
        };
        let lendable = borrowed.iter().any(|loan| {
            loan.max_depth > max_depth
                && loan.expires_at.is_none_or(|end| now < end)
                && permission.is_contained_in(&loan.permissions)
        });
        if !lendable {
            return Err(exceeds(lender.id, &NotContained { index, ..excess }));
        }
    }
    Ok(())
}

async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    delegation: &Delegation,
    now: Timestamp,
) -> Result<()> {
    let mut event = cx.event(kind, now);
    event.agent_id = Some(delegation.to_agent);
    event.chain = vec![
        PrincipalId::User(delegation.sponsor_id),
        PrincipalId::Agent(delegation.from_agent),
        PrincipalId::Agent(delegation.to_agent),
    ];
    event.delegations = vec![delegation.id];
    if kind == AuditKind::DelegationCreated {
        let permissions =
            serde_json::to_value(&delegation.permissions).map_err(|error| Error::Fault(error.to_string()))?;
        event.context = Some(serde_json::Map::from_iter([("permissions".to_owned(), permissions)]));
    }
    let sponsor: UserId = delegation.sponsor_id;
    Ok(tx.append_audit(&[audit::draft(kv, event, Some(sponsor))]).await?)
}
