//! Leaving for good: what that means, and the name of the account typed as proof that it is meant.

use crate::components::{Alert, Button, ButtonKind, ButtonLink, Field, PageHeader, Tone};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::server_fns::account::DELETE_FORM;
use kavach_model::PageRequest;
use kavach_service::account::{agents, name_to_type};
use leptos::prelude::*;

/// `/account/delete`
#[component]
pub fn Delete() -> impl IntoView {
    account_page(AccountPart::Data, |here, user| async move {
        let state = FormState::of(&here, DELETE_FORM);
        let has_agents = !agents(&here.kv, &here.cx, &PageRequest::default()).await?.data.is_empty();
        let name = name_to_type(&user);
        let hint = tr_with("delete-type", &[("account", name.into())]);
        Ok(view! {
            <PageHeader title=tr("delete-title") hint=tr("delete-hint") />
            <FormAlert state=state.clone() />
            <Alert tone=Tone::Bad title=tr("delete-what")>
                <ul class="list-disc space-y-1 ps-5">
                    <li>{tr("delete-ways")}</li>
                    <li>{tr("delete-data")}</li>
                    {has_agents.then(|| view! { <li>{tr("delete-agents")}</li> })}
                    <li>{tr("delete-audit")}</li>
                </ul>
            </Alert>
            <form method="post" action="/_fn/account/delete" class="max-w-md space-y-5">
                <Field
                    label=tr("delete-field")
                    name="account"
                    as_is=true
                    value=state.value("account")
                    hint
                    error=state.error("account")
                />
                <div class="flex flex-wrap gap-2">
                    <Button kind=ButtonKind::Danger>{tr("delete-submit")}</Button>
                    <ButtonLink href="/account/data" kind=ButtonKind::Quiet>{tr("cancel")}</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}
