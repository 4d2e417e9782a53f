//! A person's own account.

use super::id;
use super::sign_in::SIGNED_OUT;
use crate::accounts;
use crate::cookies;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::sentences::Notice;
use kavach_model::account as whole;
use kavach_model::{ApiError, ErrorCode, Language, Secret, SessionId, user as model};
use leptos::prelude::*;

/// The form with the name.
pub const PROFILE_FORM: &str = "profile";
/// The form with the passwords.
pub const PASSWORD_FORM: &str = "password";
/// The buttons beside the sessions.
pub const SESSIONS_FORM: &str = "sessions";
/// The form that asks for the password again.
pub const CONFIRM_FORM: &str = "confirm";

/// The button for the data.
pub const EXPORT_FORM: &str = "export";
/// The form that ends the account.
pub const DELETE_FORM: &str = "delete-account";

const PAGE: &str = "/account";
const SECURITY: &str = "/account/security";
const SESSIONS: &str = "/account/sessions";

/// What to call the person, and the language they read.
#[server(prefix = "/_fn", endpoint = "account/profile")]
pub async fn update_profile(
    #[server(default)] name: String,
    #[server(default)] language: String,
) -> Result<(), Refused> {
    let form = Form::posted(PROFILE_FORM, PAGE)?.keep("name", &name);
    let language = Language::parse(&language);
    let request = model::UpdateProfile { name, locale: language };
    let result = kavach_service::user::update_profile(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, _| {
        if let Some(language) = language {
            cookies::keep_language(here, language);
        }
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
    let form = Form::posted(PASSWORD_FORM, SECURITY)?.with_password_in("current");
    let request = model::ChangePassword { current: Secret::new(current), new: Secret::new(new) };
    let result =
        kavach_service::authn::email_password::change_password(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| {
        Flash::notice(PASSWORD_FORM, Notice::PasswordChanged).leave(here);
        SECURITY.to_owned()
    })
}

/// A first password.
#[server(prefix = "/_fn", endpoint = "account/password/first")]
pub async fn set_first_password(#[server(default)] new: String) -> Result<(), Refused> {
    let form = Form::posted(PASSWORD_FORM, SECURITY)?;
    let request = model::FirstPassword { new: Secret::new(new) };
    let result = kavach_service::authn::first_password::set(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| {
        Flash::notice(PASSWORD_FORM, Notice::PasswordSet).leave(here);
        SECURITY.to_owned()
    })
}

/// Sends the browser to the download, once the person has proved who they are.
#[server(prefix = "/_fn", endpoint = "account/export")]
pub async fn export() -> Result<(), Refused> {
    let form = Form::posted(EXPORT_FORM, "/account/data")?;
    let current = kavach_service::session::current(&form.here.kv, &form.here.cx).await;
    let result = current.map_err(ApiError::from).and_then(|current| match current.session.fresh {
        true => Ok(()),
        false => Err(ErrorCode::ReauthenticationRequired.into()),
    });
    form.answer(result, |_, ()| "/api/auth/account/export".to_owned())
}

/// Ends the account.
#[server(prefix = "/_fn", endpoint = "account/delete")]
pub async fn delete_account(#[server(default)] account: String) -> Result<(), Refused> {
    let form = Form::posted(DELETE_FORM, "/account/delete")?.keep("account", &account);
    let named = form.here.user().map(kavach_service::account::name_to_type);
    let request = whole::DeleteAccount { account };
    let result = kavach_service::account::delete(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| {
        cookies::drop_session(here);
        if let Some(named) = named {
            accounts::forget(here, &named);
        }
        Flash::notice(SIGNED_OUT, Notice::AccountDeleted).leave_for_anybody(here);
        "/sign-in".to_owned()
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
    let form = Form::posted(SESSIONS_FORM, SESSIONS)?;
    let result = match id::<SessionId>(&session) {
        Ok(id) => {
            kavach_service::session::revoke(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    form.answer(result, |here, ()| {
        Flash::notice(SESSIONS_FORM, Notice::SessionEnded).leave(here);
        SESSIONS.to_owned()
    })
}

/// Ends every session but the one that asks.
#[server(prefix = "/_fn", endpoint = "account/sessions/revoke-others")]
pub async fn revoke_other_sessions() -> Result<(), Refused> {
    let form = Form::posted(SESSIONS_FORM, SESSIONS)?;
    let result = kavach_service::session::revoke_others(&form.here.kv, &form.here.cx).await;
    form.answer(result, |here, _| {
        Flash::notice(SESSIONS_FORM, Notice::OtherSessionsEnded).leave(here);
        SESSIONS.to_owned()
    })
}
