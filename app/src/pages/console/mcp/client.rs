//! One client: what it is, what its tries came to, switching it off and deleting it.

use super::connections::table;
use super::{badges, client_page};
use crate::components::{
    Ago, Alert, Button, ButtonKind, ButtonLink, Card, Description, EmptyState, HiddenField, Item, Mono,
    PageHeader, Time, Tone,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, query};
use crate::server_fns::clients::{CLIENT_NOTE, DELETE_FORM};
use kavach_model::oauth::{ClientKind, OAuthClient};
use kavach_model::trace::TraceFilter;
use kavach_model::{PageRequest, Timestamp};
use kavach_service::oauth::clients::{self, ClientDetail};
use kavach_service::oauth::trace;
use leptos::prelude::*;

/// Tries that are shown here.
const LATEST: u32 = 10;

/// `/console/client?id=...`
#[component]
pub fn Client() -> impl IntoView {
    let asked = query("id");
    console_page(Section::Mcp, "Client", move |here, _| async move {
        let found = clients::get(&here.kv, &here.cx, &asked).await?;
        let filter = TraceFilter { client: Some(asked.clone()), ..TraceFilter::default() };
        let page = PageRequest::new(Some(LATEST), None).unwrap_or_default();
        let tries = trace::list(&here.kv, &here.cx, &filter, &page).await?;
        let state = FormState::of(&here, CLIENT_NOTE);
        let now = here.now();
        let all = with_query("/console/connections", &[("client", &asked)]);
        let more = tries.next_cursor.is_some();
        let list = match tries.data.is_empty() {
            true => view! { <EmptyState title="No try yet" hint="Each try of this client to connect appears here, with the step it came to." /> }.into_any(),
            false => table(tries.data, now).into_any(),
        };
        let aside = more.then(|| view! { <a href=all class="link text-sm">"All of them"</a> }.into_any());
        let actions = switches(&found.client).into_any();
        let name = found.client.name.clone();
        Ok(view! {
            <PageHeader title=name back=("/console/clients".to_owned(), "Clients") actions=actions />
            <FormAlert state=state />
            <Card>{facts(found, now)}</Card>
            <Card title="Its latest connections" aside=aside.unwrap_or_else(|| ().into_any()) flush=true>{list}</Card>
        }
        .into_any())
    })
}

fn switches(client: &OAuthClient) -> impl IntoView + use<> {
    let (id, off) = (client.id.clone(), client.disabled_at.is_some());
    let (action, label) = match off {
        true => ("/_fn/clients/enable", "Switch on"),
        false => ("/_fn/clients/disable", "Switch off"),
    };
    let delete = with_query("/console/clients/delete", &[("id", &client.id)]);
    view! {
        <form method="post" action=action>
            <HiddenField name="client" value=id />
            <Button kind=ButtonKind::Secondary>{label}</Button>
        </form>
        <ButtonLink href=delete kind=ButtonKind::Danger>"Delete"</ButtonLink>
    }
}

fn facts(found: ClientDetail, now: Timestamp) -> impl IntoView {
    let ClientDetail { client, metadata, live_grants } = found;
    let used =
        client.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <Ago at now /> }.into_any());
    let (state, vouched) = (badges::state(&client), badges::vouched(&client));
    let off = client.disabled_at.map(|at| view! { " since " <Time at /> });
    let texts = [
        ("Where answers may go", client.redirect_uris.join("\n")),
        ("Grants it uses", client.grant_types.join("\n")),
        ("Scopes it may ask for", client.scope.unwrap_or_default()),
        ("Servers whose tokens it looks into", client.introspects.join("\n")),
        ("Its keys are at", metadata.jwks_uri.unwrap_or_default()),
        ("Its page", metadata.client_uri.unwrap_or_default()),
        ("Program", metadata.software_id.unwrap_or_default()),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(term, text)| {
        let line = |line: &str| {
            let line = line.to_owned();
            view! { <span class="block"><Mono text=line /></span> }
        };
        let lines = text.lines().map(line).collect_view();
        view! { <Item term=term>{lines}</Item> }
    });
    view! {
        <Description>
            <Item term="client_id"><Mono text=client.id /></Item>
            <Item term="State">{state} {off}</Item>
            <Item term="How it is known">{badges::kind_name(client.kind)}</Item>
            <Item term="Vouched for by"><bdi>{vouched}</bdi></Item>
            <Item term="How it proves who it is">{badges::auth_name(client.auth_method)}</Item>
            {texts.collect_view()}
            <Item term="Grants that live">{badges::counted(live_grants)}</Item>
            <Item term="First seen"><Time at=client.created_at /></Item>
            <Item term="Last used">{used}</Item>
        </Description>
    }
}

/// `/console/clients/delete?id=...`
#[component]
pub fn DeleteClient() -> impl IntoView {
    let asked = query("id");
    console_page(Section::Mcp, "Delete client", move |here, _| async move {
        let ClientDetail { client, live_grants, .. } = clients::get(&here.kv, &here.cx, &asked).await?;
        let state = FormState::of(&here, DELETE_FORM);
        let (back, id) = (client_page(&client.id), client.id.clone());
        let again = (client.kind != ClientKind::Registered).then(|| {
            view! {
                <p>"It brought itself and can come again. To keep it out, switch it off instead."</p>
            }
        });
        Ok(view! {
            <PageHeader title=format!("Delete {}", client.name) back=(back.clone(), "Back to the client") />
            <FormAlert state=state />
            <Card>
                <div class="max-w-2xl space-y-5">
                    <Alert tone=Tone::Warn title="This cannot be undone">
                        <p>"Every token it holds stops being renewed, and is refused where servers ask Kavach. People are asked again."</p>
                        {again}
                    </Alert>
                    <Description>
                        <Item term="client_id"><Mono text=client.id.clone() /></Item>
                        <Item term="Grants that end">{badges::counted(live_grants)}</Item>
                    </Description>
                    <form method="post" action="/_fn/clients/delete" class="flex flex-wrap gap-2">
                        <HiddenField name="client" value=id />
                        <Button kind=ButtonKind::Danger>"Delete for good"</Button>
                        <ButtonLink href=back kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                    </form>
                </div>
            </Card>
        }
        .into_any())
    })
}
