//! Making the first administrator.

use super::WELCOME_NOTE;
use crate::cookies;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::sentences::Notice;
use kavach_model::{Secret, user as model};
use leptos::prelude::*;

/// The form.
pub const FORM: &str = "set-up";

/// The first administrator, by the one-time link.
#[server(prefix = "/_fn", endpoint = "set-up")]
pub async fn set_up(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), Refused> {
    // The link is in the address already; nothing else could keep it.
    let page = with_query("/setup", &[("token", &token)]);
    let form = Form::posted(FORM, page)?.keep("name", &name).keep("email", &email);
    let request = model::SetUp { token: Secret::new(token), email, name, password: Secret::new(password) };
    let result = kavach_service::setup::create_admin(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, signed_in| {
        cookies::keep_session(here, &signed_in.token);
        Flash::notice(WELCOME_NOTE, Notice::SetUpDone).leave_for_anybody(here);
        "/console".to_owned()
    })
}
