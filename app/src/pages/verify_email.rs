//! The link in a verification mail. Opening it changes nothing, because mail scanners open links too; the button
//! does.

use super::{FormAlert, query};
use crate::components::{Button, ButtonLink, HiddenField};
use crate::form::FormState;
use crate::layouts::AuthLayout;
use crate::load;
use crate::server_fns::email::{CONFIRMED, FORM};
use leptos::prelude::*;

/// `/verify-email?token=...`
#[component]
pub fn VerifyEmail() -> impl IntoView {
    let token = query("token");
    let content = load::open(move |here| async move {
        let state = FormState::of_any(&here, &[FORM, CONFIRMED]);
        let done = state.notice().is_some();
        let next =
            if here.user().is_some() { ("/account", "Go to your account") } else { ("/sign-in", "Sign in") };
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">"Verify your e-mail address"</h1>
                <FormAlert state=state />
                {if token.is_empty() {
                    view! {
                        {(!done).then(|| view! {
                            <p class="text-muted">
                                "Open the link in the mail we sent you. You can ask for a new one on your account page."
                            </p>
                        })}
                        <ButtonLink href=next.0>{next.1}</ButtonLink>
                    }.into_any()
                } else {
                    view! {
                        <p class="text-muted">"Press the button to confirm that this address is yours."</p>
                        <form method="post" action="/_fn/email/confirm">
                            <HiddenField name="token" value=token />
                            <Button wide=true>"Verify address"</Button>
                        </form>
                    }.into_any()
                }}
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title="Verify e-mail">{content}</AuthLayout> }
}
