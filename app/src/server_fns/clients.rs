//! Registering clients, switching them off and on, and deleting them.

use crate::context::Here;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::reveal;
use crate::sentences::Notice;
use kavach_model::ApiError;
use kavach_model::oauth::{AuthMethod, CreateClient, CreatedClient};
use kavach_service::oauth::{clients, token};
use leptos::prelude::*;

/// The form that registers a client.
pub const CREATE_FORM: &str = "new-client";
/// The form that deletes one.
pub const DELETE_FORM: &str = "delete-client";
/// The note on the page of a client.
pub const CLIENT_NOTE: &str = "client";
/// The note on the list.
pub const LIST_NOTE: &str = "clients";
/// What a client may do, as the form names it, and the grants that takes.
pub const GRANTS: [(&str, &[&str]); 3] = [
    ("people", &["authorization_code", "refresh_token"]),
    ("itself", &["client_credentials"]),
    ("device", &[token::DEVICE, "refresh_token"]),
];

const LIST: &str = "/console/clients";

/// Registers a client and shows its secret, if it has one.
#[server(prefix = "/_fn", endpoint = "clients/create")]
pub async fn create(
    #[server(default)] name: String,
    #[server(default)] auth: String,
    #[server(default)] redirects: String,
    #[server(default)] jwks_uri: String,
    #[server(default)] grants: Vec<String>,
    #[server(default)] scope: String,
    #[server(default)] introspects: String,
) -> Result<(), Refused> {
    let form = Form::posted(CREATE_FORM, format!("{LIST}/new"))?
        .keep("name", &name)
        .keep("auth", &auth)
        .keep("redirects", &redirects)
        .keep("jwks_uri", &jwks_uri)
        .keep("grants", &grants.join(" "))
        .keep("scope", &scope)
        .keep("introspects", &introspects);
    let filled = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let request = CreateClient {
        name,
        redirect_uris: lines(&redirects),
        auth_method: AuthMethod::parse(&auth),
        grant_types: chosen(&grants),
        scope: filled(scope),
        jwks_uri: filled(jwks_uri),
        introspects: lines(&introspects),
        ..CreateClient::default()
    };
    let result = clients::create(&form.here.kv, &form.here.cx, request).await.map_err(ApiError::from);
    form.answer(result, shown)
}

fn shown(here: &Here, made: CreatedClient) -> String {
    let id = made.client.id;
    match made.secret {
        Some(secret) => {
            reveal::leave(here, &id, &secret);
            with_query("/console/clients/secret", &[("id", &id)])
        }
        None => {
            Flash::notice(CLIENT_NOTE, Notice::ClientRegistered).leave(here);
            page(&id)
        }
    }
}

/// Switches a client off: everything it was granted ends.
#[server(prefix = "/_fn", endpoint = "clients/disable")]
pub async fn disable(#[server(default)] client: String) -> Result<(), Refused> {
    switch(client, true, Notice::ClientOff).await
}

/// Switches a client on again.
#[server(prefix = "/_fn", endpoint = "clients/enable")]
pub async fn enable(#[server(default)] client: String) -> Result<(), Refused> {
    switch(client, false, Notice::ClientOn).await
}

async fn switch(client: String, off: bool, notice: Notice) -> Result<(), Refused> {
    let form = Form::posted(CLIENT_NOTE, page(&client))?;
    let result = clients::set_disabled(&form.here.kv, &form.here.cx, &client, off).await;
    form.answer(result.map_err(ApiError::from), |here, ()| {
        Flash::notice(CLIENT_NOTE, notice).leave(here);
        page(&client)
    })
}

/// Deletes a client.
#[server(prefix = "/_fn", endpoint = "clients/delete")]
pub async fn delete(#[server(default)] client: String) -> Result<(), Refused> {
    let form = Form::posted(DELETE_FORM, with_query("/console/clients/delete", &[("id", &client)]))?;
    let result = clients::delete(&form.here.kv, &form.here.cx, &client).await.map_err(ApiError::from);
    form.answer(result, |here, ()| {
        Flash::notice(LIST_NOTE, Notice::ClientDeleted).leave(here);
        LIST.to_owned()
    })
}

fn page(client: &str) -> String {
    with_query("/console/client", &[("id", client)])
}

fn chosen(grants: &[String]) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    for (name, needs) in GRANTS {
        if grants.iter().any(|grant| grant == name) {
            types.extend(needs.iter().map(|need| (*need).to_owned()));
        }
    }
    types.sort();
    types.dedup();
    types
}

/// What stands on each line.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
