//! Making the first administrator, with the link that the server printed when it started.

use super::{FormAlert, query};
use crate::components::{Alert, Button, ButtonLink, Field, FieldKind, HiddenField, PasswordField, Tone};
use crate::form::FormState;
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::set_up::FORM;
use leptos::prelude::*;

/// `/setup?token=...`
#[component]
pub fn SetUp() -> impl IntoView {
    let token = query("token");
    let content = load::open(move |here| async move {
        if !kavach_service::setup::is_open(&here.kv).await? {
            return Ok(closed().into_any());
        }
        let state = FormState::of(&here, FORM);
        if token.is_empty() {
            return Ok(without_link().into_any());
        }
        let least = here.kv.config().password.min_length;
        Ok(form(state, token, least).into_any())
    });
    view! { <AuthLayout title="Set up">{content}</AuthLayout> }
}

fn form(state: FormState, token: String, least: u32) -> impl IntoView {
    view! {
        <div class="space-y-6">
            <div class="space-y-1">
                <h1 class="text-2xl font-semibold">"Welcome to Kavach"</h1>
                <p class="text-sm text-muted">"Make the first administrator. This page closes itself afterwards."</p>
            </div>
            <FormAlert state=state.clone() />
            <form method="post" action="/_fn/set-up" class="space-y-5">
                <HiddenField name="token" value=token />
                <Field
                    label="Your name"
                    name="name"
                    value=state.value("name")
                    autocomplete="name"
                    max=200
                    error=state.error("name")
                    focus=state.problem().is_none()
                />
                <Field
                    label="E-mail address"
                    name="email"
                    kind=FieldKind::Email
                    value=state.value("email")
                    autocomplete="username"
                    error=state.error("email")
                />
                <PasswordField label="Password" name="password" new_with=Some(least) error=state.error("password") />
                <Button wide=true>"Create administrator"</Button>
            </form>
        </div>
    }
}

fn without_link() -> impl IntoView {
    view! {
        <div class="space-y-4">
            <h1 class="text-2xl font-semibold">"Open the set-up link"</h1>
            <p class="text-muted">
                "Kavach has no administrator yet. The link that makes the first one was printed where the server was \
                 started. It works once; restart the server for a new one."
            </p>
            <Alert tone=Tone::Neutral>
                <p>"No terminal at hand? "<code class="font-mono">"kavach admin create"</code>" does the same."</p>
            </Alert>
        </div>
    }
}

fn closed() -> impl IntoView {
    view! {
        <div class="space-y-4">
            <h1 class="text-2xl font-semibold">"Set-up is done"</h1>
            <p class="text-muted">"This instance has an administrator, so this page is closed."</p>
            <ButtonLink href="/sign-in">"Sign in"</ButtonLink>
        </div>
    }
}
