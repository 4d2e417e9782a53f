//! A person's passkeys. Making and using one takes script; naming and removing does not.

use super::id;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::sentences::Notice;
use kavach_model::passkey::RenamePasskey;
use kavach_model::{ApiError, PasskeyId};
use kavach_service::authn::passkey;
use leptos::prelude::*;

/// The forms of the page.
pub const PASSKEYS_FORM: &str = "passkeys";
const PAGE: &str = "/account/passkeys";

/// Calls a passkey something else.
#[server(prefix = "/_fn", endpoint = "passkeys/rename")]
pub async fn rename(
    #[server(default)] passkey: String,
    #[server(default)] name: String,
) -> Result<(), Refused> {
    let form = Form::posted(PASSKEYS_FORM, PAGE)?.keep("passkey", &passkey).keep("new_name", &name);
    let result = match id::<PasskeyId>(&passkey) {
        Ok(id) => passkey::rename(&form.here.kv, &form.here.cx, id, RenamePasskey { name })
            .await
            .map_err(ApiError::from),
        Err(error) => Err(error),
    };
    form.answer(result, |here, _| {
        Flash::notice(PASSKEYS_FORM, Notice::PasskeyRenamed).leave(here);
        PAGE.to_owned()
    })
}

/// Takes a passkey away.
#[server(prefix = "/_fn", endpoint = "passkeys/remove")]
pub async fn remove(#[server(default)] passkey: String) -> Result<(), Refused> {
    let form = Form::posted(PASSKEYS_FORM, PAGE)?;
    let result = match id::<PasskeyId>(&passkey) {
        Ok(id) => passkey::remove(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    form.answer(result, |here, ()| {
        Flash::notice(PASSKEYS_FORM, Notice::PasskeyRemoved).leave(here);
        PAGE.to_owned()
    })
}
