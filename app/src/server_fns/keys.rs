//! Making and revoking API keys.

use super::id;
use crate::context::Here;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::reveal;
use crate::sentences::Notice;
use crate::server_fns::agents::end;
use kavach_model::api_key::{CreateApiKey, CreatedApiKey, Scope};
use kavach_model::{ApiError, ApiKeyId};
use leptos::prelude::*;

/// The form that makes a key.
pub const CREATE_FORM: &str = "new-key";
/// The buttons that revoke one.
pub const REVOKE_FORM: &str = "revoke-key";

const LIST: &str = "/console/keys";

/// Makes a key and shows it.
#[server(prefix = "/_fn", endpoint = "keys/create")]
pub async fn create(
    #[server(default)] name: String,
    #[server(default)] expires: String,
    #[server(default)] scopes: Vec<String>,
) -> Result<(), Refused> {
    let form = Form::posted(CREATE_FORM, format!("{LIST}/new"))?
        .keep("name", &name)
        .keep("expires", &expires)
        .keep("scopes", &scopes.join(" "));
    let result = create_key(&form.here, name, &expires, &scopes).await;
    form.answer(result, |here, made| {
        let id = made.key.id.to_string();
        reveal::leave(here, &id, &made.token);
        format!("{LIST}/{id}/token")
    })
}

async fn create_key(
    here: &Here,
    name: String,
    expires: &str,
    scopes: &[String],
) -> Result<CreatedApiKey, ApiError> {
    let read =
        |scope: &String| Scope::parse(scope).ok_or_else(|| ApiError::invalid("scopes", "is not a scope"));
    let request = CreateApiKey {
        name,
        scopes: scopes.iter().map(read).collect::<Result<_, _>>()?,
        expires_at: end(here, expires)?,
    };
    Ok(kavach_service::api_key::create(&here.kv, &here.cx, request).await?)
}

/// Ends a key.
#[server(prefix = "/_fn", endpoint = "keys/revoke")]
pub async fn revoke(#[server(default)] key: String) -> Result<(), Refused> {
    let form = Form::posted(REVOKE_FORM, LIST)?;
    let result = match id::<ApiKeyId>(&key) {
        Ok(id) => {
            kavach_service::api_key::revoke(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, ()| {
        Flash::notice(REVOKE_FORM, Notice::KeyRevoked).leave(here);
        LIST.to_owned()
    })
}
