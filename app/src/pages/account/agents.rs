//! What acts for the person.

use crate::components::{Ago, Badge, Card, Column, EmptyState, PageHeader, Pagination, Table, Tone, WIDE};
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::links::with_query;
use crate::pages::query;
use kavach_model::agent::{Agent, AgentStatus};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/account/agents";
const PAGE: u32 = 25;

/// `/account/agents`
#[component]
pub fn Agents() -> impl IntoView {
    let cursor = query("cursor");
    account_page(AccountPart::Agents, move |here, _| async move {
        let first = (!cursor.is_empty()).then(|| PATH.to_owned());
        let request = PageRequest::new(Some(PAGE), Some(cursor)).map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::account::agents(&here.kv, &here.cx, &request).await?;
        let next = page.next_cursor.map(|cursor| with_query(PATH, &[("cursor", &cursor)]));
        let empty = page.data.is_empty();
        let now = here.now();
        let content = match empty {
            true => view! { <EmptyState title=tr("agents-none") hint=tr("agents-none-hint") /> }.into_any(),
            false => view! {
                {table(page.data, now)}
                <Pagination label=tr("agents-pages") first next />
            }
            .into_any(),
        };
        Ok(view! {
            <PageHeader title=tr("account-agents") hint=tr("agents-hint") />
            <Card flush=true>{content}</Card>
        }
        .into_any())
    })
}

fn table(agents: Vec<Agent>, now: Timestamp) -> impl IntoView {
    let columns = vec![
        Column::named(tr("agents-name")),
        Column::named(tr("agents-status")),
        Column::named(tr("sessions-last-used")).on_wide_screens(),
        Column::named(tr("actions")).unseen(),
    ];
    let rows = agents.into_iter().map(|agent| row(agent, now)).collect_view();
    view! {
        <Table caption=tr("account-agents") columns>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn row(agent: Agent, now: Timestamp) -> impl IntoView {
    let (tone, status) = match agent.status {
        AgentStatus::Active => (Tone::Good, tr("agents-active")),
        AgentStatus::Suspended => (Tone::Warn, tr("agents-suspended")),
        AgentStatus::Revoked => (Tone::Bad, tr("agents-revoked")),
    };
    let live = agent.status != AgentStatus::Revoked;
    let (page, revoke) =
        (format!("/console/agents/{}", agent.id), format!("/console/agents/{}/revoke", agent.id));
    let label = tr_with("agents-revoke-label", &[("agent", agent.name.clone().into())]);
    view! {
        <tr>
            <td><a href=page><bdi>{agent.name}</bdi></a></td>
            <td><Badge tone text=status /></td>
            <td class=WIDE>
                {match agent.last_used_at {
                    Some(at) => view! { <Ago at now /> }.into_any(),
                    None => tr("agents-never-used").into_any(),
                }}
            </td>
            <td class="text-end">
                {live.then(|| view! { <a href=revoke aria-label=label class="font-medium">{tr("agents-revoke")}</a> })}
            </td>
        </tr>
    }
}
