//! The second step of a sign-in, and what it is made of.

use crate::cookies;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::reveal;
use crate::sentences::Notice;
use kavach_model::two_step::TypedCode;
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::{backup_codes, second_step, totp};
use leptos::prelude::*;

/// The page of the second step.
pub const SECOND_FACTOR: &str = "/sign-in/second-factor";
/// Its form.
pub const SECOND_FACTOR_FORM: &str = "second-factor";
/// The forms of the account page.
pub const TWO_STEP_FORM: &str = "two-step";
/// The account page.
pub const PAGE: &str = "/account/two-step";
/// Where backup codes are shown once.
pub const CODES_PAGE: &str = "/account/two-step/codes";
/// What backup codes are on their way as.
pub const BACKUP_CODES: &str = "backup-codes";

/// Finishes a sign-in with a code.
#[server(prefix = "/_fn", endpoint = "sign-in/second-factor")]
pub async fn verify(
    #[server(default)] code: String,
    #[server(default)] r#use: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let return_to = ReturnTo::or_home(Some(&return_to));
    let carried = if return_to.is_home() { "" } else { return_to.as_str() };
    let which = if r#use == "backup" { "backup" } else { "" };
    let page = with_query(SECOND_FACTOR, &[("use", which), ("return_to", carried)]);
    let form = Form::posted(SECOND_FACTOR_FORM, page)?
        .with_secret_in(ErrorCode::CodeInvalid, "code")
        .with_dead_end(ErrorCode::Conflict, "/sign-in");
    let typed = TypedCode { code: Secret::new(code) };
    let result = second_step::verify(&form.here.kv, &form.here.cx, typed).await;
    form.answer(result, |here, done| {
        cookies::keep_session(here, &done.token);
        return_to.to_string()
    })
}

/// Begins to set up an authenticator app.
#[server(prefix = "/_fn", endpoint = "two-step/enroll")]
pub async fn enroll() -> Result<(), Refused> {
    let form = Form::posted(TWO_STEP_FORM, PAGE)?;
    let result = totp::enroll(&form.here.kv, &form.here.cx).await;
    form.answer(result, |_, _| format!("{PAGE}?step=confirm"))
}

/// Switches it on with the first code, and goes on to the backup codes.
#[server(prefix = "/_fn", endpoint = "two-step/confirm")]
pub async fn confirm(#[server(default)] code: String) -> Result<(), Refused> {
    let form = Form::posted(TWO_STEP_FORM, format!("{PAGE}?step=confirm"))?
        .with_secret_in(ErrorCode::CodeInvalid, "code");
    let typed = TypedCode { code: Secret::new(code) };
    let result = match totp::confirm(&form.here.kv, &form.here.cx, typed).await {
        Ok(()) => backup_codes::regenerate(&form.here.kv, &form.here.cx).await,
        Err(error) => Err(error),
    };
    form.answer(result, |here, made| {
        reveal::leave_text(here, BACKUP_CODES, &made.codes.join("\n"));
        Flash::notice(TWO_STEP_FORM, Notice::TwoStepOn).leave(here);
        CODES_PAGE.to_owned()
    })
}

/// Makes new backup codes.
#[server(prefix = "/_fn", endpoint = "two-step/codes")]
pub async fn new_codes() -> Result<(), Refused> {
    let form = Form::posted(TWO_STEP_FORM, PAGE)?;
    let result = backup_codes::regenerate(&form.here.kv, &form.here.cx).await;
    form.answer(result, |here, made| {
        reveal::leave_text(here, BACKUP_CODES, &made.codes.join("\n"));
        CODES_PAGE.to_owned()
    })
}

/// Switches it off.
#[server(prefix = "/_fn", endpoint = "two-step/disable")]
pub async fn disable() -> Result<(), Refused> {
    let form = Form::posted(TWO_STEP_FORM, PAGE)?;
    let result = totp::disable(&form.here.kv, &form.here.cx).await;
    form.answer(result, |here, ()| {
        Flash::notice(TWO_STEP_FORM, Notice::TwoStepOff).leave(here);
        PAGE.to_owned()
    })
}
