//! Making an account with a passkey and nothing else.

use crate::components::{Button, Field, FieldKind, PasskeyMessage};
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::load;
use crate::pages::query;
use crate::return_to::ReturnTo;
use kavach_model::ErrorCode;
use kavach_service::authn::methods;
use leptos::prelude::*;

/// `/sign-up/passkey`
#[component]
pub fn SignUpPasskey() -> impl IntoView {
    let asked = query("return_to");
    let content = load::open(move |here| async move {
        if !methods::list(&here.kv).passkey {
            return Err(ErrorCode::NotFound.into());
        }
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        Ok(view! {
            <div class="space-y-6">
                <div class="space-y-1">
                    <h1 class="text-2xl font-semibold">{tr("passkey-sign-up-title")}</h1>
                    <p class="text-sm text-muted">{tr("passkey-sign-up-hint")}</p>
                </div>
                <form data-passkey="sign-up" data-next=return_to.to_string() hidden class="space-y-5">
                    <Field label=tr("passkey-sign-up-name") name="name" autocomplete="name" max=200 focus=true />
                    <Field
                        label=tr("passkey-sign-up-email")
                        name="email"
                        kind=FieldKind::Email
                        autocomplete="email"
                        optional=true
                        hint=tr("passkey-sign-up-email-hint")
                    />
                    <PasskeyMessage />
                    <Button wide=true>{tr("passkey-sign-up-button")}</Button>
                </form>
                <p data-without-passkeys class="text-sm text-muted">{tr("passkey-no-script")}</p>
                <p class="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
                    <a href="/sign-up" class="font-medium text-accent underline">{tr("passkey-sign-up-password")}</a>
                    <span>
                        {tr("passkey-sign-up-have-account")} " "
                        <a href="/sign-in" class="font-medium text-accent underline">{tr("passkey-sign-up-sign-in")}</a>
                    </span>
                </p>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("passkey-sign-up-title")>{content}</AuthLayout> }
}
