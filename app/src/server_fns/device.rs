//! Answering for a device.

use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use kavach_service::device;
use leptos::prelude::*;

/// The form with the code.
pub const CODE_FORM: &str = "device-code";
/// The two answers.
pub const ANSWER_FORM: &str = "device-answer";
/// The note of an answer.
pub const DONE: &str = "device-done";

const PAGE: &str = "/device";

/// The page with a code filled in.
fn page(user_code: &str) -> String {
    with_query(PAGE, &[("user_code", user_code)])
}

/// A code was typed.
#[server(prefix = "/_fn", endpoint = "device/code")]
pub async fn enter_code(#[server(default)] user_code: String) -> Result<(), Refused> {
    let form = Form::posted(CODE_FORM, PAGE)?.keep("user_code", user_code.trim());
    let result = device::look(&form.here.kv, &form.here.cx, &user_code).await;
    form.answer(result, |_, asked| page(&asked.user_code))
}

/// Yes.
#[server(prefix = "/_fn", endpoint = "device/approve")]
pub async fn approve(#[server(default)] user_code: String) -> Result<(), Refused> {
    let form = Form::posted(ANSWER_FORM, page(&user_code))?;
    let result = device::approve(&form.here.kv, &form.here.cx, &user_code).await;
    form.answer(result, |here, ()| {
        done("approved").leave(here);
        PAGE.to_owned()
    })
}

/// No.
#[server(prefix = "/_fn", endpoint = "device/deny")]
pub async fn deny(#[server(default)] user_code: String) -> Result<(), Refused> {
    let form = Form::posted(ANSWER_FORM, page(&user_code))?;
    let result = device::deny(&form.here.kv, &form.here.cx, &user_code).await;
    form.answer(result, |here, ()| {
        done("denied").leave(here);
        PAGE.to_owned()
    })
}

fn done(what: &str) -> Flash {
    let values = vec![("answer".to_owned(), what.to_owned())];
    Flash { form: DONE.to_owned(), values, ..Flash::default() }
}
