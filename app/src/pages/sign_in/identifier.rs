//! The first step: who, or a way that needs no name.

use super::identifier_label;
use super::ways::{Or, other_ways};
use crate::components::{Button, Field, HiddenField, OtherWays, PasskeySignIn};
use crate::form::FormState;
use crate::i18n::tr;
use crate::links::with_query;
use crate::pages::FormAlert;
use kavach_model::sign_in::Methods;
use leptos::prelude::*;

/// The form, and what else there is.
pub(super) fn step(
    state: FormState,
    methods: &Methods,
    value: String,
    return_to: String,
) -> impl IntoView + use<> {
    let sign_up = with_query("/sign-up", &[("return_to", &return_to)]);
    let by_name =
        methods.email_password || methods.username_password || methods.magic_link || methods.email_otp;
    let ways = other_ways(methods, &return_to);
    let or = (by_name && (methods.passkey || !ways.is_empty())).then(|| view! { <Or /> });
    let label = identifier_label(methods);
    let error = state.error("identifier");
    let next = if return_to.is_empty() { "/".to_owned() } else { return_to.clone() };
    let passkey = methods.passkey.then(|| view! { <PasskeySignIn next /> });
    let form = by_name.then(|| {
        view! {
            <form method="post" action="/_fn/sign-in/identify" class="space-y-5">
                <HiddenField name="return_to" value=return_to.clone() />
                <Field label name="username" value as_is=true autocomplete="username webauthn" error focus=true />
                <Button wide=true>{tr("sign-in-continue")}</Button>
            </form>
        }
    });
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("sign-in-title")}</h1>
            <FormAlert state />
            {form}
            {or}
            <OtherWays return_to />
            <div class="space-y-3">{passkey} {ways.into_iter().map(|way| way.view()).collect_view()}</div>
            <p class="text-sm text-muted">
                {tr("sign-in-new-here")} " "
                <a href=sign_up class="font-medium text-accent underline">{tr("sign-in-create-account")}</a>
            </p>
        </div>
    }
}
