//! The smallest change that would allow what is denied, as far as one change can.

use kavach_model::AgentId;
use kavach_model::authorize::Authorize;
use kavach_model::explain::{Change, ExplainedLink, FailingCheck, NearestChange};
use kavach_model::permission::constraint::Network;
use kavach_model::permission::{ActionPattern, Constraints, Permission, ReasonCode};
use std::net::IpAddr;

/// What to do about a failing check; None where nothing a caller could do would help.
pub(super) fn change(
    failing: &FailingCheck,
    links: &[ExplainedLink],
    request: &Authorize,
    ip: Option<IpAddr>,
) -> Option<NearestChange> {
    let agent_id = failing.agent_id;
    let link = links.iter().find(|link| Some(link.agent_id) == agent_id);
    let name = link.map_or_else(|| "the agent".to_owned(), |link| format!("\u{201c}{}\u{201d}", link.name));
    let plain =
        |change, sentence: String| Some(NearestChange { change, agent_id, permission: None, sentence });
    match failing.reason_code {
        ReasonCode::NoMatchingPermission | ReasonCode::AncestorNotAllowed => add(agent_id, &name, request),
        ReasonCode::AgentSuspended | ReasonCode::AncestorSuspended => {
            plain(Change::ResumeAgent, format!("Resume {name}."))
        }
        ReasonCode::AgentExpired | ReasonCode::AncestorExpired => {
            plain(Change::ExtendAgent, format!("Give {name} a later end."))
        }
        ReasonCode::AgentRevoked | ReasonCode::AncestorRevoked => {
            plain(Change::CreateAgent, format!("Make another agent: {name} was revoked for good."))
        }
        ReasonCode::OwnerDisabled => plain(
            Change::EnableUser,
            "Switch the person's account on again, or hand the agents over to somebody else.".to_owned(),
        ),
        ReasonCode::Stopped => plain(Change::LiftStop, "Lift what the kill switch holds.".to_owned()),
        ReasonCode::ApprovalRequired => {
            plain(Change::Approve, "Have the person who answers for the agent approve it.".to_owned())
        }
        ReasonCode::ArgumentNotAllowed => plain(
            Change::AskDifferently,
            format!("Ask with arguments that {name}'s permission allows, or change its expressions."),
        ),
        ReasonCode::OutsideTimeWindow => {
            plain(Change::AskDifferently, format!("Ask within the hours of {name}'s permission."))
        }
        ReasonCode::PermissionExpired => {
            relax(link, &name, |constraints| constraints.expires_at = None, "without its end")
        }
        ReasonCode::IpNotAllowed => match ip.and_then(|ip| ip.to_string().parse::<Network>().ok()) {
            Some(network) => relax(
                link,
                &name,
                |constraints| constraints.ip_allowlist.get_or_insert_default().push(network),
                "with this address among its networks",
            ),
            None => plain(Change::AskDifferently, "Ask from an address that is known.".to_owned()),
        },
        ReasonCode::MaxCallsExceeded => plain(
            Change::AskDifferently,
            format!("Wait until fewer calls were made within an hour, or raise the limit of {name}."),
        ),
        ReasonCode::MaxUsesExceeded => {
            relax(link, &name, |constraints| constraints.max_uses = None, "without its number of uses")
        }
        ReasonCode::BudgetExceeded => {
            plain(Change::AskDifferently, format!("Wait for the next period, or raise the budget of {name}."))
        }
        _ => None,
    }
}

/// The permission that names exactly what was asked.
fn add(agent_id: Option<AgentId>, name: &str, request: &Authorize) -> Option<NearestChange> {
    let action: ActionPattern = request.action.parse().ok()?;
    let sentence = format!("Give {name} the permission {} on {}.", request.action, request.resource);
    let permission = Permission {
        resource: request.resource.parse().ok()?,
        actions: vec![action],
        constraints: Constraints::default(),
    };
    Some(NearestChange { change: Change::AddPermission, agent_id, permission: Some(permission), sentence })
}

/// The deciding permission of a link, with a condition eased.
fn relax(
    link: Option<&ExplainedLink>,
    name: &str,
    ease: impl FnOnce(&mut Constraints),
    how: &str,
) -> Option<NearestChange> {
    let link = link?;
    let failing = |candidate: &&kavach_model::explain::Candidate| {
        candidate.decides && candidate.checks.iter().any(|check| !check.passes)
    };
    let mut permission = link.candidates.iter().find(failing)?.permission.clone();
    ease(&mut permission.constraints);
    let sentence = format!("Give {name} its permission on {} {how}.", permission.resource);
    let agent_id = Some(link.agent_id);
    Some(NearestChange { change: Change::ChangePermission, agent_id, permission: Some(permission), sentence })
}
