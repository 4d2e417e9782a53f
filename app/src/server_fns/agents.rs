//! Making, changing and stopping agents.

use super::id;
use crate::context::Here;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::permission_rows::{PermissionRow, parse_all};
use crate::reveal;
use crate::sentences::Notice;
use kavach_model::agent::{AgentKind, AgentWithToken, CreateAgent, RotateToken, UpdateAgent};
use kavach_model::permission::Permission;
use kavach_model::{AgentId, ApiError, PrincipalId, Timestamp};
use leptos::prelude::*;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

/// The form that makes an agent.
pub const CREATE_FORM: &str = "new-agent";
/// The form that changes one.
pub const UPDATE_FORM: &str = "edit-agent";
/// The form that gives one a new token.
pub const ROTATE_FORM: &str = "rotate-token";
/// The form that stops one for good.
pub const REVOKE_FORM: &str = "revoke-agent";
/// The note on the page of an agent.
pub const AGENT_NOTE: &str = "agent";
/// The note on the list after one was stopped for good.
pub const REVOKED_NOTE: &str = "agents";

const LIST: &str = "/console/agents";
const DAY: u64 = 86_400;

/// Makes an agent and shows its token.
#[server(prefix = "/_fn", endpoint = "agents/create")]
pub async fn create(
    #[server(default)] name: String,
    #[server(default)] kind: String,
    #[server(default)] expires: String,
    #[server(default)] owner: String,
    #[server(default)] grants: Vec<String>,
    #[server(default)] permissions: Vec<PermissionRow>,
) -> Result<(), Refused> {
    let form = Form::posted(CREATE_FORM, with_query(&format!("{LIST}/new"), &[("owner", &owner)]))?
        .keep("name", &name)
        .keep("kind", &kind)
        .keep("expires", &expires)
        .keep("grants", &grants.join("\n"))
        .keep("permissions", &typed(&permissions));
    let given = read(&permissions).and_then(|rows| with_grants(rows, &grants));
    let result = create_agent(&form.here, name, &kind, &expires, &owner, given).await;
    form.answer(result, show_token)
}

async fn create_agent(
    here: &Here,
    name: String,
    kind: &str,
    expires: &str,
    owner: &str,
    permissions: Result<Vec<Permission>, ApiError>,
) -> Result<AgentWithToken, ApiError> {
    let request = CreateAgent {
        name,
        kind: AgentKind::parse(kind).ok_or_else(|| ApiError::invalid("type", "is not a type"))?,
        owner_id: owner_of(owner)?,
        permissions: permissions?,
        expires_at: end(here, expires)?,
        max_depth: None,
        metadata: None,
    };
    Ok(kavach_service::agent::create(&here.kv, &here.cx, request).await?)
}

/// The rows, and after them what was ticked of what the agent above has.
fn with_grants(mut rows: Vec<Permission>, grants: &[String]) -> Result<Vec<Permission>, ApiError> {
    for grant in grants {
        let grant =
            serde_json::from_str(grant).map_err(|_| ApiError::invalid("permissions", "cannot be read"))?;
        if !rows.contains(&grant) {
            rows.push(grant);
        }
    }
    Ok(rows)
}

/// Under whom an agent is made: the person who asks when nobody is named.
fn owner_of(owner: &str) -> Result<Option<PrincipalId>, ApiError> {
    match owner {
        "" => Ok(None),
        owner => owner.parse().map(Some).map_err(|_| ApiError::invalid("ownerId", "is nobody")),
    }
}

/// Changes an agent.
#[server(prefix = "/_fn", endpoint = "agents/update")]
pub async fn update(
    #[server(default)] agent: String,
    #[server(default)] name: String,
    #[server(default)] expires: String,
    #[server(default)] drawn: String,
    #[server(default)] permissions: Vec<PermissionRow>,
) -> Result<(), Refused> {
    let form = Form::posted(UPDATE_FORM, page(&agent, "/edit"))?
        .keep("name", &name)
        .keep("expires", &expires)
        .keep("drawn", &drawn)
        .keep("permissions", &typed(&permissions));
    let result = update_agent(&form.here, &agent, name, &expires, changed(&drawn, &permissions)).await;
    form.answer(result, |here, ()| note(here, &agent, Notice::AgentSaved))
}

async fn update_agent(
    here: &Here,
    agent: &str,
    name: String,
    expires: &str,
    permissions: Result<Option<Vec<Permission>>, ApiError>,
) -> Result<(), ApiError> {
    let expires_at = if expires == "keep" { None } else { Some(end(here, expires)?) };
    let permissions = permissions?;
    let request = UpdateAgent { name: Some(name), permissions, expires_at, ..UpdateAgent::default() };
    kavach_service::agent::update(&here.kv, &here.cx, id(agent)?, request).await?;
    Ok(())
}

/// Gives an agent a new token and shows it.
#[server(prefix = "/_fn", endpoint = "agents/rotate")]
pub async fn rotate(
    #[server(default)] agent: String,
    #[server(default)] overlap: String,
) -> Result<(), Refused> {
    let form = Form::posted(ROTATE_FORM, page(&agent, "/rotate"))?.keep("overlap", &overlap);
    let result = rotate_token(&form.here, &agent, &overlap).await;
    form.answer(result, show_token)
}

async fn rotate_token(here: &Here, agent: &str, overlap: &str) -> Result<AgentWithToken, ApiError> {
    let seconds =
        overlap.parse().map_err(|_| ApiError::invalid("overlapSeconds", "is not a number of seconds"))?;
    let request = RotateToken { overlap_seconds: Some(seconds) };
    Ok(kavach_service::agent::rotate(&here.kv, &here.cx, id(agent)?, request).await?)
}

/// Stops an agent for now.
#[server(prefix = "/_fn", endpoint = "agents/suspend")]
pub async fn suspend(#[server(default)] agent: String) -> Result<(), Refused> {
    let form = Form::posted(AGENT_NOTE, page(&agent, ""))?;
    let result = match id::<AgentId>(&agent) {
        Ok(id) => {
            kavach_service::agent::suspend(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| note(here, &agent, Notice::AgentSuspended))
}

/// Lets an agent work again.
#[server(prefix = "/_fn", endpoint = "agents/resume")]
pub async fn resume(#[server(default)] agent: String) -> Result<(), Refused> {
    let form = Form::posted(AGENT_NOTE, page(&agent, ""))?;
    let result = match id::<AgentId>(&agent) {
        Ok(id) => {
            kavach_service::agent::resume(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| note(here, &agent, Notice::AgentResumed))
}

/// Stops an agent for good.
#[server(prefix = "/_fn", endpoint = "agents/revoke")]
pub async fn revoke(#[server(default)] agent: String) -> Result<(), Refused> {
    let form = Form::posted(REVOKE_FORM, page(&agent, "/revoke"))?;
    let result = match id::<AgentId>(&agent) {
        Ok(id) => {
            kavach_service::agent::revoke(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| {
        Flash::notice(REVOKED_NOTE, Notice::AgentRevoked).leave(here);
        LIST.to_owned()
    })
}

/// A page of the agent; the list when the identifier is not one.
pub(super) fn page(agent: &str, below: &str) -> String {
    match agent.parse::<AgentId>() {
        Ok(id) => format!("{LIST}/{id}{below}"),
        Err(_) => LIST.to_owned(),
    }
}

fn note(here: &Here, agent: &str, notice: Notice) -> String {
    Flash::notice(AGENT_NOTE, notice).leave(here);
    page(agent, "")
}

fn show_token(here: &Here, made: AgentWithToken) -> String {
    let id = made.agent.id.to_string();
    reveal::leave(here, &id, &made.token);
    page(&id, "/token")
}

/// The rows as they were typed, to be shown again.
pub(super) fn typed(rows: &[PermissionRow]) -> String {
    let rows: Vec<&PermissionRow> = rows.iter().filter(|row| !row.is_blank()).collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

pub(super) fn read(rows: &[PermissionRow]) -> Result<Vec<Permission>, ApiError> {
    parse_all(rows).map_err(|(index, problem)| {
        ApiError::invalid(format!("permissions[{index}].{}", problem.field), problem.why)
    })
}

/// What tells a list of permissions from any other: the page carries it to say what it was drawn with.
pub fn mark(permissions: &[Permission]) -> String {
    let mut hasher = DefaultHasher::new();
    permissions.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The permissions asked for; None when they are still those the page was drawn with. Then none are sent, so that a new
/// name does not undo what somebody else has changed since.
fn changed(drawn: &str, rows: &[PermissionRow]) -> Result<Option<Vec<Permission>>, ApiError> {
    let permissions = read(rows)?;
    Ok(if mark(&permissions) == drawn { None } else { Some(permissions) })
}

/// `never`, or a number of days from now.
pub(super) fn end(here: &Here, expires: &str) -> Result<Option<Timestamp>, ApiError> {
    let wrong = || ApiError::invalid("expiresAt", "is not one of the choices");
    match expires {
        "never" => Ok(None),
        days => {
            let days: u64 = days.parse().ok().filter(|days| (1..=3_650).contains(days)).ok_or_else(wrong)?;
            Ok(Some(here.now() + Duration::from_secs(days * DAY)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_that_were_not_touched_are_not_sent() {
        let row = |calls: &str| PermissionRow {
            resource: "a".into(),
            actions: "read".into(),
            calls: calls.into(),
            ..PermissionRow::default()
        };
        let drawn = mark(&read(&[row("10")]).unwrap());
        assert_eq!(changed(&drawn, &[row(" 10"), row("10")]).unwrap().unwrap().len(), 2);
        assert_eq!(changed(&drawn, &[row("10 "), PermissionRow::default()]).unwrap(), None);
        assert!(changed(&drawn, &[row("")]).unwrap().is_some());
        assert!(changed(&drawn, &[]).unwrap().is_some_and(|permissions| permissions.is_empty()));
        assert!(changed("", &[row("10")]).unwrap().is_some());
        assert!(changed(&drawn, &[row("x")]).is_err());
    }
}
