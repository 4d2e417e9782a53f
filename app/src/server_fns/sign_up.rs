//! Making an account.

use super::WELCOME_NOTE;
use crate::enter::enter;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::sentences::Notice;
use kavach_model::Secret;
use kavach_model::user::SignUpEmail;
use leptos::prelude::*;

/// The form.
pub const FORM: &str = "sign-up";

/// An account with an e-mail address and a password.
#[server(prefix = "/_fn", endpoint = "sign-up")]
pub async fn sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] return_to: String,
    #[server(default)] captcha_token: String,
) -> Result<(), Refused> {
    let form = Form::posted(FORM, page(&return_to))?.keep("name", &name).keep("email", &email);
    let form = form.with_captcha(captcha_token);
    let name = Some(name).filter(|name| !name.trim().is_empty());
    let request = SignUpEmail { email, password: Secret::new(password), name };
    let result = kavach_service::authn::email_password::sign_up(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, signed_in| {
        Flash::notice(WELCOME_NOTE, Notice::Welcome).leave_for_anybody(here);
        enter(here, &signed_in, &return_to)
    })
}

/// The page with the form, keeping where to go afterwards when that is somewhere of ours.
fn page(return_to: &str) -> String {
    let return_to = ReturnTo::or_home(Some(return_to));
    let carried = if return_to.is_home() { "" } else { return_to.as_str() };
    with_query("/sign-up", &[("return_to", carried)])
}
