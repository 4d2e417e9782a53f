//! Agents: made, changed, given new tokens, stopped.

pub mod canopy;
pub(crate) mod chain;
pub mod kill_switch;
pub mod tree;

use crate::audit;
use crate::authorize::condition;
use crate::context::{Caller, Reach, RequestContext};
use crate::crypto::token::{self, TokenHash};
use crate::error::Result;
use crate::idempotency::{self, Held};
use crate::{Error, Kavach, names};
use kavach_model::agent::{
    Agent, AgentFilter, AgentStatus, AgentWithToken, CreateAgent, Revoked, RotateToken, UpdateAgent,
};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::permission::Permission;
use kavach_model::{
    AgentId, ApiError, ErrorCode, Page, PageRequest, PrincipalId, Timestamp, Token, TokenId, TokenKind,
    UserId,
};
use kavach_store::{AgentRow, Branch, Conn, MAX_BATCH, NewAgentToken, Stopped};
use std::time::Duration;

const LONGEST_NAME: usize = 100;
const MAX_METADATA_BYTES: usize = 8 * 1024;
const MAX_PERMISSIONS: usize = 1_000;
const MAX_OVERLAP: u64 = 7 * 86_400;

/// Makes an agent; its token is in the answer and nowhere else.
pub async fn create(kv: &Kavach, cx: &RequestContext, request: CreateAgent) -> Result<AgentWithToken> {
    create_once(kv, cx, request, None).await
}

/// The same, at most once for an Idempotency-Key.
pub async fn create_once(
    kv: &Kavach,
    cx: &RequestContext,
    request: CreateAgent,
    key: Option<&Held>,
) -> Result<AgentWithToken> {
    let owner = chain::owner(cx, request.owner_id)?;
    let now = kv.clock().now();
    let name = names::parse("name", &request.name, LONGEST_NAME)?;
    let permissions = check_permissions(cx, request.permissions)?;
    let wanted_depth = request.max_depth.map(|depth| check_depth(kv, Some(depth))).transpose()?;
    let metadata = check_metadata(request.metadata)?;
    let expires_at = check_expiry(request.expires_at, now)?;
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    let place = chain::place(kv, cx, &mut tx, owner, now).await?;
    place.check_permissions(&permissions)?;
    let row = AgentRow {
        id: AgentId::from_parts(now, crate::rng::array(kv.rng())),
        name,
        kind: request.kind,
        owner_id: owner,
        sponsor_id: place.sponsor_id,
        status: AgentStatus::Active,
        permissions,
        max_depth: place.check_depth(wanted_depth)?,
        metadata,
        expires_at,
        last_used_at: None,
        created_at: now,
        updated_at: now,
    };
    tx.insert_agent(&row).await?;
    let token = issue_token(kv, &mut tx, row.id, row.expires_at, now).await?;
    let tokens = tx.list_agent_tokens(row.id, now).await?;
    let made = AgentWithToken { agent: row.clone().into_agent(tokens), token };
    idempotency::answer(kv, &mut tx, key, &made).await?;
    record(kv, cx, &mut tx, AuditKind::AgentCreated, &row, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(made)
}

/// Agents the caller may see, newest first.
pub async fn list(
    kv: &Kavach,
    cx: &RequestContext,
    filter: &AgentFilter,
    page: &PageRequest,
) -> Result<Page<Agent>> {
    let reach = cx.require_reach(Scope::AgentsRead)?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let rows = conn.list_agents(reach.sponsor(), filter, page).await?;
    let mut data = Vec::with_capacity(rows.data.len());
    for row in rows.data {
        let tokens = conn.list_agent_tokens(row.id, now).await?;
        data.push(row.into_agent(tokens));
    }
    Ok(Page { data, next_cursor: rows.next_cursor })
}

/// One agent the caller may see.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<Agent> {
    let reach = match &cx.caller {
        // An agent may look at itself.
        Caller::Agent(agent) if agent.agent_id == id => Reach::Own(agent.sponsor_id),
        _ => cx.require_reach(Scope::AgentsRead)?,
    };
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let row = visible(conn.find_agent(id).await?, reach)?;
    let tokens = conn.list_agent_tokens(id, now).await?;
    Ok(row.into_agent(tokens))
}

/// Changes what the owner may change; a narrowing holds from the next decision on.
pub async fn update(kv: &Kavach, cx: &RequestContext, id: AgentId, request: UpdateAgent) -> Result<Agent> {
    let reach = cx.require_reach(Scope::AgentsWrite)?;
    let now = kv.clock().now();
    let name = request.name.map(|name| names::parse("name", &name, LONGEST_NAME)).transpose()?;
    let permissions =
        request.permissions.map(|permissions| check_permissions(cx, permissions)).transpose()?;
    let metadata = request.metadata.map(|metadata| check_metadata(Some(metadata))).transpose()?;
    let max_depth = request.max_depth.map(|depth| check_depth(kv, Some(depth))).transpose()?;
    let expires_at = request.expires_at.map(|expires_at| check_expiry(expires_at, now)).transpose()?;
    let mut tx = kv.store().write().await?;
    let mut row = visible(tx.lock_agent(id).await?, reach)?;
    if let PrincipalId::Agent(_) = row.owner_id {
        let place = chain::place(kv, cx, &mut tx, row.owner_id, now).await?;
        permissions.as_ref().map_or(Ok(()), |permissions| place.check_permissions(permissions))?;
        max_depth.map_or(Ok(0), |depth| place.check_depth(Some(depth)))?;
    }
    let rights_change = permissions.is_some() || expires_at.is_some();
    row.name = name.unwrap_or(row.name);
    row.permissions = permissions.unwrap_or(row.permissions);
    row.metadata = metadata.unwrap_or(row.metadata);
    row.max_depth = max_depth.unwrap_or(row.max_depth);
    row.expires_at = expires_at.unwrap_or(row.expires_at);
    row.updated_at = now;
    if !tx.update_agent(&row).await? {
        return Err(revoked());
    }
    if rights_change {
        tx.touch_dependents(id).await?;
    }
    record(kv, cx, &mut tx, AuditKind::AgentUpdated, &row, now).await?;
    let tokens = tx.list_agent_tokens(id, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(row.into_agent(tokens))
}

/// Gives an agent a new token; those before work on for the overlap.
pub async fn rotate(
    kv: &Kavach,
    cx: &RequestContext,
    id: AgentId,
    request: RotateToken,
) -> Result<AgentWithToken> {
    let reach = match &cx.caller {
        // An agent may renew its own token.
        Caller::Agent(agent) if agent.agent_id == id => Reach::Own(agent.sponsor_id),
        _ => cx.require_reach(Scope::AgentsWrite)?,
    };
    let overlap = request.overlap_seconds.unwrap_or(0);
    if overlap > MAX_OVERLAP {
        return Err(ApiError::invalid("overlapSeconds", format_args!("must be at most {MAX_OVERLAP}")).into());
    }
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let row = visible(tx.lock_agent(id).await?, reach)?;
    if row.status == AgentStatus::Revoked {
        return Err(revoked());
    }
    match overlap {
        // Stopped, which is not the same as having come to its end.
        0 => tx.revoke_agent_tokens(id, now).await?,
        seconds => tx.shorten_agent_tokens(id, now + Duration::from_secs(seconds)).await?,
    };
    let token = issue_token(kv, &mut tx, id, row.expires_at, now).await?;
    record(kv, cx, &mut tx, AuditKind::AgentTokenRotated, &row, now).await?;
    let tokens = tx.list_agent_tokens(id, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(AgentWithToken { agent: row.into_agent(tokens), token })
}

/// Stops an agent for now, and with it what hangs on it.
pub async fn suspend(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<Agent> {
    change_status(kv, cx, id, AgentStatus::Suspended).await
}

/// Lets a suspended agent work again.
pub async fn resume(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<Agent> {
    change_status(kv, cx, id, AgentStatus::Active).await
}

async fn change_status(kv: &Kavach, cx: &RequestContext, id: AgentId, to: AgentStatus) -> Result<Agent> {
    let reach = cx.require_reach(Scope::AgentsWrite)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let mut row = visible(tx.lock_agent(id).await?, reach)?;
    if row.status == AgentStatus::Revoked {
        return Err(revoked());
    }
    if row.status != to {
        let kind = if to == AgentStatus::Active {
            tx.resume_agent(id, now).await?;
            AuditKind::AgentResumed
        } else {
            tx.suspend_branch(Branch::Only(id), now).await?;
            AuditKind::AgentSuspended
        };
        row.status = to;
        row.updated_at = now;
        record(kv, cx, &mut tx, kind, &row, now).await?;
    }
    let tokens = tx.list_agent_tokens(id, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(row.into_agent(tokens))
}

/// Stops an agent and everything below it for good; asking again changes nothing.
pub async fn revoke(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<Revoked> {
    let reach = cx.require_reach(Scope::AgentsWrite)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let row = visible(tx.lock_agent(id).await?, reach)?;
    let stopped = tx.revoke_branch(Branch::From(id), now).await?;
    record_stopped(kv, cx, &mut tx, AuditKind::AgentRevoked, row.sponsor_id, &stopped, now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(Revoked { revoked_agents: stopped.agents.len() as u64, revoked_tokens: stopped.tokens })
}

/// A record for every agent that was stopped.
pub(crate) async fn record_stopped(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    sponsor_id: UserId,
    stopped: &Stopped,
    now: Timestamp,
) -> Result<()> {
    for agents in stopped.agents.chunks(MAX_BATCH) {
        let drafts: Vec<_> = agents
            .iter()
            .map(|agent| {
                let mut event = cx.event(kind, now);
                event.agent_id = Some(*agent);
                audit::draft(kv, event, Some(sponsor_id))
            })
            .collect();
        tx.append_audit(&drafts).await?;
    }
    Ok(())
}

/// An agent out of reach looks like one that does not exist.
pub(crate) fn visible(row: Option<AgentRow>, reach: Reach) -> Result<AgentRow> {
    row.filter(|row| reach.covers(row.sponsor_id)).ok_or_else(|| ErrorCode::NotFound.into())
}

fn revoked() -> Error {
    ApiError::new(ErrorCode::Conflict).message("The agent has been revoked.").into()
}

async fn issue_token(
    kv: &Kavach,
    tx: &mut Conn,
    agent_id: AgentId,
    agent_expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Token> {
    let token = token::issue(TokenKind::Agent, kv.rng());
    let latest = now + kv.config().agent.token_life;
    tx.insert_agent_token(&NewAgentToken {
        id: TokenId::from_parts(now, crate::rng::array(kv.rng())),
        agent_id,
        token_hash: TokenHash::of(&token).as_str(),
        preview: &token.preview(),
        created_at: now,
        expires_at: agent_expires_at.map_or(latest, |end| end.min(latest)),
    })
    .await?;
    Ok(token)
}

async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    row: &AgentRow,
    now: Timestamp,
) -> Result<()> {
    let mut event = cx.event(kind, now);
    event.agent_id = Some(row.id);
    let above = tx.find_agent_chain(row.id).await?;
    event.chain = vec![PrincipalId::User(row.sponsor_id)];
    event.chain.extend(above.iter().rev().map(|link| PrincipalId::Agent(link.id)));
    if matches!(kind, AuditKind::AgentCreated | AuditKind::AgentUpdated) {
        let permissions =
            serde_json::to_value(&row.permissions).map_err(|error| Error::Fault(error.to_string()))?;
        event.context = Some(serde_json::Map::from_iter([("permissions".to_owned(), permissions)]));
    }
    Ok(tx.append_audit(&[audit::draft(kv, event, Some(row.sponsor_id))]).await?)
}

pub(crate) fn check_permissions(
    cx: &RequestContext,
    permissions: Vec<Permission>,
) -> Result<Vec<Permission>> {
    if permissions.len() > MAX_PERMISSIONS {
        let why = format_args!("must list at most {MAX_PERMISSIONS}").to_string();
        return Err(ApiError::invalid("permissions", why).into());
    }
    Permission::validate_all(&permissions, "permissions")
        .map_err(|error| ApiError::invalid(error.field.clone(), error.reason))?;
    condition::check(&permissions)?;
    // A grant of everything is for a person who just proved who they are.
    if permissions.iter().any(|permission| permission.resource.as_str() == "*") {
        cx.require_fresh()?;
    }
    Ok(permissions)
}

fn check_depth(kv: &Kavach, depth: Option<u32>) -> Result<u32> {
    let most = kv.config().agent.max_depth;
    match depth {
        None => Ok(most),
        Some(depth) if depth <= most => Ok(depth),
        Some(_) => Err(ApiError::invalid("maxDepth", format_args!("must be at most {most}")).into()),
    }
}

fn check_metadata(
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
) -> Result<serde_json::Map<String, serde_json::Value>> {
    let metadata = metadata.unwrap_or_default();
    let bytes = serde_json::to_string(&metadata).map_or(usize::MAX, |text| text.len());
    if bytes > MAX_METADATA_BYTES {
        return Err(ApiError::invalid("metadata", "must have at most 8 KiB as JSON").into());
    }
    Ok(metadata)
}

pub(crate) fn check_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>> {
    match expires_at {
        Some(end) if end <= now => Err(ApiError::invalid("expiresAt", "must be in the future").into()),
        other => Ok(other),
    }
}

/// Agents of one person that expire soon, for the overview.
pub(crate) async fn expiring_soon(
    kv: &Kavach,
    sponsor: Option<UserId>,
    now: Timestamp,
) -> Result<Vec<Agent>> {
    let week = Duration::from_secs(7 * 86_400);
    let rows = kv.store().read().await?.list_expiring_agents(sponsor, now, now + week, 5).await?;
    Ok(rows.into_iter().map(|row| row.into_agent(Vec::new())).collect())
}
