//! The list of agents.

use super::kind_name;
use super::names::Names;
use crate::components::{
    AgentStatusBadge, Ago, ButtonKind, ButtonLink, Card, Choice, Column, EmptyState, FilterBar, FilterField,
    PageHeader, Pagination, Select, Table, WIDE,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, query};
use crate::server_fns::agents::REVOKED_NOTE;
use kavach_model::agent::{Agent, AgentFilter, AgentKind, AgentStatus};
use kavach_model::{ErrorCode, PageRequest, PrincipalId, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/console/agents";
const PAGE: u32 = 25;
const COLUMNS: [Column; 6] = [
    Column::new("Agent"),
    Column::new("Status"),
    Column::wide("Type"),
    Column::wide("Owner"),
    Column::wide("Permissions"),
    Column::new("Last used"),
];

/// What the address asks for, as typed.
#[derive(Clone)]
struct Asked {
    text: String,
    status: String,
    kind: String,
    owner: String,
    cursor: String,
}

impl Asked {
    fn read() -> Self {
        Self {
            text: query("q").trim().to_owned(),
            status: query("status"),
            kind: query("type"),
            owner: query("owner").trim().to_owned(),
            cursor: query("cursor"),
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.text, &self.status, &self.kind, &self.owner].iter().any(|value| !value.is_empty())
    }

    fn filter(&self) -> AgentFilter {
        AgentFilter {
            owner: self.owner.parse().ok(),
            status: AgentStatus::parse(&self.status),
            kind: AgentKind::parse(&self.kind),
            query: Some(self.text.clone()).filter(|text| !text.is_empty()),
        }
    }

    /// What is wrong with the owner asked for.
    fn owner_error(&self) -> Option<&'static str> {
        let wrong = !self.owner.is_empty() && self.filter().owner.is_none();
        wrong.then_some("Enter an identifier that begins with usr_ or agt_.")
    }

    fn link(&self, cursor: &str) -> String {
        let Self { text, status, kind, owner, .. } = self;
        with_query(
            PATH,
            &[("q", text), ("status", status), ("type", kind), ("owner", owner), ("cursor", cursor)],
        )
    }
}

/// `/console/agents`
#[component]
pub fn Agents() -> impl IntoView {
    let asked = Asked::read();
    console_page(Section::Agents, "Agents", move |here, _| async move {
        let state = FormState::of(&here, REVOKED_NOTE);
        let request =
            PageRequest::new(Some(PAGE), Some(asked.cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::agent::list(&here.kv, &here.cx, &asked.filter(), &request).await?;
        let names = Names::of(&here, page.data.iter().map(|agent| agent.owner_id)).await;
        let empty = page.data.is_empty();
        let now = here.now();
        let filtered = asked.is_filtered();
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        let rows = page.data.into_iter().map(|agent| row(agent, &names, now)).collect_view();
        let actions = view! {
            <ButtonLink href="/console/agents/tree" kind=ButtonKind::Secondary>"As a tree"</ButtonLink>
            <ButtonLink href="/console/agents/new">"New agent"</ButtonLink>
        }
        .into_any();
        Ok(view! {
            <PageHeader
                title="Agents"
                hint="Principals of their own, each with an owner, tokens and permissions."
                actions=actions
            />
            <FormAlert state=state />
            <Card flush=true>
                {filters(asked)}
                {if empty {
                    nothing(filtered).into_any()
                } else {
                    view! {
                        <Table caption="Agents, newest first" columns=COLUMNS.to_vec()>
                            <tbody>{rows}</tbody>
                        </Table>
                        <Pagination label="Pages of agents" first next />
                    }.into_any()
                }}
            </Card>
        }
        .into_any())
    })
}

fn filters(asked: Asked) -> impl IntoView {
    let statuses = vec![
        Choice::new("", "Any status"),
        Choice::new("active", "Active"),
        Choice::new("suspended", "Suspended"),
        Choice::new("revoked", "Revoked"),
    ];
    let kinds = vec![
        Choice::new("", "Any type"),
        Choice::new("autonomous", "Autonomous"),
        Choice::new("delegated", "Delegated"),
        Choice::new("service", "Service"),
    ];
    view! {
        <FilterBar action=PATH label="Filter agents" active=asked.is_filtered()>
            <FilterField label="Name contains" name="q" value=asked.text.clone() />
            <Select label="Status" name="status" choices=statuses value=asked.status.clone() />
            <Select label="Type" name="type" choices=kinds value=asked.kind.clone() />
            <FilterField
                label="Owner"
                name="owner"
                value=asked.owner.clone()
                example="usr_…"
                error=asked.owner_error()
            />
        </FilterBar>
    }
}

fn row(agent: Agent, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let used = match agent.last_used_at {
        Some(at) => view! { <Ago at now /> }.into_any(),
        None => view! { <span class="text-muted">"Never"</span> }.into_any(),
    };
    let name = names.name(agent.owner_id);
    let (owner, above) = match agent.owner_id {
        PrincipalId::User(_) => (name.into_any(), None),
        PrincipalId::Agent(id) => {
            let link = view! { <a href=format!("{PATH}/{id}")>{name.clone()}</a> };
            (link.into_any(), Some(name))
        }
    };
    view! {
        <tr>
            <td>
                <a href=format!("{PATH}/{}", agent.id) class="font-medium">
                    {agent.name}
                </a>
                {above.map(|name| view! { <span class="block text-xs text-muted md:hidden">"under " {name}</span> })}
                <span class="block font-mono text-xs text-muted max-sm:hidden">{agent.id.to_string()}</span>
            </td>
            <td><AgentStatusBadge status=agent.status /></td>
            <td class=WIDE>{kind_name(agent.kind)}</td>
            <td class=WIDE>{owner}</td>
            <td class=WIDE>{agent.permissions.len()}</td>
            <td>{used}</td>
        </tr>
    }
}

fn nothing(filtered: bool) -> impl IntoView {
    if filtered {
        view! { <EmptyState title="No agent matches" hint="Change the filters or clear them to see every agent." /> }
    } else {
        view! {
            <EmptyState
                title="No agents yet"
                hint="An agent is an identity for a program: it has its own token, its own permissions and its own record."
            >
                <ButtonLink href="/console/agents/new">"Create the first agent"</ButtonLink>
            </EmptyState>
        }
    }
}
