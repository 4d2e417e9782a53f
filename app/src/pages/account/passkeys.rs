//! A person's passkeys: seen, added, named, removed.

use crate::components::{
    Ago, Alert, Badge, Button, ButtonKind, Card, Disclosure, EmptyState, Field, HiddenField, PageHeader,
    PasskeyMessage, Tone,
};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::server_fns::passkeys::PASSKEYS_FORM;
use kavach_model::passkey::Passkey;
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use kavach_service::authn::{methods, passkey};
use leptos::prelude::*;

/// `/account/passkeys`
#[component]
pub fn Passkeys() -> impl IntoView {
    account_page(AccountPart::Security, |here, _| async move {
        if !methods::list(&here.kv).passkey {
            return Err(ErrorCode::NotFound.into());
        }
        let state = FormState::of(&here, PASSKEYS_FORM);
        let page = PageRequest::default();
        let passkeys = passkey::list(&here.kv, &here.cx, &page).await?.data;
        let known = passkey::signals(&here.kv, &here.cx).await?.map(|known| {
            view! {
                <div
                    hidden
                    data-passkeys-known=known.credential_ids.join(" ")
                    data-domain=known.rp_id
                    data-person=known.user_handle
                ></div>
            }
        });
        let now = here.now();
        let few = (passkeys.len() == 1)
            .then(|| view! { <Alert tone=Tone::Warn><p>{tr("passkeys-one")}</p></Alert> });
        let none = passkeys.is_empty();
        let rows = passkeys.into_iter().map(|passkey| row(passkey, &state, now)).collect_view();
        Ok(view! {
            <PageHeader title=tr("passkeys-title") hint=tr("passkeys-hint") />
            <FormAlert state=state.clone() />
            {few}
            {known}
            <div class="grid items-start gap-6 lg:grid-cols-2">
                <Card title=tr("passkeys-title") flush=true>
                    {if none {
                        view! { <EmptyState title=tr("passkeys-none") hint=tr("passkeys-none-hint") /> }.into_any()
                    } else {
                        view! { <ul class="divide-y divide-line">{rows}</ul> }.into_any()
                    }}
                </Card>
                <Card title=tr("passkeys-add-title")>{add()}</Card>
            </div>
        }
        .into_any())
    })
}

/// Adding one takes script: without it, the form is not there.
fn add() -> impl IntoView {
    view! {
        <form data-passkey="register" data-next="/account/passkeys" hidden class="space-y-5">
            <Field label=tr("passkeys-name") name="name" max=100 optional=true hint=tr("passkeys-name-hint") />
            <PasskeyMessage />
            <Button>{tr("passkeys-add")}</Button>
        </form>
        <p data-without-passkeys class="text-sm text-muted">{tr("passkey-no-script")}</p>
    }
}

fn row(passkey: Passkey, state: &FormState, now: Timestamp) -> impl IntoView + use<> {
    let id = passkey.id.to_string();
    let removed = id.clone();
    let field = format!("name-{id}");
    let typed = state.typed("passkey").filter(|typed| *typed == id).map(|_| state.value("new_name"));
    let open = typed.is_some();
    let error = open.then(|| state.error("name")).flatten();
    let name = [("name", passkey.name.as_str().into())];
    let (rename, remove) = (tr_with("passkeys-rename-of", &name), tr_with("passkeys-remove-of", &name));
    let used = match passkey.last_used_at {
        Some(at) => view! { {tr("passkeys-used")} " " <Ago at now /> }.into_any(),
        None => tr("passkeys-never").into_any(),
    };
    view! {
        <li class="space-y-3 px-4 py-4 sm:px-6">
            <div class="flex flex-wrap items-center gap-2">
                <span class="font-medium break-words">{passkey.name.clone()}</span>
                {passkey.backed_up.then(|| view! { <Badge tone=Tone::Neutral text=tr("passkeys-synced") /> })}
            </div>
            <p class="text-sm text-muted">
                {tr("passkeys-added")} " " <Ago at=passkey.created_at now /> " · " {used}
            </p>
            <Disclosure summary=rename open=open>
                <form method="post" action="/_fn/passkeys/rename" class="space-y-3">
                    <HiddenField name="passkey" value=id.clone() />
                    <div class="space-y-1.5">
                        <label for=field.clone() class="block text-sm font-medium">{tr("passkeys-name")}</label>
                        <input
                            id=field.clone()
                            name="name"
                            type="text"
                            maxlength="100"
                            required
                            autocomplete="off"
                            class="input"
                            value=typed.unwrap_or(passkey.name)
                        />
                        {error.map(|error| view! { <p class="error">{error}</p> })}
                    </div>
                    <Button kind=ButtonKind::Secondary>{tr("passkeys-rename")}</Button>
                </form>
            </Disclosure>
            <Disclosure summary=remove>
                <form method="post" action="/_fn/passkeys/remove" class="space-y-3">
                    <HiddenField name="passkey" value=removed />
                    <p class="text-sm text-muted">{tr("passkeys-remove-hint")}</p>
                    <Button kind=ButtonKind::Danger>{tr("passkeys-remove")}</Button>
                </form>
            </Disclosure>
        </li>
    }
}
