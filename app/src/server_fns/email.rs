//! Verifying an e-mail address.

use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::sentences::Notice;
use kavach_model::user::ConfirmEmail;
use kavach_model::{ErrorCode, Secret};
use leptos::prelude::*;

const PAGE: &str = "/verify-email";

/// The form behind the link in the mail.
pub const FORM: &str = "verify-email";
/// The note of an address that was verified.
pub const CONFIRMED: &str = "email-verified";
/// The form that asks for a mail.
pub const SEND_FORM: &str = "send-verification";

/// Sends a mail with a new link.
#[server(prefix = "/_fn", endpoint = "email/send")]
pub async fn send_link() -> Result<(), Refused> {
    let form = Form::posted(SEND_FORM, "/account")?;
    let result = kavach_service::email_verification::send(&form.here.kv, &form.here.cx).await;
    form.answer(result, |here, ()| {
        Flash::notice(SEND_FORM, Notice::VerificationSent).leave(here);
        "/account".to_owned()
    })
}

/// Uses up the link.
#[server(prefix = "/_fn", endpoint = "email/confirm")]
pub async fn confirm(#[server(default)] token: String) -> Result<(), Refused> {
    let form = Form::posted(FORM, with_query(PAGE, &[("token", &token)]))?
        .with_dead_end(ErrorCode::LinkInvalid, PAGE);
    let request = ConfirmEmail { token: Secret::new(token) };
    let result = kavach_service::email_verification::confirm(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, _| {
        Flash::notice(CONFIRMED, Notice::EmailVerified).leave(here);
        PAGE.to_owned()
    })
}
