//! Making an account with an e-mail address and a password.

use super::FormAlert;
use crate::components::{Button, CaptchaField, Field, FieldKind, PasswordField};
use crate::form::FormState;
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::sign_up::FORM;
use kavach_service::guard::captcha::Action;
use leptos::prelude::*;

/// `/sign-up`
#[component]
pub fn SignUp() -> impl IntoView {
    let content = load::open(|here| async move {
        if here.user().is_some() {
            here.see_other("/console");
            return Ok(().into_any());
        }
        let state = FormState::of(&here, FORM);
        let least = here.kv.config().password.min_length;
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">"Create your account"</h1>
                <FormAlert state=state.clone() />
                <form method="post" action="/_fn/sign-up" class="space-y-5">
                    <Field
                        label="Name"
                        name="name"
                        value=state.value("name")
                        autocomplete="name"
                        max=200
                        optional=true
                        error=state.error("name")
                    />
                    <Field
                        label="E-mail address"
                        name="email"
                        kind=FieldKind::Email
                        value=state.value("email")
                        autocomplete="username"
                        error=state.error("email")
                    />
                    <PasswordField
                        label="Password"
                        name="password"
                        new_with=Some(least)
                        error=state.error("password")
                    />
                    <CaptchaField action=Action::SignUp state />
                    <Button wide=true>"Create account"</Button>
                </form>
                <p class="text-sm text-muted">
                    "Have an account? " <a href="/sign-in" class="font-medium text-accent underline">"Sign in"</a>
                </p>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title="Create account">{content}</AuthLayout> }
}
