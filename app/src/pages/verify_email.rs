//! The link in a verification mail. Opening it changes nothing, because mail scanners open links too; the button
//! does.

use super::{FormAlert, query};
use crate::components::{Button, ButtonLink, HiddenField};
use crate::form::FormState;
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::email::{CONFIRMED, FORM};
use kavach_model::ErrorCode;
use kavach_model::user::User;
use leptos::prelude::*;

const TITLE: &str = "Verify your address";
const ACCOUNT: (&str, &str) = ("/account", "Go to your account");
const SIGN_IN: (&str, &str) = ("/sign-in", "Sign in");
/// Where one can ask for another mail.
const SIGN_IN_FOR_ANOTHER: (&str, &str) = ("/sign-in?return_to=%2Faccount", "Sign in");

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
    view! { <AuthLayout title=TITLE>{content}</AuthLayout> }
}

fn heading(text: &'static str) -> impl IntoView {
    view! { <h1 class="text-2xl font-semibold">{text}</h1> }
}

/// What the link was made for.
fn button(state: FormState, token: String) -> AnyView {
    view! {
        {heading(TITLE)}
        <FormAlert state />
        <p class="text-muted">"Press the button to confirm that our mail reached you at your own address."</p>
        <form method="post" action="/_fn/email/confirm">
            <HiddenField name="token" value=token />
            <Button wide=true>"Verify address"</Button>
        </form>
    }
    .into_any()
}

/// Nobody who is done needs to read that a link has failed.
fn verified_already(email: &str) -> AnyView {
    view! {
        {heading("Your address is verified")}
        <p class="text-muted">
            "This link was used before or has expired, and there is nothing left to do: " {address(email)}
            " is yours."
        </p>
        <ButtonLink href=ACCOUNT.0>{ACCOUNT.1}</ButtonLink>
    }
    .into_any()
}

/// The way to another link.
fn another(state: FormState, user: Option<&User>) -> AnyView {
    let way = match user {
        Some(user) => view! {
            <p class="text-muted">
                "A link works once, and a newer mail replaces the ones before it. We can send another to "
                {address(user.email.as_deref().unwrap_or_default())} "."
            </p>
            <form method="post" action="/_fn/email/send">
                <Button wide=true>"Send another mail"</Button>
            </form>
        }
        .into_any(),
        None => view! {
            <p class="text-muted">
                "A link works once, and a newer mail replaces the ones before it. If your address is not verified \
                yet, sign in: your account page sends you another mail."
            </p>
            <ButtonLink href=SIGN_IN_FOR_ANOTHER.0>{SIGN_IN_FOR_ANOTHER.1}</ButtonLink>
        }
        .into_any(),
    };
    view! {
        {heading("This link no longer works")}
        <FormAlert state />
        {way}
    }
    .into_any()
}

/// The page without a link: what comes after it, or where to find one.
fn nothing_to_press(state: FormState, user: Option<&User>) -> AnyView {
    let next = if user.is_some() { ACCOUNT } else { SIGN_IN };
    let hint = state.notice().is_none().then(|| {
        view! {
            <p class="text-muted">
                "Open the link in the mail we sent you. You can ask for a new one on your account page."
            </p>
        }
    });
    view! {
        {heading(TITLE)}
        <FormAlert state />
        {hint}
        <ButtonLink href=next.0>{next.1}</ButtonLink>
    }
    .into_any()
}

/// An address in a sentence, on one line where there is room.
fn address(email: &str) -> impl IntoView + use<> {
    view! { <span class="inline-block max-w-full break-words text-ink">{email.to_owned()}</span> }
}
