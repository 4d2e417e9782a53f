//! The part of the tree of agents that a page draws: level by level from the top until the page is full, and whatever it
//! takes to have the agent that is looked at among them.

use super::visible;
use crate::Kavach;
use crate::context::{Reach, RequestContext};
use crate::error::Result;
use kavach_model::AgentId;
use kavach_model::api_key::Scope;
use kavach_model::canopy::{Bough, Canopy, CanopyRequest, EACH, MOST_DRAWN, Offer, Refusal, Twig};
use kavach_model::permission::{Permission, is_subset_of};
use kavach_store::{AgentRow, Conn};
use std::collections::{HashMap, HashSet};

/// A part of the tree, as much as one page holds.
pub async fn canopy(kv: &Kavach, cx: &RequestContext, request: &CanopyRequest) -> Result<Canopy> {
    let reach = cx.require_reach(Scope::AgentsRead)?;
    let mut conn = kv.store().read().await?;
    let path = match request.node.or(request.root) {
        Some(node) => way_down(&mut conn, node, reach).await?,
        None => Vec::new(),
    };
    // A root that the agent looked at is not below has a way of its own.
    let way = match request.root {
        Some(root) if !path.contains(&root) => way_down(&mut conn, root, reach).await?,
        Some(root) => path.iter().copied().take_while(|id| *id != root).chain([root]).collect(),
        None => path.iter().copied().take(1).collect(),
    };
    let mut gathered = Gathered { folded: request.folded.iter().copied().collect(), ..Gathered::default() };
    match way.split_last() {
        Some((root, _)) => {
            gathered.add_all(conn.find_twigs(&way).await?);
            gathered.grow(&mut conn, vec![*root], request.after.filter(|_| request.root.is_some())).await?;
        }
        None => {
            let mut tops = conn.list_tops(reach.sponsor(), request.after, EACH + 1).await?;
            if tops.len() > EACH {
                tops.truncate(EACH);
                gathered.next = tops.last().map(|twig| twig.id);
            }
            let ids = tops.iter().map(|twig| twig.id).collect();
            gathered.add_all(tops);
            gathered.grow(&mut conn, ids, None).await?;
        }
    }
    let missing: Vec<AgentId> = path.iter().copied().filter(|id| !gathered.twigs.contains_key(id)).collect();
    gathered.add_all(conn.find_twigs(&missing).await?);
    Ok(gathered.into_canopy(path))
}

/// What could be given to a sub-agent of an agent: all it has, unless that ended; and what those above it have and it
/// has not, with why that cannot be given.
pub async fn offers(kv: &Kavach, cx: &RequestContext, id: AgentId) -> Result<Vec<Offer>> {
    let reach = cx.require_reach(Scope::AgentsRead)?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let chain = conn.find_agent_chain(id).await?;
    visible(chain.first().cloned(), reach)?;
    let Some((agent, above)) = chain.split_first() else { return Ok(Vec::new()) };
    let held_by = |row: &AgentRow, permission: &Permission| {
        is_subset_of(std::slice::from_ref(permission), &row.permissions).is_ok()
    };
    let own = agent.permissions.iter().map(|permission| {
        let ended = permission.constraints.expires_at.filter(|end| *end <= now).map(Refusal::Ended);
        let narrowed = || above.iter().find(|row| !held_by(row, permission));
        let refusal = ended.or_else(|| narrowed().map(|row| Refusal::Narrowed(row.name.clone())));
        Offer { permission: permission.clone(), refusal }
    });
    let mut offers: Vec<Offer> = own.collect();
    for row in above {
        for permission in &row.permissions {
            let known = offers.iter().any(|offer| offer.permission == *permission);
            if !known && !held_by(agent, permission) {
                let refusal = Some(Refusal::NotHeld(row.name.clone()));
                offers.push(Offer { permission: permission.clone(), refusal });
            }
        }
    }
    Ok(offers)
}

/// From the top down to an agent the caller may see.
async fn way_down(conn: &mut Conn, id: AgentId, reach: Reach) -> Result<Vec<AgentId>> {
    let chain = conn.find_agent_chain(id).await?;
    visible(chain.first().cloned(), reach)?;
    Ok(chain.iter().rev().map(|row| row.id).collect())
}

/// Agents that were read so far.
#[derive(Default)]
struct Gathered {
    twigs: HashMap<AgentId, Twig>,
    /// Those right below each, in order; under None those at the top.
    below: HashMap<Option<AgentId>, Vec<AgentId>>,
    folded: HashSet<AgentId>,
    /// Where those right below an agent go on.
    onward: HashMap<AgentId, AgentId>,
    next: Option<AgentId>,
    full: bool,
}

impl Gathered {
    fn add_all(&mut self, twigs: Vec<Twig>) {
        for twig in twigs {
            let beside = self.below.entry(twig.parent_id).or_default();
            if !beside.contains(&twig.id) {
                beside.push(twig.id);
                self.twigs.insert(twig.id, twig);
            }
        }
    }

    /// Reads what is below these, level by level, until the page is full.
    async fn grow(
        &mut self,
        conn: &mut Conn,
        mut level: Vec<AgentId>,
        mut after: Option<AgentId>,
    ) -> Result<()> {
        loop {
            level.retain(|id| {
                !self.folded.contains(id) && self.twigs.get(id).is_some_and(|twig| twig.below > 0)
            });
            if level.is_empty() {
                return Ok(());
            }
            let room = MOST_DRAWN.saturating_sub(self.twigs.len());
            if room == 0 {
                self.full = true;
                return Ok(());
            }
            // One more of each tells whether there are more.
            let mut found: HashMap<Option<AgentId>, Vec<Twig>> = HashMap::new();
            for twig in conn.list_below(&level, after.take(), EACH + 1).await? {
                found.entry(twig.parent_id).or_default().push(twig);
            }
            let mut lower = Vec::new();
            for owner in level {
                let mut twigs = found.remove(&Some(owner)).unwrap_or_default();
                let room = MOST_DRAWN.saturating_sub(self.twigs.len());
                if room == 0 {
                    self.full |= !twigs.is_empty();
                    continue;
                }
                if twigs.len() > EACH.min(room) {
                    twigs.truncate(EACH.min(room));
                    self.onward.extend(twigs.last().map(|twig| (owner, twig.id)));
                }
                lower.extend(twigs.iter().map(|twig| twig.id));
                self.add_all(twigs);
            }
            level = lower;
        }
    }

    /// Puts everybody in their place.
    fn into_canopy(mut self, path: Vec<AgentId>) -> Canopy {
        let mut boughs = Vec::with_capacity(self.twigs.len());
        // Those of one person stand together, in the order in which the first of each was made.
        let mut tops = self.below.remove(&None).unwrap_or_default();
        let sponsors: Vec<_> =
            tops.iter().filter_map(|id| self.twigs.get(id)).map(|twig| twig.sponsor_id).collect();
        tops.sort_by_key(|id| {
            let sponsor = self.twigs.get(id).map(|twig| twig.sponsor_id);
            sponsors.iter().position(|known| Some(*known) == sponsor)
        });
        let mut waiting: Vec<(AgentId, u32)> = tops.into_iter().rev().map(|id| (id, 1)).collect();
        while let Some((id, level)) = waiting.pop() {
            let Some(twig) = self.twigs.remove(&id) else { continue };
            let folded = self.folded.contains(&id);
            let below = self.below.remove(&Some(id)).filter(|_| !folded).unwrap_or_default();
            let shown = below.len();
            waiting.extend(below.into_iter().rev().map(|below| (below, level + 1)));
            let next = self.onward.get(&id).copied();
            boughs.push(Bough { twig, level, shown, folded, next });
        }
        Canopy { boughs, next: self.next, path, full: self.full }
    }
}
