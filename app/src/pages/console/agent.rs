//! One agent: what it is, what it may do, its tokens, what it did last, and how to stop it.

use super::audit_rows::short_table;
use super::names::Names;
use super::permission_table::permission_table;
use super::{id, kind_name};
use crate::components::{
    AgentStatusBadge, Ago, Button, ButtonKind, ButtonLink, Card, CodeBlock, Column, Description, Disclosure,
    EmptyState, HiddenField, Item, Mono, PageHeader, Table, Time,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, segment};
use crate::server_fns::agents::AGENT_NOTE;
use kavach_model::agent::{Agent as Model, AgentStatus, AgentToken};
use kavach_model::audit::AuditFilter;
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
        let names = Names::of(&here, [agent.owner_id, PrincipalId::User(agent.sponsor_id)].into_iter()).await;
        let filter = AuditFilter { actor: Some(PrincipalId::Agent(agent.id)), ..AuditFilter::default() };
        let request = PageRequest::new(Some(RECENT), None).map_err(|_| ErrorCode::Internal)?;
        let recent = kavach_service::audit::list(&here.kv, &here.cx, &filter, &request).await?;
        let now = here.now();
        let all = with_query("/console/audit", &[("actor", &agent.id.to_string())]);
        let actions = actions(&agent);
        let commands = commands(&here.kv.config().public_url, &agent);
        let (name, status) = (agent.name.clone(), agent.status);
        let (permissions, tokens) = (agent.permissions.clone(), agent.tokens.clone());
        let aside = view! { <a href=all class="text-sm font-medium link">"All activity"</a> };
        Ok(view! {
            <PageHeader
                title=name
                back=("/console/agents".to_owned(), "Agents")
                actions=actions
            />
            <FormAlert state=state />
            <div class="grid items-start gap-6 lg:grid-cols-2">
                <Card title="Overview">{facts(agent, names, now)}</Card>
                <Card title="Tokens" hint="Shown by their last characters only." flush=true>
                    {token_table(tokens, status, now)}
                </Card>
            </div>
            <Card title="Permissions" hint="The most specific pattern decides." flush=true>
                {permission_table(permissions)}
            </Card>
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

fn facts(agent: Model, names: Names, now: Timestamp) -> impl IntoView {
    let never = |word: &'static str| view! { <span class="text-muted">{word}</span> }.into_any();
    let used = agent.last_used_at.map_or_else(|| never("Never"), |at| view! { <Ago at now /> }.into_any());
    let expires = agent.expires_at.map_or_else(|| never("No end"), |at| view! { <Time at /> }.into_any());
    let sponsor = PrincipalId::User(agent.sponsor_id);
    let owner = names.name(agent.owner_id);
    let answers = (agent.owner_id != sponsor).then(|| names.name(sponsor));
    view! {
        <Description>
            <Item term="Status"><AgentStatusBadge status=agent.status /></Item>
            <Item term="Identifier"><Mono text=agent.id.to_string() /></Item>
            <Item term="Type">{kind_name(agent.kind)}</Item>
            <Item term="Owner">{owner}</Item>
            {answers.map(|name| view! { <Item term="Answers for it">{name}</Item> })}
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
