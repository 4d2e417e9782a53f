//! The two steps: where to send to, and the code that came.

use super::Way;
use crate::awaited::Awaited;
use crate::components::{Button, ButtonKind, Field, FieldKind, HiddenField};
use crate::form::FormState;
use crate::i18n::{FluentValue, tr, tr_with};
use crate::links::with_query;
use crate::pages::FormAlert;
use kavach_model::ErrorCode;
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

pub(super) fn code_step(way: Way, state: &FormState, awaited: &Awaited) -> impl IntoView {
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
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <form method="post" action=way.send>
                    <HiddenField name=to_field value=awaited.to.clone() />
                    <HiddenField name="return_to" value=awaited.return_to.clone() />
                    <Button kind=ButtonKind::Secondary>{tr(way.resend)}</Button>
                </form>
                <a href=change class="inline-block py-0.5 text-sm font-medium text-accent underline">{tr(way.other)}</a>
            </div>
        </div>
    }
}
