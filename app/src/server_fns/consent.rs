//! Letting clients in, turning them away, and letting them out again.

use crate::error::Refused;
use crate::form::Form;
use crate::links::with_query;
use kavach_service::oauth::{apps, consent, logout};
use leptos::prelude::*;

/// The two answers.
pub const FORM: &str = "consent";
/// The buttons beside the apps.
pub const APPS_FORM: &str = "apps";

/// The button of somebody an app asks to sign out.
pub const LEAVE_FORM: &str = "leave";

const APPS: &str = "/account/apps";

fn page(request: &str) -> String {
    with_query("/consent", &[("request", request)])
}

/// Yes: on to the client.
#[server(prefix = "/_fn", endpoint = "consent/allow")]
pub async fn allow(#[server(default)] request: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, page(&request))?;
    let result = consent::approve(&form.here.kv, &form.here.cx, &request).await;
    form.answer(result, |_, client| client)
}

/// No: the client is told.
#[server(prefix = "/_fn", endpoint = "consent/deny")]
pub async fn deny(#[server(default)] request: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, page(&request))?;
    let result = consent::deny(&form.here.kv, &form.here.cx, &request).await;
    form.answer(result, |_, client| client)
}

/// An app is let out.
#[server(prefix = "/_fn", endpoint = "account/apps/revoke")]
pub async fn revoke_app(#[server(default)] client: String) -> Result<(), Refused> {
    let form = Form::posted(APPS_FORM, APPS)?;
    let result = apps::revoke(&form.here.kv, &form.here.cx, &client).await;
    form.answer(result, |_, ()| APPS.to_owned())
}

/// A person whom an app asks to sign out does.
#[server(prefix = "/_fn", endpoint = "leave")]
pub async fn leave(#[server(default)] request: String) -> Result<(), Refused> {
    let form = Form::posted(LEAVE_FORM, "/oauth/logout")?;
    let result = logout::confirm(&form.here.kv, &form.here.cx, &request).await;
    form.answer(result, |_, client| client.unwrap_or_else(|| "/oauth/logout".to_owned()))
}
