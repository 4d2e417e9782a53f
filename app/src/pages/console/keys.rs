//! API keys.

use crate::components::{
    Ago, ButtonLink, Card, Column, EmptyState, HiddenField, Mono, PageHeader, Pagination, Table, WIDE,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, query};
use crate::server_fns::keys::REVOKE_FORM;
use kavach_model::api_key::{ApiKey, Scope};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/console/keys";
const PAGE: u32 = 25;

/// `/console/keys`
#[component]
pub fn Keys() -> impl IntoView {
    let cursor = query("cursor");
    console_page(Section::Keys, "API keys", move |here, _| async move {
        let request = PageRequest::new(Some(PAGE), Some(cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::api_key::list(&here.kv, &here.cx, &request).await?;
        let state = FormState::of(&here, REVOKE_FORM);
        let now = here.now();
        let actions = view! { <ButtonLink href="/console/keys/new">"New API key"</ButtonLink> }.into_any();
        let empty = page.data.is_empty();
        let rows = page.data.into_iter().map(|key| row(key, now)).collect_view();
        let columns = vec![
            Column::new("Key"),
            Column::wide("Scopes"),
            Column::wide("Last used"),
            Column::new("Expires"),
            Column::silent("Actions"),
        ];
        Ok(view! {
            <PageHeader
                title="API keys"
                hint="For programs that manage agents or read the log. A key never reaches further than its owner."
                actions=actions
            />
            <FormAlert state=state />
            <Card flush=true>
                {if empty {
                    view! {
                        <EmptyState title="No API keys" hint="Make one for a program that has to call the API.">
                            <ButtonLink href="/console/keys/new">"Create an API key"</ButtonLink>
                        </EmptyState>
                    }.into_any()
                } else {
                    view! {
                        <Table caption="API keys, newest first" columns>
                            <tbody>{rows}</tbody>
                        </Table>
                        <Pagination
                            label="Pages of API keys"
                            first=(!cursor.is_empty()).then(|| PATH.to_owned())
                            next=page.next_cursor.map(|cursor| with_query(PATH, &[("cursor", &cursor)]))
                        />
                    }.into_any()
                }}
            </Card>
        }
        .into_any())
    })
}

fn row(key: ApiKey, now: Timestamp) -> impl IntoView {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| Scope::as_str(*scope)).collect();
    let used = key.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <Ago at now /> }.into_any());
    let expires = key.expires_at.map_or_else(|| "Never".into_any(), |at| view! { <Ago at now /> }.into_any());
    let label = format!("Revoke {}", key.name);
    view! {
        <tr>
            <td>
                <span class="block font-medium break-words">{key.name}</span>
                <Mono text=key.token_preview />
            </td>
            <td class=WIDE><Mono text=scopes.join(", ") /></td>
            <td class=WIDE>{used}</td>
            <td>{expires}</td>
            <td class="text-end">
                <form method="post" action="/_fn/keys/revoke">
                    <HiddenField name="key" value=key.id.to_string() />
                    <button
                        type="submit"
                        aria-label=label
                        class="min-h-8 rounded-md px-2.5 font-medium text-bad hover:bg-bad-soft"
                    >
                        "Revoke"
                    </button>
                </form>
            </td>
        </tr>
    }
}
