//! Making an account: with an e-mail address and a password here, and the ways to make one without.

use super::sign_in::{Or, Way};
use super::{FormAlert, query};
use crate::components::{
    Alert, Button, CaptchaField, Field, FieldKind, HiddenField, Icon, PasswordField, Tone,
};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::sign_up::FORM;
use kavach_model::sign_in::Methods;
use kavach_service::guard::captcha::Action;
use leptos::prelude::*;

/// `/sign-up?return_to=...`
#[component]
pub fn SignUp() -> impl IntoView {
    let asked = query("return_to");
    let content = load::open(move |here| async move {
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        if here.cx.pending().is_some() {
            here.see_other(load::door(&here));
            return Ok(().into_any());
        }
        let state = FormState::of(&here, FORM);
        let methods = kavach_service::authn::methods::list(&here.kv);
        let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
        let least = here.kv.config().password.min_length;
        let sign_in = with_query("/sign-in", &[("return_to", &carried)]);
        let ways = ways(&methods, &carried);
        let closed = (!methods.email_password && ways.is_empty()).then(|| {
            view! { <Alert tone=Tone::Neutral><p>{tr("sign-up-closed")}</p></Alert> }
        });
        let or = (methods.email_password && !ways.is_empty()).then(|| view! { <Or /> });
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">{tr("sign-up-heading")}</h1>
                <FormAlert state=state.clone() />
                {methods.email_password.then(|| form(&state, carried, least))}
                {or}
                <div class="space-y-3">{ways.into_iter().map(|way| way.view()).collect_view()}</div>
                {closed}
                <p class="text-sm text-muted">
                    {tr("sign-up-have-account")} " "
                    <a href=sign_in class="font-medium text-accent underline">{tr("sign-in-title")}</a>
                </p>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("sign-up-title")>{content}</AuthLayout> }
}

fn form(state: &FormState, return_to: String, least: u32) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/_fn/sign-up" class="space-y-5">
            <HiddenField name="return_to" value=return_to />
            <Field
                label=tr("sign-up-name")
                name="name"
                value=state.value("name")
                autocomplete="name"
                max=200
                optional=true
                error=state.error("name")
            />
            <Field
                label=tr("sign-up-email")
                name="email"
                kind=FieldKind::Email
                value=state.value("email")
                autocomplete="username"
                error=state.error("email")
            />
            <PasswordField
                label=tr("sign-up-password")
                name="password"
                new_with=Some(least)
                error=state.error("password")
            />
            <CaptchaField action=Action::SignUp state=state.clone() />
            <Button wide=true>{tr("sign-up-submit")}</Button>
        </form>
    }
}

fn ways(methods: &Methods, return_to: &str) -> Vec<Way> {
    let to = |path: &str| with_query(path, &[("return_to", return_to)]);
    [
        methods
            .username_password
            .then(|| Way::link(Icon::Person, tr("sign-up-with-username"), to("/sign-up/username"))),
        methods.passkey.then(|| Way::link(Icon::Passkey, tr("sign-up-with-passkey"), to("/sign-up/passkey"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
