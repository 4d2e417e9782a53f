//! Views of what hangs on an agent, and of what its own rights hang on.

use super::visible;
use crate::Kavach;
use crate::context::{Caller, Reach, RequestContext};
use crate::error::Result;
use kavach_model::api_key::Scope;
use kavach_model::permission::{Permission, is_subset_of};
use kavach_model::tree::{
    AgentLink, AgentNode, AgentTree, BlastRadius, EffectivePermission, MAX_NODES, PermissionLink,
    PermissionSource,
};
use kavach_model::{AgentId, PrincipalId};
use kavach_store::{AgentRow, Conn};
use std::collections::HashMap;

/// An agent with the agents above it and everything below it.
pub async fn tree(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<AgentTree> {
    let mut conn = kv.store().read().await?;
    let chain = reachable_chain(cx, &mut conn, id).await?;
    let rows = conn.find_agent_tree(id, MAX_NODES + 1).await?;
    let truncated = rows.len() > MAX_NODES;
    let above = chain.iter().skip(1).rev().map(link).collect();
    let root = nest(id, rows.into_iter().take(MAX_NODES)).ok_or(kavach_model::ErrorCode::NotFound)?;
    Ok(AgentTree { above, root, truncated })
}

/// What revoking an agent would stop.
pub async fn blast_radius(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<BlastRadius> {
    let reach = cx.require_reach(Scope::AgentsRead)?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    visible(conn.find_agent(id).await?, reach)?;
    Ok(conn.blast_radius(id, now).await?)
}

/// What an agent may do, permission by permission, and what becomes of each on the way down its chain.
pub async fn effective_permissions(
    kv: &Kavach,
    cx: &RequestContext,
    id: AgentId,
) -> Result<Vec<EffectivePermission>> {
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let chain = reachable_chain(cx, &mut conn, id).await?;
    let mut effective = Vec::new();
    if let Some((agent, above)) = chain.split_first() {
        for permission in &agent.permissions {
            effective.push(explain(permission, PermissionSource::Own, above));
        }
    }
    for delegation in conn.list_borrowed(id).await? {
        if delegation.expires_at.is_some_and(|end| end <= now) {
            continue;
        }
        let lenders = conn.find_agent_chain(delegation.from_agent).await?;
        for permission in &delegation.permissions {
            let source = PermissionSource::Delegation {
                delegation_id: delegation.id,
                from_agent: delegation.from_agent,
                expires_at: delegation.expires_at,
            };
            effective.push(explain(permission, source, &lenders));
        }
    }
    Ok(effective)
}

/// The chain of an agent the caller may see: an agent may look at itself.
async fn reachable_chain(cx: &RequestContext, conn: &mut Conn, id: AgentId) -> Result<Vec<AgentRow>> {
    let reach = match &cx.caller {
        Caller::Agent(agent) if agent.agent_id == id => Reach::Own(agent.sponsor_id),
        _ => cx.require_reach(Scope::AgentsRead)?,
    };
    let chain = conn.find_agent_chain(id).await?;
    visible(chain.first().cloned(), reach)?;
    Ok(chain)
}

fn explain(permission: &Permission, source: PermissionSource, above: &[AgentRow]) -> EffectivePermission {
    let links: Vec<PermissionLink> = above
        .iter()
        .map(|row| PermissionLink {
            agent_id: row.id,
            name: row.name.clone(),
            permissions: row.permissions.iter().filter(|held| meets(held, permission)).cloned().collect(),
            contains: is_subset_of(std::slice::from_ref(permission), &row.permissions).is_ok(),
        })
        .collect();
    let contained = links.iter().all(|link| link.contains);
    EffectivePermission { permission: permission.clone(), source, contained, links }
}

/// Whether two permissions speak of the same action on the same resource somewhere.
fn meets(one: &Permission, other: &Permission) -> bool {
    one.resource.intersection(&other.resource).is_some()
        && one.actions.iter().any(|action| other.actions.iter().any(|known| known.overlaps(action)))
}

fn link(row: &AgentRow) -> AgentLink {
    AgentLink { id: row.id, name: row.name.clone(), status: row.status, expires_at: row.expires_at }
}

/// Rows, each after its parent, as a tree.
fn nest(top: AgentId, rows: impl Iterator<Item = AgentRow>) -> Option<AgentNode> {
    let mut children: HashMap<AgentId, Vec<AgentNode>> = HashMap::new();
    let rows: Vec<AgentRow> = rows.collect();
    // From the leaves up: whoever comes later has been given its children already.
    for row in rows.into_iter().rev() {
        let mut below = children.remove(&row.id).unwrap_or_default();
        below.reverse();
        let parent = match row.owner_id {
            PrincipalId::Agent(parent) if row.id != top => parent,
            _ => top,
        };
        let is_top = row.id == top;
        let node = node(row, below);
        if is_top {
            return Some(node);
        }
        children.entry(parent).or_default().push(node);
    }
    None
}

fn node(row: AgentRow, children: Vec<AgentNode>) -> AgentNode {
    AgentNode {
        id: row.id,
        name: row.name,
        kind: row.kind,
        status: row.status,
        permissions: row.permissions.len(),
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        children,
    }
}
