//! Stopping at once, and lifting what was stopped on resources.

use super::id;
use crate::context::Here;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::sentences::Notice;
use kavach_model::kill_switch::{KillSwitch, Killed};
use kavach_model::{ApiError, ErrorCode, PrincipalId, StopId};
use leptos::prelude::*;

/// Every form of the page.
pub const FORM: &str = "kill-switch";
/// What has to be typed before everything stops.
pub const EVERYTHING: &str = "EVERYTHING";

const PAGE: &str = "/console/kill-switch";

/// Stops every agent the person answers for.
#[server(prefix = "/_fn", endpoint = "kill-switch/mine")]
pub async fn stop_mine(#[server(default)] how: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, PAGE)?.keep("how", &how);
    let result = match form.here.user() {
        Some(user) => {
            let owner_id = PrincipalId::User(user.id);
            pull(&form.here, KillSwitch::Owner { owner_id, revoke: how == "revoke" }).await
        }
        None => Err(ErrorCode::Unauthenticated.into()),
    };
    form.answer(result, |here, _| note(here, Notice::AgentsStopped))
}

/// Stops whatever any agent wants to do on resources of a pattern.
#[server(prefix = "/_fn", endpoint = "kill-switch/resource")]
pub async fn hold(#[server(default)] resource: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, PAGE)?.keep("resource", &resource);
    let result = match resource.trim() {
        // Everything has a form of its own, which asks to be sure.
        "*" => Err(ApiError::invalid("confirm", "is required for everything")),
        pattern => match pattern.parse() {
            Ok(resource) => pull(&form.here, KillSwitch::Resource { resource }).await,
            Err(_) => Err(ApiError::invalid("resource", "is not a pattern")),
        },
    };
    form.answer(result, |here, _| note(here, Notice::ResourceHeld))
}

/// Stops whatever any agent wants to do.
#[server(prefix = "/_fn", endpoint = "kill-switch/all")]
pub async fn hold_all(#[server(default)] confirm: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, PAGE)?.keep("confirm", &confirm);
    let result = if confirm.trim() == EVERYTHING {
        pull(&form.here, KillSwitch::All {}).await
    } else {
        Err(ApiError::invalid("confirm", "is not the word"))
    };
    form.answer(result, |here, _| note(here, Notice::ResourceHeld))
}

/// Lets what was stopped on a resource go on.
#[server(prefix = "/_fn", endpoint = "kill-switch/lift")]
pub async fn lift(#[server(default)] stop: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, PAGE)?;
    let result = match id::<StopId>(&stop) {
        Ok(id) => kavach_service::agent::kill_switch::lift(&form.here.kv, &form.here.cx, id)
            .await
            .map_err(ApiError::from),
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| note(here, Notice::ResourceLifted))
}

async fn pull(here: &Here, request: KillSwitch) -> Result<Killed, ApiError> {
    Ok(kavach_service::agent::kill_switch::pull(&here.kv, &here.cx, request).await?)
}

fn note(here: &Here, notice: Notice) -> String {
    Flash::notice(FORM, notice).leave(here);
    PAGE.to_owned()
}
