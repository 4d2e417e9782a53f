//! The two steps: where to send to, and the code that came.

use super::Way;
use crate::awaited::Awaited;
use crate::components::{Button, ButtonKind, Field, FieldKind, HiddenField};
use crate::form::FormState;
use crate::i18n::{FluentValue, tr, tr_with};
use crate::links::with_query;
use crate::pages::FormAlert;
use kavach_model::{ErrorCode, Timestamp};
use leptos::prelude::*;

pub(super) fn send_step(way: Way, state: &FormState, known: String, return_to: String) -> impl IntoView {
    let to = state.typed("to").filter(|typed| !typed.is_empty()).unwrap_or(known);
    let others = with_query("/sign-in", &[("change", "1"), ("return_to", &return_to)]);
    let is_phone = way.field == FieldKind::Phone;
    let field = if is_phone {
        view! {
            <Field
                label=tr("phone-label")
                name="phone"
                kind=FieldKind::Phone
                value=to
                hint=tr("phone-hint")
                autocomplete="tel"
                max=40
                error=state.error("phone")
                focus=true
            />
        }
        .into_any()
    } else {
        view! {
            <Field
                label=tr("email-label")
                name="username"
                kind=FieldKind::Email
                value=to
                autocomplete="username"
                error=state.error("email")
                focus=true
            />
        }
        .into_any()
    };
    view! {
        <div class="space-y-6">
            <div class="space-y-1">
                <h1 class="text-2xl font-semibold">{tr(way.title)}</h1>
                <p class="text-sm text-muted">{tr(way.explained)}</p>
            </div>
            <FormAlert state=state.clone() />
            <form method="post" action=way.send class="space-y-5">
                <HiddenField name="return_to" value=return_to />
                {field}
                <Button wide=true>{tr(way.button)}</Button>
            </form>
            <p class="text-sm">
                <a href=others class="inline-block py-0.5 font-medium text-accent underline">{tr("code-other-ways")}</a>
            </p>
        </div>
    }
}

pub(super) fn code_step(
    way: Way,
    state: &FormState,
    awaited: &Awaited,
    now: Timestamp,
) -> impl IntoView + use<> {
    let to_field = if way.field == FieldKind::Phone { "phone" } else { "username" };
    let change = with_query(way.page, &[("change", "1"), ("return_to", &awaited.return_to)]);
    let error = (state.code() == Some(ErrorCode::CodeInvalid)).then(|| tr("code-not-right"));
    // What is wrong stands at the field; at the top only what is not about the code.
    let alert = error.is_none().then(|| view! { <FormAlert state=state.clone() /> });
    view! {
        <div class="space-y-6">
            <div class="space-y-1">
                <h1 class="text-2xl font-semibold">{tr(way.sent_title)}</h1>
                <p role="status" class="break-words text-sm text-muted">
                    {tr_with(way.sent, &[("to", FluentValue::from(awaited.to.as_str()))])}
                </p>
            </div>
            {alert}
            <form method="post" action=way.verify class="space-y-5">
                <Field
                    label=tr("code-label")
                    name="code"
                    kind=FieldKind::Code
                    hint=tr(way.hint)
                    autocomplete="one-time-code"
                    max=16
                    error=error
                    focus=true
                />
                <Button wide=true>{tr("code-sign-in")}</Button>
            </form>
            <div class="space-y-2">
                <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                    <form method="post" action=way.send data-resend>
                        <HiddenField name=to_field value=awaited.to.clone() />
                        <HiddenField name="return_to" value=awaited.return_to.clone() />
                        <Button kind=ButtonKind::Secondary>{tr(way.resend)}</Button>
                    </form>
                    <a href=change class="inline-block py-0.5 text-sm font-medium text-accent underline">{tr(way.other)}</a>
                </div>
                {pause(awaited.pause(now))}
            </div>
        </div>
    }
}

/// When the button is worth pressing. Script counts down and has it wait; without script it works at once.
fn pause(seconds: u64) -> Option<impl IntoView> {
    // A character that no language has, so that the time can be found again.
    const HERE: char = '\u{e000}';
    let said = tr_with("code-resend-wait", &[("time", FluentValue::from(HERE.to_string()))]);
    let said = said.replace(['\u{2068}', '\u{2069}'], "");
    let (before, after) = said.split_once(HERE).unwrap_or((&said, ""));
    let (before, after) = (before.to_owned(), after.to_owned());
    let time = format!("{}:{:02}", seconds / 60, seconds % 60);
    (seconds > 0).then(|| {
        view! {
            <p data-pause=seconds.to_string() class="text-sm text-muted">
                {before} <bdi class="tabular-nums">{time}</bdi> {after}
            </p>
        }
    })
}
