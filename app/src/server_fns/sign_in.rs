//! Signing in and out.

use crate::accounts;
use crate::context::Here;
use crate::cookies;
use crate::enter::enter;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::sentences::Notice;
use kavach_model::sign_in::SignIn;
use kavach_model::{ApiError, Secret};
use leptos::prelude::*;
use std::time::Duration;

/// The form of both steps.
pub const FORM: &str = "sign-in";
/// The note of somebody who left.
pub const SIGNED_OUT: &str = "signed-out";

const IDENTIFIER: &str = "identifier";
/// Time to fetch a password.
const IDENTIFIER_LIFE: Duration = Duration::from_secs(600);
const LONGEST_IDENTIFIER: usize = 320;

/// The first step: who. Nothing is looked up, so nothing can be learned.
#[server(prefix = "/_fn", endpoint = "sign-in/identify")]
pub async fn identify(
    #[server(default)] username: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let page = page(&return_to);
    let username = username.trim();
    let form = Form::posted(FORM, page.clone())?.keep("identifier", username);
    let checked = match is_plausible(&form.here, username) {
        true => Ok(()),
        false => Err(ApiError::invalid("identifier", "is neither an address nor a user name")),
    };
    form.answer(checked, |here, ()| {
        remember_identifier(here, username);
        page
    })
}

/// The second step: the password.
#[server(prefix = "/_fn", endpoint = "sign-in/password")]
pub async fn password(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] return_to: String,
    #[server(default)] captcha_token: String,
) -> Result<(), Refused> {
    let form = Form::posted(FORM, page(&return_to))?.with_captcha(captcha_token);
    remember_identifier(&form.here, username.trim());
    let result = by_password(&form.here, username, Secret::new(password)).await;
    form.answer(result, |here, signed_in| {
        cookies::forget(here, IDENTIFIER);
        enter(here, &signed_in, &return_to)
    })
}

/// What is typed is an address or a user name; which of the two, its form says.
async fn by_password(here: &Here, username: String, password: Secret) -> kavach_service::Result<SignIn> {
    kavach_service::authn::username_password::sign_in_by_either(&here.kv, &here.cx, username, password).await
}

/// Forgets an account that was used in this browser.
#[server(prefix = "/_fn", endpoint = "sign-in/forget")]
pub async fn forget(
    #[server(default)] username: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = Form::posted(FORM, page(&return_to))?;
    form.answer(Ok::<_, ApiError>(()), |here, ()| {
        accounts::forget(here, &username);
        page(&return_to)
    })
}

/// Ends the session, here and on the server.
#[server(prefix = "/_fn", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Refused> {
    let form = Form::posted(SIGNED_OUT, "/sign-in")?;
    let result = kavach_service::session::sign_out(&form.here.kv, &form.here.cx).await;
    // Whatever the server says, the browser forgets.
    cookies::drop_session(&form.here);
    let result = result.or_else(|error| if form.here.user().is_none() { Ok(()) } else { Err(error) });
    form.answer(result, |here, ()| {
        Flash::notice(SIGNED_OUT, Notice::SignedOut).leave_for_anybody(here);
        "/sign-in".to_owned()
    })
}

/// Who was named in the first step, for ten minutes.
pub fn remembered_identifier(here: &Here) -> Option<String> {
    let sealed = cookies::find(here, IDENTIFIER)?;
    let opened = kavach_service::seal::open(&here.kv, IDENTIFIER, &sealed)?;
    String::from_utf8(opened).ok().filter(|identifier| !identifier.is_empty())
}

fn remember_identifier(here: &Here, identifier: &str) {
    if identifier.len() <= LONGEST_IDENTIFIER {
        let sealed = kavach_service::seal::seal(&here.kv, IDENTIFIER, identifier.as_bytes());
        cookies::put(here, IDENTIFIER, &sealed, IDENTIFIER_LIFE.as_secs());
    }
}

/// Whether it could be the name of an account here: an address, or a user name where there are such.
fn is_plausible(here: &Here, identifier: &str) -> bool {
    let methods = kavach_service::authn::methods::list(&here.kv);
    let fits = (1..=LONGEST_IDENTIFIER).contains(&identifier.len());
    fits && if identifier.contains('@') {
        methods.email_password || methods.magic_link || methods.email_otp
    } else {
        methods.username_password
    }
}

/// The page with the form, keeping where to go afterwards when that is somewhere of ours.
fn page(return_to: &str) -> String {
    let return_to = ReturnTo::or_home(Some(return_to));
    let carried = if return_to.is_home() { "" } else { return_to.as_str() };
    with_query("/sign-in", &[("return_to", carried)])
}
