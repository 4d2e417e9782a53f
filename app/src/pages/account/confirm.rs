//! Proving again that it is they, before something that matters.

use crate::components::{Button, ButtonKind, ButtonLink, Field, HiddenField, PasswordField};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::load;
use crate::pages::{FormAlert, query};
use crate::return_to::ReturnTo;
use crate::server_fns::account::CONFIRM_FORM;
use leptos::prelude::*;

/// `/account/confirm?return_to=...`
#[component]
pub fn Confirm() -> impl IntoView {
    let asked = query("return_to");
    let content = load::signed_in(move |here, user| async move {
        let return_to = ReturnTo::or_home(Some(&asked));
        let state = FormState::of(&here, CONFIRM_FORM);
        let (label, name) = match (user.email, user.username) {
            (Some(email), _) => (tr("sign-in-email"), email),
            (None, username) => (tr("sign-in-username"), username.unwrap_or_default()),
        };
        Ok(view! {
            <div class="space-y-6">
                <div class="space-y-1">
                    <h1 class="text-2xl font-semibold">{tr("confirm-title")}</h1>
                    <p class="text-sm text-muted">{tr("confirm-hint")}</p>
                </div>
                <FormAlert state=state.clone() />
                <form method="post" action="/_fn/account/confirm" class="space-y-5">
                    <HiddenField name="return_to" value=return_to.as_str() />
                    <Field label name="username" value=name as_is=true autocomplete="username" readonly=true />
                    <PasswordField label=tr("sign-in-password") name="password" error=state.error("password") focus=true />
                    <div class="flex flex-wrap gap-2">
                        <Button>{tr("confirm-submit")}</Button>
                        <ButtonLink href=return_to.as_str() kind=ButtonKind::Quiet>{tr("cancel")}</ButtonLink>
                    </div>
                </form>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("confirm-title")>{content}</AuthLayout> }
}
