//! A person's own account.

use super::id;
use crate::cookies;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::sentences::Notice;
use kavach_model::{ApiError, ErrorCode, Secret, SessionId, user as model};
use leptos::prelude::*;

/// The form with the name.
pub const PROFILE_FORM: &str = "profile";
/// The form with the passwords.
pub const PASSWORD_FORM: &str = "password";
/// The buttons beside the sessions.
pub const SESSIONS_FORM: &str = "sessions";
/// The form that asks for the password again.
pub const CONFIRM_FORM: &str = "confirm";

const PAGE: &str = "/account";

/// What to call the person.
#[server(prefix = "/_fn", endpoint = "account/profile")]
pub async fn update_profile(#[server(default)] name: String) -> Result<(), Refused> {
    let form = Form::posted(PROFILE_FORM, PAGE)?.keep("name", &name);
    let result =
        kavach_service::user::update_profile(&form.here.kv, &form.here.cx, model::UpdateProfile { name })
            .await;
    form.answer(result, |here, _| {
        Flash::notice(PROFILE_FORM, Notice::ProfileSaved).leave(here);
        PAGE.to_owned()
    })
}

/// A new password.
#[server(prefix = "/_fn", endpoint = "account/password")]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] new: String,
) -> Result<(), Refused> {
    let form = Form::posted(PASSWORD_FORM, PAGE)?.with_password_in("current");
    let request = model::ChangePassword { current: Secret::new(current), new: Secret::new(new) };
    let result =
        kavach_service::authn::email_password::change_password(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| {
        Flash::notice(PASSWORD_FORM, Notice::PasswordChanged).leave(here);
        PAGE.to_owned()
    })
}

/// Proves again that it is they, and goes back to where that was asked for.
#[server(prefix = "/_fn", endpoint = "account/confirm")]
pub async fn confirm(
    #[server(default)] password: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let return_to = ReturnTo::or_home(Some(&return_to));
    let form =
        Form::posted(CONFIRM_FORM, with_query("/account/confirm", &[("return_to", return_to.as_str())]))?;
    let form = form.with_password_in("password");
    let request =
        model::Reauthenticate { password: Some(Secret::new(password)), ..model::Reauthenticate::default() };
    let result =
        kavach_service::authn::reauthenticate::reauthenticate(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, signed_in| {
        cookies::keep_session(here, &signed_in.token);
        return_to.to_string()
    })
}

/// The same with a code of the authenticator app.
#[server(prefix = "/_fn", endpoint = "account/confirm-code")]
pub async fn confirm_code(
    #[server(default)] code: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let return_to = ReturnTo::or_home(Some(&return_to));
    let form =
        Form::posted(CONFIRM_FORM, with_query("/account/confirm", &[("return_to", return_to.as_str())]))?;
    let form = form.with_secret_in(ErrorCode::CodeInvalid, "code");
    let request = model::Reauthenticate { code: Some(Secret::new(code)), ..model::Reauthenticate::default() };
    let result =
        kavach_service::authn::reauthenticate::reauthenticate(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, signed_in| {
        cookies::keep_session(here, &signed_in.token);
        return_to.to_string()
    })
}

/// Ends one session.
#[server(prefix = "/_fn", endpoint = "account/sessions/revoke")]
pub async fn revoke_session(#[server(default)] session: String) -> Result<(), Refused> {
    let form = Form::posted(SESSIONS_FORM, PAGE)?;
    let result = match id::<SessionId>(&session) {
        Ok(id) => {
            kavach_service::session::revoke(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, ()| {
        Flash::notice(SESSIONS_FORM, Notice::SessionEnded).leave(here);
        PAGE.to_owned()
    })
}

/// Ends every session but the one that asks.
#[server(prefix = "/_fn", endpoint = "account/sessions/revoke-others")]
pub async fn revoke_other_sessions() -> Result<(), Refused> {
    let form = Form::posted(SESSIONS_FORM, PAGE)?;
    let result = kavach_service::session::revoke_others(&form.here.kv, &form.here.cx).await;
    form.answer(result, |here, _| {
        Flash::notice(SESSIONS_FORM, Notice::OtherSessionsEnded).leave(here);
        PAGE.to_owned()
    })
}
