//! Choosing another password, by mail or by a link an administrator made.

use crate::cookies;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use kavach_model::recovery::{ForgotPassword, RedeemEnrolment, ResetPassword};
use kavach_model::{ErrorCode, Secret};
use kavach_service::recovery::{enrolment, password_reset};
use leptos::prelude::*;

/// The form that asks for a link.
pub const FORGOT_FORM: &str = "forgot";
/// The form behind the link in the mail.
pub const RESET_FORM: &str = "reset";
/// The form behind an administrator's link.
pub const ENROLL_FORM: &str = "enroll";
/// The note of any of them that went well.
pub const DONE: &str = "recovery-done";

/// Asks for a link.
#[server(prefix = "/_fn", endpoint = "recover")]
pub async fn forgot(#[server(default)] email: String) -> Result<(), Refused> {
    let form = Form::posted(FORGOT_FORM, "/recover")?.keep("email", email.trim());
    let result = password_reset::forgot(&form.here.kv, &form.here.cx, ForgotPassword { email }).await;
    form.answer(result, |here, ()| {
        note("sent").leave_for_anybody(here);
        "/recover".to_owned()
    })
}

/// Uses up the link in the mail.
#[server(prefix = "/_fn", endpoint = "recover/reset")]
pub async fn reset(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<(), Refused> {
    const PAGE: &str = "/recover/reset";
    let form = Form::posted(RESET_FORM, with_query(PAGE, &[("token", &token)]))?
        .with_dead_end(ErrorCode::LinkInvalid, PAGE);
    let request = ResetPassword { token: Secret::new(token), password: Secret::new(password) };
    let result = password_reset::reset(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| {
        cookies::drop_session(here);
        note("set").leave_for_anybody(here);
        PAGE.to_owned()
    })
}

/// Uses up an administrator's link.
#[server(prefix = "/_fn", endpoint = "enroll")]
pub async fn enroll(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<(), Refused> {
    const PAGE: &str = "/enroll";
    let form = Form::posted(ENROLL_FORM, with_query(PAGE, &[("token", &token)]))?
        .with_dead_end(ErrorCode::LinkInvalid, PAGE);
    let request = RedeemEnrolment { token: Secret::new(token), password: Secret::new(password) };
    let result = enrolment::redeem(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| {
        cookies::drop_session(here);
        note("set").leave_for_anybody(here);
        PAGE.to_owned()
    })
}

fn note(what: &str) -> Flash {
    let values = vec![("done".to_owned(), what.to_owned())];
    Flash { form: DONE.to_owned(), values, ..Flash::default() }
}
