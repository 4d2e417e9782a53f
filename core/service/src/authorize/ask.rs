//! A question that a person must approve, as the approvals see it: everything an approval is bound to.

use crate::approval;
use kavach_model::authorize::{Authorize, MatchedPermission};
use kavach_model::permission::ReasonCode;
use kavach_model::{AgentId, PrincipalId, UserId};
use serde_json::{Map, Value};

/// A question all of whose conditions hold that cost nothing, and that needs an approval.
pub(crate) struct Ask {
    pub(crate) agent_id: AgentId,
    pub(crate) sponsor_id: UserId,
    /// From the sponsor down to the agent.
    pub(crate) chain: Vec<PrincipalId>,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) arguments: Option<Map<String, Value>>,
    pub(crate) units: u64,
    /// The permissions that decided, of every link.
    pub(crate) permissions: Vec<MatchedPermission>,
}

impl Ask {
    /// The question as it was asked, or why nobody can approve it.
    pub(crate) fn of(
        request: &Authorize,
        agent_id: AgentId,
        sponsor_id: UserId,
        chain: Vec<PrincipalId>,
        permissions: Vec<MatchedPermission>,
    ) -> Result<Box<Self>, ReasonCode> {
        if request.arguments.as_ref().is_some_and(|arguments| !approval::exact(arguments)) {
            return Err(ReasonCode::ArgumentInexact);
        }
        // Boxed, because most questions need no approval.
        Ok(Box::new(Self {
            agent_id,
            sponsor_id,
            chain,
            action: request.action.clone(),
            resource: request.resource.clone(),
            arguments: request.arguments.clone(),
            units: request.units.unwrap_or(1),
            permissions,
        }))
    }
}
