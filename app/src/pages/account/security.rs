//! How the person signs in.

use super::identities::is_offered;
use super::password::password;
use crate::components::{Card, Icon, PageHeader};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::server_fns::account::PASSWORD_FORM;
use kavach_model::sign_in::Methods;
use leptos::prelude::*;

/// `/account/security`
#[component]
pub fn Security() -> impl IntoView {
    account_page(AccountPart::Security, |here, user| async move {
        let state = FormState::of(&here, PASSWORD_FORM);
        let methods = kavach_service::authn::methods::list(&here.kv);
        let standing = kavach_service::account::password_state(&here.kv, &here.cx).await?;
        let least = here.kv.config().password.min_length;
        let usable = standing.set || kavach_service::authn::first_password::is_possible(&here.kv, &user);
        let password = usable.then(|| {
            let form = password(&user, standing, &state, least);
            view! { <Card title=tr("account-password") hint=tr("account-password-hint")>{form}</Card> }
        });
        let doors = doors(&methods, is_offered(&here));
        Ok(view! {
            <PageHeader title=tr("account-security") hint=tr("account-security-hint") />
            <FormAlert state=state />
            <ul class="space-y-3">{doors}</ul>
            {password}
        }
        .into_any())
    })
}

/// The pages of what else signs in.
fn doors(methods: &Methods, elsewhere: bool) -> impl IntoView + use<> {
    [
        methods.passkey.then(|| {
            door(Icon::Passkey, "/account/passkeys", tr("account-passkeys"), tr("account-passkeys-hint"))
        }),
        methods.totp.then(|| {
            door(Icon::Lock, "/account/two-step", tr("account-two-step"), tr("account-two-step-hint"))
        }),
        elsewhere.then(|| {
            door(Icon::Link, "/account/identities", tr("identities-title"), tr("identities-door-hint"))
        }),
    ]
    .into_iter()
    .flatten()
    .collect_view()
}

fn door(icon: Icon, href: &'static str, name: String, hint: String) -> impl IntoView {
    view! {
        <li>
            <a
                href=href
                class="flex items-center gap-4 rounded-xl border border-line bg-surface p-4 shadow-card hover:bg-sunken sm:px-6"
            >
                <span class="grid size-10 shrink-0 place-items-center rounded-full bg-accent-soft text-accent">
                    {icon.view()}
                </span>
                <span class="min-w-0 grow">
                    <span class="block font-medium">{name}</span>
                    <span class="block text-sm text-muted">{hint}</span>
                </span>
                <span class="text-muted rtl:-scale-x-100">{Icon::Onward.view()}</span>
            </a>
        </li>
    }
}
