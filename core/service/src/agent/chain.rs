//! Where an agent is put: under a person, or under another agent whose rights it cannot exceed.

use crate::context::{Caller, RequestContext};
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::agent::AgentStatus;
use kavach_model::api_key::Scope;
use kavach_model::permission::{NotContained, Permission, is_subset_of};
use kavach_model::user::UserStatus;
use kavach_model::{AgentId, ApiError, ErrorCode, PrincipalId, Timestamp, UserId};
use kavach_store::{AgentRow, Conn};

/// What the place of an agent allows it.
pub(super) struct Place {
    /// The person who answers for it.
    pub(super) sponsor_id: UserId,
    /// How many levels may be below it.
    pub(super) max_depth: u32,
    /// The agent right above it.
    parent: Option<AgentRow>,
}

/// Who owns an agent that this caller makes: whom the request names, else the caller.
pub(super) fn owner(cx: &RequestContext, wanted: Option<PrincipalId>) -> Result<PrincipalId> {
    let caller = match &cx.caller {
        Caller::Agent(caller) => PrincipalId::Agent(caller.agent_id),
        _ => PrincipalId::User(cx.require_person(Scope::AgentsWrite)?.id),
    };
    Ok(wanted.unwrap_or(caller))
}

/// The place below an owner. The transaction must hold agents, so that nothing above changes before it ends.
pub(super) async fn place(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    owner: PrincipalId,
    now: Timestamp,
) -> Result<Place> {
    let place = match owner {
        PrincipalId::User(owner) => {
            if !cx.require_reach(Scope::AgentsWrite)?.covers(owner) {
                return Err(ErrorCode::Forbidden.into());
            }
            Place { sponsor_id: owner, max_depth: kv.config().agent.max_depth, parent: None }
        }
        PrincipalId::Agent(parent) => {
            let chain = tx.find_agent_chain(parent).await?;
            check_reach(cx, &chain)?;
            below(kv, chain, now)?
        }
    };
    let sponsor = tx.find_user(place.sponsor_id).await?;
    if sponsor.is_none_or(|row| row.user.status != UserStatus::Active) {
        return Err(ApiError::invalid("ownerId", "is not somebody with a working account").into());
    }
    Ok(place)
}

/// People put agents under those in their reach, agents under themselves and those below them.
fn check_reach(cx: &RequestContext, chain: &[AgentRow]) -> Result<()> {
    let unknown = || Error::from(ApiError::invalid("ownerId", "is not an agent you may use"));
    let first = chain.first().ok_or_else(unknown)?;
    let reached = match &cx.caller {
        Caller::Agent(caller) => chain.iter().any(|link| link.id == caller.agent_id),
        _ => cx.require_reach(Scope::AgentsWrite)?.covers(first.sponsor_id),
    };
    if reached { Ok(()) } else { Err(unknown()) }
}

fn below(kv: &Kavach, chain: Vec<AgentRow>, now: Timestamp) -> Result<Place> {
    let mut max_depth = kv.config().agent.max_depth;
    for (distance, link) in (1..).zip(&chain) {
        if !works(link, now) {
            let why = format!("The agent {} is suspended, expired or revoked.", link.id);
            return Err(ApiError::new(ErrorCode::Conflict).message(why).field("ownerId").into());
        }
        let left = link.max_depth.checked_sub(distance).ok_or_else(|| too_deep(link))?;
        max_depth = max_depth.min(left);
    }
    let parent = chain.into_iter().next();
    let sponsor_id = parent.as_ref().map(|parent| parent.sponsor_id).ok_or(ErrorCode::NotFound)?;
    Ok(Place { sponsor_id, max_depth, parent })
}

pub(crate) fn works(link: &AgentRow, now: Timestamp) -> bool {
    link.status == AgentStatus::Active && link.expires_at.is_none_or(|end| now < end)
}

fn too_deep(link: &AgentRow) -> Error {
    let why =
        format_args!("is as deep as {} allows: {} levels below it", link.id, link.max_depth).to_string();
    ApiError::invalid("ownerId", why).into()
}

impl Place {
    /// Refuses the first permission that the agent above does not have.
    pub(super) fn check_permissions(&self, permissions: &[Permission]) -> Result<()> {
        let Some(parent) = &self.parent else { return Ok(()) };
        is_subset_of(permissions, &parent.permissions).map_err(|excess| exceeds(parent.id, &excess))
    }

    /// As many levels as wanted, or as may be.
    pub(super) fn check_depth(&self, wanted: Option<u32>) -> Result<u32> {
        match wanted {
            None => Ok(self.max_depth),
            Some(depth) if depth <= self.max_depth => Ok(depth),
            Some(_) => {
                let why = format_args!("must be at most {} here", self.max_depth).to_string();
                Err(ApiError::invalid("maxDepth", why).into())
            }
        }
    }
}

/// The refusal that names the first permission an agent does not have.
pub(crate) fn exceeds(agent: AgentId, excess: &NotContained) -> Error {
    let NotContained { index, resource, action, reason } = excess;
    let field = format!("permissions[{index}]");
    ApiError::new(ErrorCode::ExceedsParent)
        .message(format!("{field}: {action} on {resource} {reason} ({agent})."))
        .field(field)
        .into()
}
