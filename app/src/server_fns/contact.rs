//! The address and the telephone number of an account.

use crate::awaited::{Awaited, For};
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::sentences::Notice;
use kavach_model::codes::{SendEmail, SendPhone, VerifyCode};
use kavach_model::user::ConfirmEmail;
use kavach_model::{ErrorCode, Secret};
use kavach_service::contact;
use leptos::prelude::*;

const PAGE: &str = "/account";
const CONFIRM: &str = "/account/email/confirm";

/// The form that asks for another address.
pub const EMAIL_FORM: &str = "change-email";
/// The button behind the link to it.
pub const CONFIRM_FORM: &str = "confirm-email-change";
/// The form that asks for another number.
pub const PHONE_FORM: &str = "change-phone";
/// The form that takes its code.
pub const PHONE_CODE_FORM: &str = "confirm-phone";
/// The button that takes the number away.
pub const REMOVE_PHONE_FORM: &str = "remove-phone";

/// Asks for another address.
#[server(prefix = "/_fn", endpoint = "account/email")]
pub async fn change_email(#[server(default)] email: String) -> Result<(), Refused> {
    let form = Form::posted(EMAIL_FORM, PAGE)?.keep("email", email.trim());
    let asked = contact::ask_for_email(&form.here.kv, &form.here.cx, SendEmail { email }).await;
    form.answer(asked, |here, ()| {
        Flash::notice(EMAIL_FORM, Notice::EmailChangeSent).leave(here);
        PAGE.to_owned()
    })
}

/// The button behind the link.
#[server(prefix = "/_fn", endpoint = "account/email/confirm")]
pub async fn confirm_email_change(#[server(default)] token: String) -> Result<(), Refused> {
    let form = Form::posted(CONFIRM_FORM, with_query(CONFIRM, &[("token", &token)]))?
        .with_dead_end(ErrorCode::LinkInvalid, CONFIRM);
    let request = ConfirmEmail { token: Secret::new(token) };
    let changed = contact::confirm_email(&form.here.kv, &form.here.cx, request).await;
    form.answer(changed, |here, _| {
        Flash::notice(CONFIRM_FORM, Notice::EmailChanged).leave(here);
        CONFIRM.to_owned()
    })
}

/// Asks for another number.
#[server(prefix = "/_fn", endpoint = "account/phone")]
pub async fn change_phone(#[server(default)] phone: String) -> Result<(), Refused> {
    let form = Form::posted(PHONE_FORM, PAGE)?.keep("phone", phone.trim());
    let request = SendPhone { phone: phone.clone() };
    let asked = contact::ask_for_phone(&form.here.kv, &form.here.cx, request).await;
    form.answer(asked, |here, sent| {
        Awaited::begin(here, For::NewPhone, sent.challenge_id, phone.trim(), "");
        PAGE.to_owned()
    })
}

/// Brings the code of another number.
#[server(prefix = "/_fn", endpoint = "account/phone/verify")]
pub async fn confirm_phone(#[server(default)] code: String) -> Result<(), Refused> {
    let form = Form::posted(PHONE_CODE_FORM, PAGE)?;
    let challenge_id =
        Awaited::find(&form.here, For::NewPhone).map(|awaited| awaited.challenge_id).unwrap_or_default();
    let proof = VerifyCode { challenge_id, code: Secret::new(code) };
    let changed = contact::confirm_phone(&form.here.kv, &form.here.cx, proof).await;
    form.answer(changed, |here, _| {
        Awaited::end(here, For::NewPhone);
        Flash::notice(PHONE_FORM, Notice::PhoneChanged).leave(here);
        PAGE.to_owned()
    })
}

/// Takes the number away.
#[server(prefix = "/_fn", endpoint = "account/phone/remove")]
pub async fn remove_phone() -> Result<(), Refused> {
    let form = Form::posted(REMOVE_PHONE_FORM, PAGE)?;
    let removed = contact::remove_phone(&form.here.kv, &form.here.cx).await;
    form.answer(removed, |here, _| {
        Flash::notice(REMOVE_PHONE_FORM, Notice::PhoneRemoved).leave(here);
        PAGE.to_owned()
    })
}
