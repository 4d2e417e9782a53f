//! Choosing another password. Asking looks the same whoever asks; opening the link changes nothing, the button does.

use super::{FormAlert, query};
use crate::components::{Button, ButtonLink, Field, FieldKind, HiddenField, PasswordField};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::recovery::{DONE, ENROLL_FORM, FORGOT_FORM, RESET_FORM};
use kavach_model::ErrorCode;
use kavach_model::sign_in::Method;
use kavach_service::recovery::{enrolment, password_reset};
use leptos::prelude::*;

/// Where a person goes who has a new password and no passkey yet.
const PASSKEYS: &str = "/sign-in?return_to=%2Faccount%2Fpasskeys";

/// `/recover`
#[component]
pub fn Recover() -> impl IntoView {
    let content = load::open(|here| async move {
        if !here.kv.config().methods.is_on(Method::PasswordReset) {
            return Err(ErrorCode::NotFound.into());
        }
        let state = FormState::of_any(&here, &[FORGOT_FORM, DONE]);
        let content = if state.only(DONE).value("done") == "sent" { sent() } else { ask(state) };
        Ok(view! { <div class="space-y-6">{content}</div> }.into_any())
    });
    view! { <AuthLayout title=tr("recover-title")>{content}</AuthLayout> }
}

fn heading(key: &'static str) -> impl IntoView {
    view! { <h1 class="text-2xl font-semibold">{tr(key)}</h1> }
}

fn paragraph(text: String) -> impl IntoView {
    view! { <p class="text-sm text-muted">{text}</p> }
}

fn ask(state: FormState) -> AnyView {
    view! {
        {heading("recover-title")}
        <FormAlert state=state.clone() />
        {paragraph(tr("recover-lead"))}
        <form method="post" action="/_fn/recover" class="space-y-5">
            <Field
                label=tr("recover-email")
                name="email"
                kind=FieldKind::Email
                value=state.value("email")
                autocomplete="username"
                error=state.error("email")
                focus=true
            />
            <Button wide=true>{tr("recover-send")}</Button>
        </form>
        <p class="text-sm">
            <a href="/sign-in" class="inline-block py-0.5 font-medium text-accent underline">{tr("recover-back")}</a>
        </p>
    }
    .into_any()
}

fn sent() -> AnyView {
    view! {
        {heading("recover-sent-title")}
        <p role="status">{tr("recover-sent")}</p>
        {paragraph(tr("recover-sent-nothing"))}
        <p class="text-sm">
            <a href="/recover" class="inline-block py-0.5 font-medium text-accent underline">{tr("recover-again")}</a>
        </p>
    }
    .into_any()
}

/// `/recover/reset?token=...`
#[component]
pub fn Reset() -> impl IntoView {
    let token = query("token");
    let content = load::open(move |here| async move {
        if !here.kv.config().methods.is_on(Method::PasswordReset) {
            return Err(ErrorCode::NotFound.into());
        }
        let state = FormState::of_any(&here, &[RESET_FORM, DONE]);
        let content = if state.only(DONE).value("done") == "set" {
            done("recover-done", "/sign-in", "recover-sign-in")
        } else if password_reset::works(&here.kv, &token).await? {
            let least = here.kv.config().password.min_length;
            view! {
                {heading("recover-reset-title")}
                <FormAlert state=state.clone() />
                {paragraph(tr("recover-reset-lead"))}
                {password("/_fn/recover/reset", &state, token, String::new(), least)}
            }
            .into_any()
        } else {
            view! {
                {heading("recover-used-title")}
                {paragraph(tr("recover-used"))}
                <ButtonLink href="/recover">{tr("recover-again")}</ButtonLink>
            }
            .into_any()
        };
        Ok(view! { <div class="space-y-6">{content}</div> }.into_any())
    });
    view! { <AuthLayout title=tr("recover-reset-title")>{content}</AuthLayout> }
}

/// `/enroll?token=...`
#[component]
pub fn Enroll() -> impl IntoView {
    let token = query("token");
    let content = load::open(move |here| async move {
        let state = FormState::of_any(&here, &[ENROLL_FORM, DONE]);
        let content = if state.only(DONE).value("done") == "set" {
            done("enroll-done", PASSKEYS, "enroll-passkey")
        } else if let Some(who) = enrolment::whose(&here.kv, &token).await? {
            let least = here.kv.config().password.min_length;
            view! {
                {heading("enroll-title")}
                <FormAlert state=state.clone() />
                <p class="break-words">{tr_with("enroll-lead", &[("who", who.clone().into())])}</p>
                {paragraph(tr("enroll-ended"))}
                {password("/_fn/enroll", &state, token, who, least)}
            }
            .into_any()
        } else {
            view! {
                {heading("recover-used-title")}
                {paragraph(tr("enroll-used"))}
                <ButtonLink href="/sign-in">{tr("recover-sign-in")}</ButtonLink>
            }
            .into_any()
        };
        Ok(view! { <div class="space-y-6">{content}</div> }.into_any())
    });
    view! { <AuthLayout title=tr("enroll-title")>{content}</AuthLayout> }
}

/// The form for a new password.
fn password(
    action: &'static str,
    state: &FormState,
    token: String,
    who: String,
    least: u32,
) -> impl IntoView + use<> {
    // Password managers want to know whose password it is.
    let whose =
        (!who.is_empty()).then(|| view! { <input type="hidden" autocomplete="username" value=who /> });
    view! {
        <form method="post" action=action class="space-y-5">
            {whose}
            <HiddenField name="token" value=token />
            <PasswordField
                label=tr("recover-new-password")
                name="password"
                new_with=Some(least)
                error=state.error("password")
                focus=true
            />
            <Button wide=true>{tr("recover-set")}</Button>
        </form>
    }
}

fn done(text: &'static str, href: &'static str, label: &'static str) -> AnyView {
    view! {
        {heading("recover-done-title")}
        <p role="status">{tr(text)}</p>
        <ButtonLink href=href>{tr(label)}</ButtonLink>
    }
    .into_any()
}
