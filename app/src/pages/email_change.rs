//! The link in a mail to a new address. It counts in a session of the account that asked, and only when the button is
//! pressed.

use super::{FormAlert, query};
use crate::components::{Button, ButtonLink, HiddenField};
use crate::form::FormState;
use crate::i18n::{FluentValue, tr, tr_with};
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::contact::CONFIRM_FORM;
use kavach_model::ErrorCode;
use leptos::prelude::*;

/// `/account/email/confirm?token=...`
#[component]
pub fn EmailChange() -> impl IntoView {
    let token = query("token");
    let content = load::signed_in(move |here, user| async move {
        let state = FormState::of(&here, CONFIRM_FORM);
        let used_up = state.code() == Some(ErrorCode::LinkInvalid);
        let done = state.notice().is_some();
        let (title, text) = if done {
            let email = user.email.unwrap_or_default();
            (tr("email-change-title"), tr_with("email-change-done", &[("email", FluentValue::from(email))]))
        } else if used_up || token.is_empty() {
            (tr("email-change-used-title"), tr("email-change-used"))
        } else {
            (tr("email-change-title"), tr("email-change-press"))
        };
        let next = if done || used_up || token.is_empty() {
            view! { <ButtonLink href="/account">{tr("email-change-account")}</ButtonLink> }.into_any()
        } else {
            view! {
                <form method="post" action="/_fn/account/email/confirm">
                    <HiddenField name="token" value=token />
                    <Button wide=true>{tr("email-change-button")}</Button>
                </form>
            }
            .into_any()
        };
        let alert = (!used_up).then(|| view! { <FormAlert state=state.clone() /> });
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">{title}</h1>
                {alert}
                <p class="break-words text-muted">{text}</p>
                {next}
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("email-change-title")>{content}</AuthLayout> }
}
