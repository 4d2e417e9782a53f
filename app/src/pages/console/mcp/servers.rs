//! The servers that tokens are for.

use super::Part;
use crate::components::{
    Button, ButtonKind, ButtonLink, Card, CodeBlock, Column, Disclosure, EmptyState, HiddenField, Mono,
    PageHeader, Table, WIDE,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::FormAlert;
use crate::server_fns::resources::NOTE;
use kavach_model::oauth::{OAuthResource, ResourceScope};
use leptos::prelude::*;

const NEW: &str = "/console/resources/new";
const COMMAND: &str =
    "kavach resource add https://mcp.example.com/mcp --name Notes --scope \"+notes:read=Read your notes\"";

/// `/console/resources`
#[component]
pub fn Servers() -> impl IntoView {
    console_page(Section::Mcp, "Servers", |here, _| async move {
        let servers = kavach_service::oauth::resources::list(&here.kv, &here.cx).await?;
        let state = FormState::of(&here, NOTE);
        let actions = view! { <ButtonLink href=NEW>"Add a server"</ButtonLink> }.into_any();
        let list = match servers.is_empty() {
            true => view! {
                <EmptyState
                    title="No servers yet"
                    hint="Add each MCP server or API that takes tokens of this one: its address becomes the audience of its tokens."
                >
                    <CodeBlock label="The same from the command line" code=COMMAND />
                </EmptyState>
            }
            .into_any(),
            false => table(servers).into_any(),
        };
        Ok(view! {
            <PageHeader
                title="Servers"
                hint="MCP servers and APIs that take tokens of this one, and the scopes people are asked about."
                actions=actions
            />
            {Part::Servers.tabs()}
            <FormAlert state=state />
            <Card flush=true>{list}</Card>
        }
        .into_any())
    })
}

fn table(servers: Vec<OAuthResource>) -> impl IntoView {
    let columns = vec![
        Column::new("Server"),
        Column::wide("Scopes"),
        Column::wide("Permissions below"),
        Column::silent("Actions"),
    ];
    view! {
        <Table caption="Servers, by their address" columns>
            <tbody>{servers.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}

fn row(server: OAuthResource) -> impl IntoView {
    let examine = with_query("/console/doctor", &[("address", &server.resource)]);
    let scopes = server.scopes.into_iter().map(scope).collect_view();
    view! {
        <tr>
            <td>
                <span class="block font-medium break-words"><bdi>{server.name.clone()}</bdi></span>
                <Mono text=server.resource />
            </td>
            <td class=WIDE><ul class="space-y-1">{scopes}</ul></td>
            <td class=WIDE><Mono text=server.permission_root /></td>
            <td>
                <p><a href=examine class="inline-flex min-h-8 items-center">"Examine" <span class="sr-only">{format!(" {}", server.name)}</span></a></p>
                <Disclosure summary=format!("Remove {}", server.name)>
                    <form method="post" action="/_fn/resources/remove" class="space-y-2">
                        <p class="text-muted">"No more tokens are issued for it. Those that are out end by themselves."</p>
                        <HiddenField name="server" value=server.id.to_string() />
                        <Button kind=ButtonKind::Danger>"Remove it"</Button>
                    </form>
                </Disclosure>
            </td>
        </tr>
    }
}

fn scope(scope: ResourceScope) -> impl IntoView {
    let default = scope.default.then_some(" (given by default)");
    view! {
        <li>
            <Mono text=scope.name /> {default}
            <span class="block text-muted"><bdi>{scope.description}</bdi></span>
        </li>
    }
}
