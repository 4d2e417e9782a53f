//! Proving again that it is they, before something that matters.

use crate::components::{Button, ButtonKind, ButtonLink, Field, FieldKind, HiddenField, PasswordField};
use crate::form::FormState;
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
        Ok(view! {
            <div class="space-y-6">
                <div class="space-y-1">
                    <h1 class="text-2xl font-semibold">"Confirm that it is you"</h1>
                    <p class="text-sm text-muted">"This step protects changes that matter. What you typed is kept."</p>
                </div>
                <FormAlert state=state.clone() />
                <form method="post" action="/_fn/account/confirm" class="space-y-5">
                    <HiddenField name="return_to" value=return_to.as_str() />
                    <Field
                        label="E-mail address"
                        name="username"
                        kind=FieldKind::Email
                        value=user.email.unwrap_or_default()
                        autocomplete="username"
                        readonly=true
                    />
                    <PasswordField label="Password" name="password" error=state.error("password") focus=true />
                    <div class="flex flex-wrap gap-2">
                        <Button>"Confirm"</Button>
                        <ButtonLink href=return_to.as_str() kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                    </div>
                </form>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title="Confirm">{content}</AuthLayout> }
}
