//! What agents asked people for: what waits comes first.

use super::names::Names;
use crate::components::{
    Ago, ApprovalStatusBadge, Card, Choice, Column, EmptyState, FilterBar, FilterField, Mono, PageHeader,
    Pagination, Select, Table, WIDE,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::{FormAlert, query};
use crate::server_fns::approvals::APPROVAL_FORM;
use kavach_model::approval::{Approval, ApprovalFilter, ApprovalStatus};
use kavach_model::{ErrorCode, PageRequest, PrincipalId, Timestamp};
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
        let request = |cursor| PageRequest::new(Some(PAGE), cursor).map_err(|_| ErrorCode::Internal);
        // Unless one state is asked for, the first page begins with everything that waits.
        let waiting = match filter.status.is_none() && asked.cursor.is_empty() {
            true => {
                let pending = ApprovalFilter { status: Some(ApprovalStatus::Pending), ..filter };
                kavach_service::approval::list(kv, cx, &pending, &request(None)?).await?.data
            }
            false => Vec::new(),
        };
        let page =
            kavach_service::approval::list(kv, cx, &filter, &request(Some(asked.cursor.clone()))?).await?;
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        let rest = page.data.into_iter().filter(|one| !waiting.iter().any(|pending| pending.id == one.id));
        let all: Vec<Approval> = waiting.iter().cloned().chain(rest).collect();
        let names = Names::of(&here, all.iter().map(|one| PrincipalId::Agent(one.agent_id))).await;
        let now = here.now();
        let empty = all.is_empty();
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let filtered = asked.is_filtered();
        let rows = all.into_iter().map(|approval| row(approval, &names, now)).collect_view();
        let columns = vec![
            Column::new("Call"),
            Column::new("Status"),
            Column::wide("Agent"),
            Column::wide("Asked"),
            Column::new("Answer by"),
        ];
        Ok(view! {
            <PageHeader
                title="Approvals"
                hint="Calls that a person must allow. Each is bound to the exact call; what waits comes first."
            />
            <FormAlert state=state />
            <Card flush=true>
                {filters(asked)}
                {if empty {
                    nothing(filtered).into_any()
                } else {
                    view! {
                        <Table caption="Approvals, waiting ones first" columns>
                            <tbody>{rows}</tbody>
                        </Table>
                        <Pagination label="Pages of approvals" first next />
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
    if filtered {
        view! { <EmptyState title="No approval matches" hint="Change the filters or clear them to see every approval." /> }
    } else {
        view! {
            <EmptyState
                title="Nothing waits for you"
                hint="When a permission asks for approval, the agent's call waits here until a person answers, and the person who answers for the agent gets a mail."
            />
        }
    }
}
