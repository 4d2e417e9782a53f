//! Proving again that it is they, before something that matters: with whatever the person has here.

use crate::components::{
    Alert, Button, ButtonKind, ButtonLink, Disclosure, Field, FieldKind, HiddenField, PasskeyButton,
    PasskeyUse, PasswordField, Tone,
};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::load;
use crate::pages::{FormAlert, query};
use crate::return_to::ReturnTo;
use crate::server_fns::account::CONFIRM_FORM;
use kavach_model::user::User;
use kavach_service::authn::reauthenticate;
use leptos::prelude::*;

/// `/account/confirm?return_to=...`
#[component]
pub fn Confirm() -> impl IntoView {
    let asked = query("return_to");
    let content = load::signed_in(move |here, user| async move {
        let return_to = ReturnTo::or_home(Some(&asked));
        let state = FormState::of(&here, CONFIRM_FORM);
        let proofs = reauthenticate::proofs(&here.kv, &here.cx).await?;
        let back = return_to.to_string();
        let passkey = proofs.passkey.then(|| view! {
            <PasskeyButton action=PasskeyUse::Confirm label=tr("confirm-passkey") next=back.clone() primary=true />
        });
        let password = proofs.password.then(|| password(&user, &state, &back, !proofs.passkey));
        let code = proofs.totp.then(|| {
            let open = !proofs.password || state.error("code").is_some();
            let form = code(&state, &back);
            view! { <Disclosure summary=tr("confirm-app") open=open>{form}</Disclosure> }
        });
        let none = !(proofs.passkey || proofs.password || proofs.totp);
        Ok(view! {
            <div class="space-y-6">
                <div class="space-y-1">
                    <h1 class="text-2xl font-semibold">{tr("confirm-title")}</h1>
                    <p class="text-sm text-muted">{tr("confirm-hint")}</p>
                </div>
                <FormAlert state=state />
                {passkey}
                {password}
                {code}
                {none.then(|| view! {
                    <Alert tone=Tone::Warn><p>{tr("confirm-none")}</p></Alert>
                    <form method="post" action="/_fn/sign-out"><Button>{tr("confirm-sign-out")}</Button></form>
                })}
                <ButtonLink href=back kind=ButtonKind::Quiet wide=true>{tr("confirm-cancel")}</ButtonLink>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("confirm-title")>{content}</AuthLayout> }
}

fn password(user: &User, state: &FormState, back: &str, first: bool) -> impl IntoView + use<> {
    let named = user.email.clone().or_else(|| user.username.clone()).unwrap_or_default();
    let kind = if first { ButtonKind::Primary } else { ButtonKind::Secondary };
    view! {
        <form method="post" action="/_fn/account/confirm" class="space-y-5">
            <HiddenField name="return_to" value=back />
            <Field
                label=tr("confirm-email")
                name="username"
                as_is=true
                value=named
                autocomplete="username"
                readonly=true
            />
            <PasswordField label=tr("confirm-password-label") name="password" error=state.error("password") focus=first />
            <Button kind=kind wide=true>{tr("confirm-button")}</Button>
        </form>
    }
}

fn code(state: &FormState, back: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/_fn/account/confirm-code" class="space-y-5">
            <HiddenField name="return_to" value=back />
            <Field
                label=tr("confirm-code")
                name="code"
                kind=FieldKind::Code
                autocomplete="one-time-code"
                max=20
                error=state.error("code")
            />
            <Button kind=ButtonKind::Secondary wide=true>{tr("confirm-code-button")}</Button>
        </form>
    }
}
