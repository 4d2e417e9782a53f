//! Guests: coming in, and staying on.

use super::WELCOME_NOTE;
use crate::cookies;
use crate::enter::enter;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::sentences::Notice;
use kavach_model::Secret;
use kavach_model::recovery::UpgradeAnonymous;
use kavach_service::authn::anonymous;
use leptos::prelude::*;

/// The button for guests.
pub const GUEST_FORM: &str = "guest";
/// What it says when the person chose a user name.
pub const USERNAME: &str = "username";
/// Its page.
pub const UPGRADE_PAGE: &str = "/account/upgrade";
/// The form that makes a member of one.
pub const UPGRADE_FORM: &str = "upgrade";

/// Begins a guest's session.
#[server(prefix = "/_fn", endpoint = "sign-in/anonymous")]
pub async fn continue_as_guest(#[server(default)] return_to: String) -> Result<(), Refused> {
    let form = Form::posted(GUEST_FORM, "/sign-in/guest")?;
    let result = anonymous::sign_in(&form.here.kv, &form.here.cx).await;
    form.answer(result, |here, done| enter(here, &done, &return_to))
}

/// Makes a member of the guest.
#[server(prefix = "/_fn", endpoint = "account/upgrade")]
pub async fn upgrade(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] by: String,
) -> Result<(), Refused> {
    let by_username = by == USERNAME;
    let page = with_query(UPGRADE_PAGE, &[("by", if by_username { USERNAME } else { "" })]);
    let form = Form::posted(UPGRADE_FORM, page)?.keep("name", &name);
    let form = if by_username { form.keep("username", &username) } else { form.keep("email", &email) };
    let name = Some(name).filter(|name| !name.trim().is_empty());
    let (email, username) = if by_username { (None, Some(username)) } else { (Some(email), None) };
    let request = UpgradeAnonymous { email, username, password: Secret::new(password), name };
    let result = anonymous::upgrade(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, done| {
        cookies::keep_session(here, &done.token);
        // A mail to verify the address is on its way, where there is one.
        if !by_username {
            Flash::notice(WELCOME_NOTE, Notice::Welcome).leave_for_anybody(here);
        }
        "/console".to_owned()
    })
}
