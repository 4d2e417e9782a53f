//! What agents asked people for: what waits, to be answered at once, and everything that was asked before.

mod ask;
mod desk;

use super::approval::alert;
use super::names::Names;
use crate::components::{
    Ago, ApprovalStatusBadge, ButtonKind, Card, Choice, Column, EmptyState, FilterBar, FilterField, Mono,
    PageHeader, Pagination, Select, Table, WIDE, button_class,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::query;
use crate::server_fns::approvals::APPROVAL_FORM;
use kavach_model::approval::{Approval, ApprovalFilter, ApprovalStatus};
use kavach_model::{ApprovalId, ErrorCode, PageRequest, PrincipalId, Timestamp};
use kavach_service::approval::inbox;
use leptos::prelude::*;

const PATH: &str = "/console/approvals";
const PAGE: u32 = 25;

/// What the address asks for, as typed.
#[derive(Clone)]
struct Asked {
    status: String,
    agent: String,
    cursor: String,
}

impl Asked {
    fn read() -> Self {
        Self { status: query("status"), agent: query("agent").trim().to_owned(), cursor: query("cursor") }
    }

    fn is_filtered(&self) -> bool {
        !self.status.is_empty() || !self.agent.is_empty()
    }

    fn filter(&self) -> ApprovalFilter {
        ApprovalFilter { status: ApprovalStatus::parse(&self.status), agent: self.agent.parse().ok() }
    }

    /// What is wrong with the agent asked for.
    fn agent_error(&self) -> Option<&'static str> {
        let wrong = !self.agent.is_empty() && self.filter().agent.is_none();
        wrong.then_some("Enter an identifier that begins with agt_.")
    }

    fn link(&self, cursor: &str) -> String {
        with_query(PATH, &[("status", &self.status), ("agent", &self.agent), ("cursor", cursor)])
    }
}

/// `/console/approvals`
#[component]
pub fn Approvals() -> impl IntoView {
    let asked = Asked::read();
    console_page(Section::Approvals, "Approvals", move |here, _| async move {
        let state = FormState::of(&here, APPROVAL_FORM);
        let (kv, cx, filter) = (&here.kv, &here.cx, asked.filter());
        // Unless one state is asked for, the first page begins with what waits, to be answered there.
        let is_inbox = asked.status.is_empty() && asked.cursor.is_empty() && asked.agent_error().is_none();
        let waiting = match is_inbox {
            true => inbox::waiting(kv, cx, filter.agent).await?,
            false => Vec::new(),
        };
        let request = PageRequest::new(Some(PAGE), Some(asked.cursor.clone()));
        let request = request.map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::approval::list(kv, cx, &filter, &request).await?;
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        let is_above = |id: ApprovalId| waiting.iter().flatten().any(|shown| shown.id == id);
        let rest: Vec<Approval> = page.data.into_iter().filter(|one| !is_above(one.id)).collect();
        let names = Names::of(&here, rest.iter().chain(waiting.iter().flatten()).flat_map(people)).await;
        let now = here.now();
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let title = if is_inbox { "Answered, or over" } else { "" };
        let inbox = match is_inbox {
            true => Some(desk::desk(&here, waiting, &names, &state).await?),
            false => None,
        };
        let list = match rest.is_empty() {
            true => nothing(asked.is_filtered()).into_any(),
            false => view! {
                {table(rest, &names, now)}
                <Pagination label="Pages of approvals" first next />
            }
            .into_any(),
        };
        Ok(view! {
            <PageHeader
                title="Approvals"
                hint="Calls that a person must allow. Each answer is bound to the exact call."
                actions=keys().into_any()
            />
            {alert(&state)}
            {inbox}
            <Card flush=true title=title>
                {filters(asked)} {list}
            </Card>
        }
        .into_any())
    })
}

/// Shows which keys there are; with script only, as they are.
fn keys() -> impl IntoView {
    view! { <button type="button" id="keys" hidden class=button_class(ButtonKind::Quiet)>"Keys"</button> }
}

/// Everybody whose name is shown with it.
fn people(approval: &Approval) -> Vec<PrincipalId> {
    let holders = approval.permissions.iter().map(|matched| matched.agent_id);
    let agents = holders.chain([approval.agent_id]).map(PrincipalId::Agent);
    approval.chain.iter().copied().chain(agents).collect()
}

fn table(approvals: Vec<Approval>, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let rows = approvals.into_iter().map(|approval| row(approval, names, now)).collect_view();
    let columns = vec![
        Column::new("Call"),
        Column::new("Status"),
        Column::wide("Agent"),
        Column::wide("Asked"),
        Column::new("Answer by"),
    ];
    view! {
        <Table caption="Approvals" columns>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn filters(asked: Asked) -> impl IntoView {
    let statuses = vec![
        Choice::new("", "Any status"),
        Choice::new("pending", "Waiting"),
        Choice::new("approved", "Approved"),
        Choice::new("denied", "Denied"),
        Choice::new("consumed", "Used"),
        Choice::new("expired", "Expired"),
    ];
    view! {
        <FilterBar action=PATH label="Filter approvals" active=asked.is_filtered()>
            <Select label="Status" name="status" choices=statuses value=asked.status.clone() />
            <FilterField
                label="Agent"
                name="agent"
                value=asked.agent.clone()
                example="agt_…"
                error=asked.agent_error()
            />
        </FilterBar>
    }
}

fn row(approval: Approval, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let agent = names.name(PrincipalId::Agent(approval.agent_id));
    let ends =
        (approval.status == ApprovalStatus::Pending).then(|| view! { <Ago at=approval.expires_at now /> });
    view! {
        <tr>
            <td>
                <a href=format!("{PATH}/{}", approval.id)>
                    <b>{approval.action}</b> " " <Mono text=approval.resource />
                </a>
                <span class="block text-xs text-muted md:hidden">{agent.clone()}</span>
            </td>
            <td><ApprovalStatusBadge status=approval.status /></td>
            <td class=WIDE><a href=format!("/console/agents/{}", approval.agent_id)>{agent}</a></td>
            <td class=WIDE><Ago at=approval.created_at now /></td>
            <td>{ends}</td>
        </tr>
    }
}

fn nothing(filtered: bool) -> impl IntoView {
    match filtered {
        true => view! {
            <EmptyState title="No approval matches" hint="Change the filters or clear them to see every approval." />
        },
        false => view! {
            <EmptyState title="Nothing answered yet" hint="What you approve and deny, and what ran out of time, is kept here." />
        },
    }
}
