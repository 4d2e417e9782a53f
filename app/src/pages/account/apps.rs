//! The apps a person let in.

use crate::components::{Ago, Card, Column, EmptyState, HiddenField, PageHeader, Table, WIDE};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::pages::consent::sentence;
use crate::server_fns::consent::APPS_FORM;
use kavach_model::Timestamp;
use kavach_model::oauth::ConnectedApp;
use leptos::prelude::*;

/// `/account/apps`
#[component]
pub fn Apps() -> impl IntoView {
    account_page(AccountPart::Apps, |here, _| async move {
        let state = FormState::of(&here, APPS_FORM);
        let apps = kavach_service::oauth::apps::list(&here.kv, &here.cx).await?;
        let now = here.now();
        let content = match apps.is_empty() {
            true => view! { <EmptyState title=tr("apps-none") hint=tr("apps-none-hint") /> }.into_any(),
            false => table(apps, now).into_any(),
        };
        Ok(view! {
            <PageHeader title=tr("account-apps") hint=tr("apps-hint") />
            <FormAlert state />
            <Card flush=true>{content}</Card>
        }
        .into_any())
    })
}

fn table(apps: Vec<ConnectedApp>, now: Timestamp) -> impl IntoView {
    let columns = vec![
        Column::named(tr("apps-app")),
        Column::named(tr("apps-may")).on_wide_screens(),
        Column::named(tr("apps-since")),
        Column::named(tr("actions")).unseen(),
    ];
    let rows = apps.into_iter().map(|app| row(app, now)).collect_view();
    view! {
        <Table caption=tr("account-apps") columns>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn row(app: ConnectedApp, now: Timestamp) -> impl IntoView {
    let ConnectedApp { client_id, name, redirect, resource, scopes, given_at } = app;
    let label = tr_with("apps-revoke-label", &[("app", name.clone().into())]);
    let may: Vec<String> = scopes.into_iter().map(|scope| sentence(&scope.name, scope.description)).collect();
    let list = move |class: &'static str| {
        let items = may.iter().map(|what| view! { <li><bdi>{what.clone()}</bdi></li> }).collect_view();
        view! { <ul class=class>{items}</ul> }
    };
    view! {
        <tr>
            <td>
                <bdi class="font-medium break-words">{name}</bdi>
                <bdi class="block text-xs break-all text-muted">{redirect}</bdi>
                {(!resource.is_empty()).then(|| view! { <bdi class="block text-xs break-all text-muted">{resource}</bdi> })}
                {list("mt-1 text-xs md:hidden")}
            </td>
            <td class=WIDE>{list("space-y-1")}</td>
            <td><Ago at=given_at now /></td>
            <td class="text-end">
                <form method="post" action="/_fn/account/apps/revoke">
                    <HiddenField name="client" value=client_id />
                    <button
                        type="submit"
                        aria-label=label
                        class="min-h-8 rounded-md px-2.5 font-medium whitespace-nowrap text-bad hover:bg-bad-soft"
                    >
                        {tr("apps-revoke")}
                    </button>
                </form>
            </td>
        </tr>
    }
}
