//! Making the first administrator, with the link that the server printed when it started.

use super::{FormAlert, query};
use crate::brand;
use crate::components::{Alert, Button, ButtonLink, Field, FieldKind, HiddenField, PasswordField, Tone};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
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
    view! { <AuthLayout title=tr("set-up-title")>{content}</AuthLayout> }
}

fn form(state: FormState, token: String, least: u32) -> impl IntoView {
    view! {
        <div class="space-y-6">
            <div class="space-y-1">
                <h1 class="text-2xl font-semibold">{tr_with("set-up-heading", &[("brand", brand::name().into())])}</h1>
                <p class="text-sm text-muted">{tr("set-up-hint")}</p>
            </div>
            <FormAlert state=state.clone() />
            <form method="post" action="/_fn/set-up" class="space-y-5">
                <HiddenField name="token" value=token />
                <Field
                    label=tr("set-up-name")
                    name="name"
                    value=state.value("name")
                    autocomplete="name"
                    max=200
                    error=state.error("name")
                    focus=state.problem().is_none()
                />
                <Field
                    label=tr("sign-up-email")
                    name="email"
                    kind=FieldKind::Email
                    value=state.value("email")
                    autocomplete="username"
                    error=state.error("email")
                />
                <PasswordField label=tr("sign-up-password") name="password" new_with=Some(least) error=state.error("password") />
                <Button wide=true>{tr("set-up-submit")}</Button>
            </form>
        </div>
    }
}

fn without_link() -> impl IntoView {
    view! {
        <div class="space-y-4">
            <h1 class="text-2xl font-semibold">{tr("set-up-without-link")}</h1>
            <p class="text-muted">
                {tr("set-up-without-link-text")}
            </p>
            <Alert tone=Tone::Neutral>
                <p>{tr("set-up-command")} " " <code class="font-mono">"kavach admin create"</code></p>
            </Alert>
        </div>
    }
}

fn closed() -> impl IntoView {
    view! {
        <div class="space-y-4">
            <h1 class="text-2xl font-semibold">{tr("set-up-done")}</h1>
            <p class="text-muted">{tr("set-up-done-text")}</p>
            <ButtonLink href="/sign-in">{tr("sign-in-title")}</ButtonLink>
        </div>
    }
}
