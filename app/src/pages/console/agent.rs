//! One agent: what it is, what it hangs on and what hangs on it, what it may do, its tokens, what it did last, and how
//! to stop it.

mod below;
mod loans;
mod rights;

use super::audit_rows::short_table;
use super::names::Names;
use super::tree::{Tab, tabs};
use super::{id, kind_name};
use crate::components::{
    AgentStatusBadge, Ago, Alert, Button, ButtonKind, ButtonLink, Card, CodeBlock, Column, Description,
    Disclosure, EmptyState, HiddenField, Item, Mono, PageHeader, Table, Time, Tone,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, segment};
use crate::server_fns::agents::AGENT_NOTE;
use kavach_model::agent::{Agent as Model, AgentStatus, AgentToken};
use kavach_model::audit::AuditFilter;
use kavach_model::tree::{AgentLink, PermissionSource};
use kavach_model::{ErrorCode, PageRequest, PrincipalId, Timestamp};
use leptos::prelude::*;

const RECENT: u32 = 8;

/// `/console/agents/:id`
#[component]
pub fn Agent() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "Agent", move |here, _| async move {
        let agent = kavach_service::agent::get(&here.kv, &here.cx, id(&asked)?).await?;
        let state = FormState::of(&here, AGENT_NOTE);
        let tree = kavach_service::agent::tree::tree(&here.kv, &here.cx, agent.id).await?;
        let rights = kavach_service::agent::tree::effective_permissions(&here.kv, &here.cx, agent.id).await?;
        let loans = loans::find(&here, agent.id).await?;
        let lenders = rights.iter().filter_map(|one| match one.source {
            PermissionSource::Own => None,
            PermissionSource::Delegation { from_agent, .. } => Some(PrincipalId::Agent(from_agent)),
        });
        let others = loans.iter().flat_map(|loan| [loan.from_agent, loan.to_agent]).map(PrincipalId::Agent);
        let sponsor = [PrincipalId::User(agent.sponsor_id)];
        let names = Names::of(&here, sponsor.into_iter().chain(lenders).chain(others)).await;
        let filter = AuditFilter { actor: Some(PrincipalId::Agent(agent.id)), ..AuditFilter::default() };
        let request = PageRequest::new(Some(RECENT), None).map_err(|_| ErrorCode::Internal)?;
        let recent = kavach_service::audit::list(&here.kv, &here.cx, &filter, &request).await?;
        let now = here.now();
        let all = with_query("/console/audit", &[("actor", &agent.id.to_string())]);
        let actions = actions(&agent);
        let commands = commands(&here.kv.config().public_url, &agent);
        let (agent_id, name, status) = (agent.id, agent.name.clone(), agent.status);
        let tokens = agent.tokens.clone();
        let stopped = stopped(&tree.above, now);
        let below = below::below(&agent, &tree.root, now);
        let rights = rights::rights(rights, &names, now);
        let loans = loans::loans(&agent, loans, &names, now);
        let aside = view! { <a href=all class="text-sm font-medium link">"All activity"</a> };
        Ok(view! {
            <PageHeader
                title=name
                back=("/console/agents".to_owned(), "Agents")
                actions=actions
            />
            {tabs(agent_id, Tab::Overview)}
            <FormAlert state=state />
            {stopped}
            <div class="grid items-start gap-6 lg:grid-cols-2">
                <Card title="Overview">{facts(agent, &tree.above, &names, now)}</Card>
                <Card title="Tokens" hint="Shown by their last characters only." flush=true>
                    {token_table(tokens, status, now)}
                </Card>
            </div>
            <Card title="Permissions" hint="The most specific pattern decides." flush=true>
                {rights}
            </Card>
            {below}
            {loans}
            <Card title="Latest activity" flush=true aside=aside.into_any()>
                {short_table(recent.data, now)}
            </Card>
            <Disclosure summary="The same by API">
                <CodeBlock label="Commands for this agent" code=commands />
            </Disclosure>
        }
        .into_any())
    })
}

fn actions(agent: &Model) -> AnyView {
    if agent.status == AgentStatus::Revoked {
        return ().into_any();
    }
    let path = format!("/console/agents/{}", agent.id);
    let (action, label) = match agent.status {
        AgentStatus::Suspended => ("/_fn/agents/resume", "Resume"),
        _ => ("/_fn/agents/suspend", "Suspend"),
    };
    view! {
        <ButtonLink href=format!("{path}/edit") kind=ButtonKind::Secondary>"Edit"</ButtonLink>
        <ButtonLink href=format!("{path}/rotate") kind=ButtonKind::Secondary>"Rotate token"</ButtonLink>
        <form method="post" action=action>
            <HiddenField name="agent" value=agent.id.to_string() />
            <Button kind=ButtonKind::Secondary>{label}</Button>
        </form>
        <ButtonLink href=format!("{path}/revoke") kind=ButtonKind::Danger>"Revoke"</ButtonLink>
    }
    .into_any()
}

/// Says so when something above keeps it from working.
fn stopped(above: &[AgentLink], now: Timestamp) -> Option<AnyView> {
    let ended = |link: &&AgentLink| link.expires_at.is_some_and(|end| end <= now);
    let link = above.iter().find(|link| link.status != AgentStatus::Active || ended(link))?;
    let word = match link.status {
        AgentStatus::Active => "has expired",
        AgentStatus::Suspended => "is suspended",
        AgentStatus::Revoked => "is revoked",
    };
    let (href, name) = (format!("/console/agents/{}", link.id), link.name.clone());
    let alert = view! {
        <Alert tone=Tone::Warn>
            <p>"Every check is denied, because " <a href=href class="underline">{name}</a> {format!(" above it {word}.")}</p>
        </Alert>
    };
    Some(alert.into_any())
}

/// From the person down to the agent, with the state of each that does not work.
fn way(agent: &Model, above: &[AgentLink], names: &Names) -> impl IntoView + use<> {
    let person = names.name(PrincipalId::User(agent.sponsor_id));
    let links = above.iter().map(|link| {
        let state = (link.status != AgentStatus::Active).then(|| view! { " " <AgentStatusBadge status=link.status /> });
        view! { <li><a href=format!("/console/agents/{}", link.id) class="link">{link.name.clone()}</a>{state}</li> }
    });
    view! {
        <ol class="chain">
            <li>{person}</li>
            {links.collect_view()}
            <li>{agent.name.clone()}</li>
        </ol>
    }
}

fn facts(agent: Model, above: &[AgentLink], names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let never = |word: &'static str| view! { <span class="text-muted">{word}</span> }.into_any();
    let used = agent.last_used_at.map_or_else(|| never("Never"), |at| view! { <Ago at now /> }.into_any());
    let expires = agent.expires_at.map_or_else(|| never("No end"), |at| view! { <Time at /> }.into_any());
    let way = way(&agent, above, names);
    view! {
        <Description>
            <Item term="Status"><AgentStatusBadge status=agent.status /></Item>
            <Item term="Identifier"><Mono text=agent.id.to_string() /></Item>
            <Item term="Type">{kind_name(agent.kind)}</Item>
            <Item term="Chain">{way}</Item>
            <Item term="Last used">{used}</Item>
            <Item term="Works until">{expires}</Item>
            <Item term="Created"><Time at=agent.created_at /></Item>
            <Item term="Changed"><Time at=agent.updated_at /></Item>
        </Description>
    }
}

fn token_table(tokens: Vec<AgentToken>, status: AgentStatus, now: Timestamp) -> impl IntoView {
    if tokens.is_empty() {
        let hint = match status {
            AgentStatus::Revoked => "A revoked agent gets no new one.",
            AgentStatus::Active | AgentStatus::Suspended => "Rotate the token to give the agent a new one.",
        };
        return view! { <EmptyState title="No live token" hint /> }.into_any();
    }
    let rows = tokens.into_iter().map(move |token| {
        let used = token.last_used_at.map(|at| view! { <Ago at now /> });
        view! {
            <tr>
                <td><Mono text=token.preview /></td>
                <td>{used}</td>
                <td><Ago at=token.expires_at now /></td>
            </tr>
        }
    });
    let columns = vec![Column::new("Token"), Column::new("Last used"), Column::new("Expires")];
    view! {
        <Table caption="Live tokens" columns>
            <tbody>{rows.collect_view()}</tbody>
        </Table>
    }
    .into_any()
}

fn commands(public_url: &str, agent: &Model) -> String {
    format!(
        "# Read this agent (an API key with the scope agents:read)\n\
         curl {public_url}/api/auth/agents/{id} \\\n  -H \"Authorization: Bearer $KAVACH_API_KEY\"\n\n\
         # Ask for a decision (the agent's own token)\n\
         curl {public_url}/api/auth/authorize/token \\\n  -H \"Authorization: Bearer $KAVACH_TOKEN\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"action\":\"read\",\"resource\":\"mcp:github:repos\"}}'",
        id = agent.id
    )
}
