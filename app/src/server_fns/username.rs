//! Making an account without an address.

use crate::enter::enter;
use crate::error::Refused;
use crate::form::Form;
use kavach_model::Secret;
use kavach_model::codes::SignUpUsername;
use kavach_service::authn::username_password;
use leptos::prelude::*;

/// The form.
pub const FORM: &str = "sign-up-username";

/// An account with a user name and a password.
#[server(prefix = "/_fn", endpoint = "sign-up/username")]
pub async fn sign_up(
    #[server(default)] name: String,
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = Form::posted(FORM, "/sign-up/username")?.keep("name", &name).keep("username", &username);
    let name = Some(name).filter(|name| !name.trim().is_empty());
    let request = SignUpUsername { username, password: Secret::new(password), name };
    let done = username_password::sign_up(&form.here.kv, &form.here.cx, request, None).await;
    form.answer(done, |here, done| enter(here, &done, &return_to))
}
