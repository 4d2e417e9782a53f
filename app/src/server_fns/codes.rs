//! Signing in by what a mail or a text message holds.

use crate::awaited::{Awaited, For};
use crate::enter::enter;
use crate::error::Refused;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use kavach_model::codes::{SendEmail, SendMagicLink, SendPhone, VerifyCode, VerifyMagicLink};
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::{email_otp, magic_link, phone_otp};
use leptos::prelude::*;

/// The forms that ask where to send to.
pub const SEND_FORM: &str = "send-code";
/// The forms that take a code.
pub const VERIFY_FORM: &str = "verify-code";
/// The button behind a link.
pub const OPEN_FORM: &str = "open-link";

/// The page of a link.
pub const LINK: &str = "/sign-in/link";
/// The page behind a link.
pub const OPEN: &str = "/sign-in/link/open";
/// The page of a code by mail.
pub const EMAIL: &str = "/sign-in/code";
/// The page of a code by text message.
pub const PHONE: &str = "/sign-in/phone";

/// Sends a link.
#[server(prefix = "/_fn", endpoint = "link/send")]
pub async fn send_link(
    #[server(default)] username: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = sending(LINK, &username, &return_to)?;
    let carried = ReturnTo::parse(&return_to).map(|path| path.to_string());
    let request = SendMagicLink { email: username.clone(), return_to: carried };
    let sent = magic_link::send(&form.here.kv, &form.here.cx, request).await;
    form.answer(sent, |here, sent| {
        Awaited::begin(here, For::Link, sent.challenge_id, username.trim(), &return_to);
        LINK.to_owned()
    })
}

/// The code beside a link.
#[server(prefix = "/_fn", endpoint = "link/code")]
pub async fn verify_link_code(#[server(default)] code: String) -> Result<(), Refused> {
    let form = Form::posted(VERIFY_FORM, LINK)?;
    let awaited = Awaited::find(&form.here, For::Link);
    let request = VerifyMagicLink {
        token: None,
        challenge_id: Some(awaited.as_ref().map(|awaited| awaited.challenge_id.clone()).unwrap_or_default()),
        code: Some(Secret::new(code)),
    };
    let done = magic_link::verify(&form.here.kv, &form.here.cx, request).await;
    form.answer(done, |here, done| {
        Awaited::end(here, For::Link);
        enter(here, &done, &awaited.map(|awaited| awaited.return_to).unwrap_or_default())
    })
}

/// The button behind a link.
#[server(prefix = "/_fn", endpoint = "link/open")]
pub async fn open_link(
    #[server(default)] token: String,
    #[server(default)] confirmed: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = Form::posted(OPEN_FORM, with_query(OPEN, &[("token", &token)]))?
        .with_dead_end(ErrorCode::LinkInvalid, OPEN);
    let (kv, cx) = (&form.here.kv, &form.here.cx);
    let done = magic_link::enter(kv, cx, Secret::new(token), confirmed == "1").await;
    form.answer(done, |here, done| {
        Awaited::end(here, For::Link);
        enter(here, &done, &return_to)
    })
}

/// Sends a code by mail.
#[server(prefix = "/_fn", endpoint = "code/send")]
pub async fn send_email_code(
    #[server(default)] username: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = sending(EMAIL, &username, &return_to)?;
    let sent = email_otp::send(&form.here.kv, &form.here.cx, SendEmail { email: username.clone() }).await;
    form.answer(sent, |here, sent| {
        Awaited::begin(here, For::Email, sent.challenge_id, username.trim(), &return_to);
        EMAIL.to_owned()
    })
}

/// A code from a mail.
#[server(prefix = "/_fn", endpoint = "code/verify")]
pub async fn verify_email_code(#[server(default)] code: String) -> Result<(), Refused> {
    let form = Form::posted(VERIFY_FORM, EMAIL)?;
    let (proof, return_to) = proof(&form, For::Email, code);
    let done = email_otp::verify(&form.here.kv, &form.here.cx, proof).await;
    form.answer(done, |here, done| {
        Awaited::end(here, For::Email);
        enter(here, &done, &return_to)
    })
}

/// Sends a code by text message.
#[server(prefix = "/_fn", endpoint = "phone/send")]
pub async fn send_phone_code(
    #[server(default)] phone: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = sending(PHONE, &phone, &return_to)?;
    let sent = phone_otp::send(&form.here.kv, &form.here.cx, SendPhone { phone: phone.clone() }).await;
    form.answer(sent, |here, sent| {
        Awaited::begin(here, For::Phone, sent.challenge_id, phone.trim(), &return_to);
        PHONE.to_owned()
    })
}

/// A code from a text message.
#[server(prefix = "/_fn", endpoint = "phone/verify")]
pub async fn verify_phone_code(#[server(default)] code: String) -> Result<(), Refused> {
    let form = Form::posted(VERIFY_FORM, PHONE)?;
    let (proof, return_to) = proof(&form, For::Phone, code);
    let done = phone_otp::verify(&form.here.kv, &form.here.cx, proof).await;
    form.answer(done, |here, done| {
        Awaited::end(here, For::Phone);
        enter(here, &done, &return_to)
    })
}

/// A form that comes back, if it does, to the step that asks where to send to.
fn sending(page: &str, to: &str, return_to: &str) -> Result<Form, Refused> {
    let return_to = ReturnTo::or_home(Some(return_to));
    let carried = if return_to.is_home() { "" } else { return_to.as_str() };
    let page = with_query(page, &[("change", "1"), ("return_to", carried)]);
    Ok(Form::posted(SEND_FORM, page)?.keep("to", to.trim()))
}

/// A code with the challenge this browser waits for; with none it cannot be right.
fn proof(form: &Form, what: For, code: String) -> (VerifyCode, String) {
    let (challenge_id, return_to) = Awaited::find(&form.here, what)
        .map(|awaited| (awaited.challenge_id, awaited.return_to))
        .unwrap_or_default();
    (VerifyCode { challenge_id, code: Secret::new(code) }, return_to)
}
