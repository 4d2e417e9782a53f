//! Signing in, identifier first: who, then the password.
//!
//! Nothing is looked up between the two steps, so both look the same for people we know and people we do not.

use super::{FormAlert, query};
use crate::components::{Button, CaptchaField, Field, FieldKind, HiddenField, OtherWays, PasswordField};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::sign_in::{FORM, remembered_identifier};
use kavach_service::guard::captcha::Action;
use leptos::prelude::*;

/// `/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    let asked = query("return_to");
    let change = query("change") == "1";
    let content = load::open(move |here| async move {
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        let state = FormState::of_any(&here, &[FORM, "signed-out"]);
        let known = remembered_identifier(&here);
        let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
        Ok(match known.clone().filter(|_| !change) {
            Some(identifier) => password_step(state, identifier, carried).into_any(),
            None => identifier_step(state, known.unwrap_or_default(), carried).into_any(),
        })
    });
    view! { <AuthLayout title=tr("sign-in-title")>{content}</AuthLayout> }
}

fn identifier_step(state: FormState, known: String, return_to: String) -> impl IntoView {
    let identifier = state.typed("identifier").filter(|typed| !typed.is_empty()).unwrap_or(known);
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("sign-in-title")}</h1>
            <FormAlert state=state.clone() />
            <form method="post" action="/_fn/sign-in/identify" class="space-y-5">
                <HiddenField name="return_to" value=return_to.clone() />
                <Field
                    label=tr("sign-in-email")
                    name="username"
                    kind=FieldKind::Email
                    value=identifier
                    autocomplete="username webauthn"
                    error=state.error("email")
                    focus=true
                />
                <Button wide=true>{tr("sign-in-continue")}</Button>
            </form>
            <OtherWays return_to=return_to />
            <p class="text-sm text-muted">
                {tr("sign-in-new-here")} " "
                <a href="/sign-up" class="font-medium text-accent underline">{tr("sign-in-create-account")}</a>
            </p>
        </div>
    }
}

fn password_step(state: FormState, identifier: String, return_to: String) -> impl IntoView {
    let change = with_query("/sign-in", &[("change", "1"), ("return_to", &return_to)]);
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("sign-in-enter-password")}</h1>
            <FormAlert state=state.clone() />
            <form method="post" action="/_fn/sign-in/password" class="space-y-5">
                <HiddenField name="return_to" value=return_to />
                <div class="space-y-1.5">
                    <Field
                        label=tr("sign-in-email")
                        name="username"
                        kind=FieldKind::Email
                        value=identifier
                        autocomplete="username"
                        readonly=true
                    />
                    <p class="text-sm">
                        <a href=change class="inline-block py-0.5 font-medium text-accent underline">{tr("sign-in-another-address")}</a>
                    </p>
                </div>
                <PasswordField label=tr("sign-in-password") name="password" error=state.error("password") focus=true />
                <CaptchaField action=Action::SignIn state />
                <Button wide=true>{tr("sign-in-title")}</Button>
            </form>
        </div>
    }
}
