//! The list of clients.

use super::{Part, badges, client_page};
use crate::components::{
    Ago, Badge, ButtonLink, Card, Column, EmptyState, PageHeader, Pagination, Table, Tone, WIDE,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, query};
use crate::server_fns::clients::LIST_NOTE;
use kavach_model::oauth::{ClientKind, OAuthClient};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use kavach_service::oauth::clients;
use leptos::prelude::*;

const PATH: &str = "/console/clients";
const NEW: &str = "/console/clients/new";
const PAGE: u32 = 25;

/// `/console/clients`
#[component]
pub fn Clients() -> impl IntoView {
    let cursor = query("cursor");
    console_page(Section::Mcp, "Clients", move |here, _| async move {
        let request = PageRequest::new(Some(PAGE), Some(cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let page = clients::list(&here.kv, &here.cx, &request).await?;
        let live = clients::live_grants(&here.kv, &here.cx, &page.data).await?;
        let state = FormState::of(&here, LIST_NOTE);
        let now = here.now();
        let actions = view! { <ButtonLink href=NEW>"New client"</ButtonLink> }.into_any();
        let empty = page.data.is_empty();
        let rows =
            page.data.into_iter().zip(live).map(|(client, live)| row(client, live, now)).collect_view();
        let columns = vec![
            Column::new("Client"),
            Column::wide("How it is known"),
            Column::wide("Vouched for by"),
            Column::wide("Last used"),
            Column::wide("Grants"),
            Column::new("State"),
        ];
        Ok(view! {
            <PageHeader
                title="Clients"
                hint="Apps and MCP clients: those you registered, those that publish a document about themselves, and those that registered themselves."
                actions=actions
            />
            {Part::Clients.tabs()}
            <FormAlert state=state />
            <Card flush=true>
                {if empty {
                    view! {
                        <EmptyState
                            title="No clients yet"
                            hint="MCP clients bring themselves: give them the address of a server that trusts this one. Register an app of your own here, and hand its client_id to whoever runs it."
                        >
                            <ButtonLink href=NEW>"Register a client"</ButtonLink>
                        </EmptyState>
                    }.into_any()
                } else {
                    view! {
                        <Table caption="Clients, newest first" columns>
                            <tbody>{rows}</tbody>
                        </Table>
                        <Pagination
                            label="Pages of clients"
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

fn row(client: OAuthClient, live: u64, now: Timestamp) -> impl IntoView {
    let used =
        client.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <Ago at now /> }.into_any());
    let href = client_page(&client.id);
    let tone = if client.kind == ClientKind::Dynamic { Tone::Warn } else { Tone::Neutral };
    let vouched = badges::vouched(&client);
    let state = badges::state(&client);
    view! {
        <tr>
            <td>
                <a href=href class="block break-words"><bdi>{client.name}</bdi></a>
                <code class="mono break-all">{client.id}</code>
            </td>
            <td class=WIDE><Badge tone text=badges::kind_name(client.kind) /></td>
            <td class=WIDE><bdi>{vouched}</bdi></td>
            <td class=WIDE>{used}</td>
            <td class=WIDE>{badges::counted(live)}</td>
            <td>{state}</td>
        </tr>
    }
}
