//! Letting a device in (RFC 8628, section 3.3): the code, then the question whether one started this oneself.
//!
//! Opening a link with the code filled in shows the code and nothing else. The question comes after the button, to the
//! first person and browser that bring the code, and both answers weigh the same.

use super::{FormAlert, query};
use crate::components::{
    Alert, Button, ButtonKind, ButtonLink, Description, Field, HiddenField, Item, Time, Tone,
};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::device::{ANSWER_FORM, CODE_FORM, DONE};
use kavach_model::ErrorCode;
use kavach_model::device::DeviceRequest;
use kavach_model::sign_in::Method;
use kavach_model::user::User;
use leptos::prelude::*;

/// `/device?user_code=...`
#[component]
pub fn Device() -> impl IntoView {
    let user_code = query("user_code");
    let content = load::signed_in(move |here, user| async move {
        if !here.kv.config().methods.is_on(Method::Device) {
            return Err(ErrorCode::NotFound.into());
        }
        if user.anonymous {
            return Ok(guest());
        }
        let state = FormState::of_any(&here, &[CODE_FORM, ANSWER_FORM, DONE]);
        let answer = state.only(DONE).value("answer");
        let content = if answer == "approved" {
            answered("device-approved-title", "device-approved")
        } else if answer == "denied" {
            answered("device-denied-title", "device-denied")
        } else {
            match kavach_service::device::find(&here.kv, &here.cx, &user_code).await? {
                Some(asked) => question(state, &user, asked),
                None => code(&state, user_code),
            }
        };
        Ok(view! { <div class="space-y-6">{content}</div> }.into_any())
    });
    view! { <AuthLayout title=tr("device-title")>{content}</AuthLayout> }
}

fn code(state: &FormState, filled_in: String) -> AnyView {
    let wrong = state.code() == Some(ErrorCode::CodeInvalid);
    let problem = if wrong { FormState::default() } else { state.clone() };
    // What the link says, cut to what a code can be.
    let filled_in: String = filled_in.chars().take(16).collect();
    let value = state.typed("user_code").unwrap_or(filled_in);
    view! {
        <h1 class="text-2xl font-semibold">{tr("device-title")}</h1>
        <FormAlert state=problem />
        <p class="text-sm text-muted">{tr("device-lead")}</p>
        <form method="post" action="/_fn/device/code" class="space-y-5">
            <Field
                label=tr("device-code")
                name="user_code"
                value=value
                hint=tr("device-code-hint")
                max=32
                error=wrong.then(|| tr("device-code-wrong"))
                focus=true
            />
            <Button wide=true>{tr("device-continue")}</Button>
        </form>
    }
    .into_any()
}

fn question(state: FormState, user: &User, asked: DeviceRequest) -> AnyView {
    let DeviceRequest { user_code, client, scopes, ip, user_agent, asked_at, .. } = asked;
    let account = user.email.clone().or_else(|| user.username.clone()).unwrap_or_else(|| user.name.clone());
    let scopes = if scopes.is_empty() { vec![tr("device-scopes-none")] } else { scopes };
    let (shown, denied) = (user_code.clone(), user_code.clone());
    view! {
        <h1 class="text-2xl font-semibold">{tr("device-ask-title")}</h1>
        <FormAlert state />
        <p class="break-words">{tr_with("device-ask", &[("client", client.clone().into())])}</p>
        <Alert tone=Tone::Warn>
            <p>{tr("device-warning")}</p>
        </Alert>
        <Description>
            <Item term=tr("device-code")><span class="font-mono text-lg">{shown}</span></Item>
            <Item term=tr("device-client")>{client}</Item>
            <Item term=tr("device-account")><span class="break-all">{account}</span></Item>
            <Item term=tr("device-place")>
                <span class="break-all">{ip}</span>
                {user_agent.map(|program| view! { <span class="block text-xs break-words text-muted">{program}</span> })}
            </Item>
            <Item term=tr("device-time")><Time at=asked_at /></Item>
            <Item term=tr("device-scopes")>
                <ul class="list-disc space-y-1 ps-5">
                    {scopes.into_iter().map(|scope| view! { <li class="break-all">{scope}</li> }).collect_view()}
                </ul>
            </Item>
        </Description>
        <div class="grid grid-cols-2 gap-3">
            <form method="post" action="/_fn/device/deny">
                <HiddenField name="user_code" value=denied />
                <Button wide=true kind=ButtonKind::Secondary>{tr("device-deny")}</Button>
            </form>
            <form method="post" action="/_fn/device/approve">
                <HiddenField name="user_code" value=user_code />
                <Button wide=true kind=ButtonKind::Secondary>{tr("device-approve")}</Button>
            </form>
        </div>
    }
    .into_any()
}

fn answered(title: &'static str, text: &'static str) -> AnyView {
    view! {
        <h1 class="text-2xl font-semibold">{tr(title)}</h1>
        <p role="status">{tr(text)}</p>
    }
    .into_any()
}

fn guest() -> AnyView {
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("device-title")}</h1>
            <p>{tr("device-guest")}</p>
            <ButtonLink href="/account/upgrade">{tr("guest-upgrade")}</ButtonLink>
        </div>
    }
    .into_any()
}
