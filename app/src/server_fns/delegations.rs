//! Lending permissions and taking them back.

use super::agents::{end, page, read, typed};
use super::id;
use crate::context::Here;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::permission_rows::PermissionRow;
use crate::sentences::Notice;
use crate::server_fns::agents::AGENT_NOTE;
use kavach_model::delegation::{CreateDelegation, Delegation};
use kavach_model::{ApiError, DelegationId};
use leptos::prelude::*;

/// The form that lends.
pub const LEND_FORM: &str = "lend";

/// Lends permissions to another agent.
#[server(prefix = "/_fn", endpoint = "delegations/create")]
pub async fn create(
    #[server(default)] agent: String,
    #[server(default)] to: String,
    #[server(default)] expires: String,
    #[server(default)] depth: String,
    #[server(default)] permissions: Vec<PermissionRow>,
) -> Result<(), Refused> {
    let form = Form::posted(LEND_FORM, page(&agent, "/lend"))?
        .keep("to", &to)
        .keep("expires", &expires)
        .keep("depth", &depth)
        .keep("permissions", &typed(&permissions));
    let result = lend(&form.here, &agent, &to, &expires, &depth, &permissions).await;
    form.answer(result, |here, _| {
        Flash::notice(AGENT_NOTE, Notice::PermissionsLent).leave(here);
        page(&agent, "")
    })
}

async fn lend(
    here: &Here,
    agent: &str,
    to: &str,
    expires: &str,
    depth: &str,
    rows: &[PermissionRow],
) -> Result<Delegation, ApiError> {
    let request = CreateDelegation {
        from_agent: Some(id(agent)?),
        to_agent: to.trim().parse().map_err(|_| ApiError::invalid("toAgent", "is not an agent"))?,
        permissions: read(rows)?,
        expires_at: end(here, expires)?,
        max_depth: Some(depth.parse().map_err(|_| ApiError::invalid("maxDepth", "is not a number"))?),
    };
    Ok(kavach_service::delegation::create(&here.kv, &here.cx, request, None).await?)
}

/// Takes lent permissions back; `agent` says from whose page.
#[server(prefix = "/_fn", endpoint = "delegations/revoke")]
pub async fn revoke(
    #[server(default)] delegation: String,
    #[server(default)] agent: String,
) -> Result<(), Refused> {
    let form = Form::posted(AGENT_NOTE, page(&agent, ""))?;
    let result = match id::<DelegationId>(&delegation) {
        Ok(id) => {
            kavach_service::delegation::revoke(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| {
        Flash::notice(AGENT_NOTE, Notice::PermissionsTakenBack).leave(here);
        page(&agent, "")
    })
}
