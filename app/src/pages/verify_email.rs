//! The link in a verification mail. Opening it changes nothing, because mail scanners open links too; the button
//! does.

use super::{FormAlert, query};
use crate::components::{Button, ButtonLink, HiddenField};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::email::{CONFIRMED, FORM};
use kavach_model::ErrorCode;
use kavach_model::user::User;
use leptos::prelude::*;

const ACCOUNT: &str = "/account";
const SIGN_IN: &str = "/sign-in";
/// Where one can ask for another mail.
const SIGN_IN_FOR_ANOTHER: &str = "/sign-in?return_to=%2Faccount";

/// `/verify-email?token=...`
#[component]
pub fn VerifyEmail() -> impl IntoView {
    let token = query("token");
    let content = load::open(move |here| async move {
        let state = FormState::of_any(&here, &[FORM, CONFIRMED]);
        let used_up = state.code() == Some(ErrorCode::LinkInvalid);
        let content = match here.user() {
            Some(user) if used_up && user.email_verified => {
                verified_already(user.email.as_deref().unwrap_or_default())
            }
            user if used_up => another(state, user),
            user if token.is_empty() => nothing_to_press(state, user),
            _ => button(state, token),
        };
        Ok(view! { <div class="space-y-6">{content}</div> }.into_any())
    });
    view! { <AuthLayout title=tr("verify-title")>{content}</AuthLayout> }
}

fn heading(text: String) -> impl IntoView {
    view! { <h1 class="text-2xl font-semibold">{text}</h1> }
}

/// What the link was made for.
fn button(state: FormState, token: String) -> AnyView {
    view! {
        {heading(tr("verify-title"))}
        <FormAlert state />
        <p class="text-muted">{tr("verify-text")}</p>
        <form method="post" action="/_fn/email/confirm">
            <HiddenField name="token" value=token />
            <Button wide=true>{tr("verify-submit")}</Button>
        </form>
    }
    .into_any()
}

/// Nobody who is done needs to read that a link has failed.
fn verified_already(email: &str) -> AnyView {
    view! {
        {heading(tr("verify-already"))}
        <p class="break-words text-muted">
            {tr_with("verify-already-text", &[("email", email.into())])}
        </p>
        <ButtonLink href=ACCOUNT>{tr("verify-go-to-account")}</ButtonLink>
    }
    .into_any()
}

/// The way to another link.
fn another(state: FormState, user: Option<&User>) -> AnyView {
    let way = match user {
        Some(user) => view! {
            <p class="break-words text-muted">
                {tr_with("verify-another", &[("email", user.email.as_deref().unwrap_or_default().into())])}
            </p>
            <form method="post" action="/_fn/email/send">
                <Button wide=true>{tr("verify-another-submit")}</Button>
            </form>
        }
        .into_any(),
        None => view! {
            <p class="text-muted">
                {tr("verify-another-sign-in")}
            </p>
            <ButtonLink href=SIGN_IN_FOR_ANOTHER>{tr("sign-in-title")}</ButtonLink>
        }
        .into_any(),
    };
    view! {
        {heading(tr("verify-failed"))}
        <FormAlert state />
        {way}
    }
    .into_any()
}

/// The page without a link: what comes after it, or where to find one.
fn nothing_to_press(state: FormState, user: Option<&User>) -> AnyView {
    let (next, name) = match user {
        Some(_) => (ACCOUNT, tr("verify-go-to-account")),
        None => (SIGN_IN, tr("sign-in-title")),
    };
    let hint = state.notice().is_none().then(|| {
        view! {
            <p class="text-muted">
                {tr("verify-open-mail")}
            </p>
        }
    });
    view! {
        {heading(tr("verify-title"))}
        <FormAlert state />
        {hint}
        <ButtonLink href=next>{name}</ButtonLink>
    }
    .into_any()
}
