//! Taking everything along, and the way out.

use crate::components::{ButtonKind, ButtonLink, Card, PageHeader};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::server_fns::account::EXPORT_FORM;
use leptos::prelude::*;

/// `/account/data`
#[component]
pub fn Data() -> impl IntoView {
    account_page(AccountPart::Data, |here, _| async move {
        let state = FormState::of(&here, EXPORT_FORM);
        Ok(view! {
            <PageHeader title=tr("account-data") hint=tr("data-hint") />
            <FormAlert state=state />
            <Card title=tr("data-export") hint=tr("data-export-hint")>
                <form method="post" action="/_fn/account/export">
                    <button type="submit" class="button button-secondary">{tr("data-export-submit")}</button>
                </form>
            </Card>
            <Card title=tr("data-delete") hint=tr("data-delete-hint")>
                <ButtonLink href="/account/delete" kind=ButtonKind::Danger>{tr("data-delete-link")}</ButtonLink>
            </Card>
        }
        .into_any())
    })
}
