//! Signing in by what a mail or a text message holds: where to send it, then the code. Each page works by its path
//! alone and without script.

mod open;
mod step;

pub use open::OpenLink;

use super::query;
use crate::awaited::{Awaited, For};
use crate::components::FieldKind;
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::codes::{EMAIL, LINK, PHONE, SEND_FORM, VERIFY_FORM};
use crate::server_fns::sign_in::remembered_identifier;
use kavach_model::ErrorCode;
use kavach_model::sign_in::Methods;
use leptos::prelude::*;
use step::{code_step, send_step};

/// What is different between the three.
#[derive(Clone, Copy)]
struct Way {
    what: For,
    /// Its page.
    page: &'static str,
    /// Where the first form goes.
    send: &'static str,
    /// Where the code goes.
    verify: &'static str,
    is_on: fn(&Methods) -> bool,
    field: FieldKind,
    title: &'static str,
    explained: &'static str,
    button: &'static str,
    sent_title: &'static str,
    sent: &'static str,
    hint: &'static str,
    resend: &'static str,
    other: &'static str,
}

const BY_LINK: Way = Way {
    what: For::Link,
    page: LINK,
    send: "/_fn/link/send",
    verify: "/_fn/link/code",
    is_on: |methods| methods.magic_link,
    field: FieldKind::Email,
    title: "link-title",
    explained: "link-explained",
    button: "link-send",
    sent_title: "link-sent-title",
    sent: "link-sent",
    hint: "code-link-hint",
    resend: "link-another",
    other: "code-other-address",
};

const BY_EMAIL: Way = Way {
    what: For::Email,
    page: EMAIL,
    send: "/_fn/code/send",
    verify: "/_fn/code/verify",
    is_on: |methods| methods.email_otp,
    field: FieldKind::Email,
    title: "code-title",
    explained: "code-explained",
    button: "code-send",
    sent_title: "code-sent-title",
    sent: "code-sent",
    hint: "code-hint",
    resend: "code-resend",
    other: "code-other-address",
};

const BY_PHONE: Way = Way {
    what: For::Phone,
    page: PHONE,
    send: "/_fn/phone/send",
    verify: "/_fn/phone/verify",
    is_on: |methods| methods.phone_otp,
    field: FieldKind::Phone,
    title: "phone-title",
    explained: "phone-explained",
    button: "phone-send",
    sent_title: "code-sent-title",
    sent: "phone-sent",
    hint: "code-hint",
    resend: "code-resend",
    other: "phone-other-number",
};

/// `/sign-in/link`
#[component]
pub fn MagicLink() -> impl IntoView {
    page(BY_LINK)
}

/// `/sign-in/code`
#[component]
pub fn EmailCode() -> impl IntoView {
    page(BY_EMAIL)
}

/// `/sign-in/phone`
#[component]
pub fn PhoneCode() -> impl IntoView {
    page(BY_PHONE)
}

fn page(way: Way) -> impl IntoView {
    let asked = query("return_to");
    let change = query("change") == "1";
    let content = load::open(move |here| async move {
        if !(way.is_on)(&kavach_service::authn::methods::list(&here.kv)) {
            return Err(ErrorCode::NotFound.into());
        }
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        let state = FormState::of_any(&here, &[SEND_FORM, VERIFY_FORM]);
        Ok(match Awaited::find(&here, way.what).filter(|_| !change) {
            Some(awaited) => code_step(way, &state, &awaited, here.now()).into_any(),
            None => {
                let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
                let fits = |known: &String| way.field == FieldKind::Email && known.contains('@');
                let known = remembered_identifier(&here).filter(fits).unwrap_or_default();
                send_step(way, &state, known, carried).into_any()
            }
        })
    });
    view! { <AuthLayout title=tr(way.title)>{content}</AuthLayout> }
}
