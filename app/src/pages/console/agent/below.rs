//! The sub-agents of an agent.

use crate::components::{AgentStatusBadge, Ago, ButtonKind, ButtonLink, Card, Column, Table, WIDE};
use crate::links::with_query;
use kavach_model::Timestamp;
use kavach_model::agent::{Agent, AgentStatus};
use kavach_model::tree::AgentNode;
use leptos::prelude::*;

/// Most that are listed here; the list of agents has them all.
const SHOWN: usize = 10;

/// Those right below it, each with how many are below.
pub(super) fn below(agent: &Agent, node: &AgentNode, now: Timestamp) -> impl IntoView + use<> {
    let owner = agent.id.to_string();
    let direct = node.children.len();
    let rows = node.children.iter().take(SHOWN).map(|child| row(child, now)).collect_view();
    let columns =
        vec![Column::new("Agent"), Column::new("Status"), Column::new("Below it"), Column::wide("Last used")];
    let hint = match count(node) {
        0 if agent.max_depth == 0 => "It may have none.".to_owned(),
        0 => "None. One can never do what this agent cannot.".to_owned(),
        1 => "1 in all. It can never do what this agent cannot.".to_owned(),
        all => format!("{all} in all. None can do what this agent cannot."),
    };
    let may_have_one = agent.status == AgentStatus::Active && agent.max_depth > 0;
    let aside = may_have_one.then(|| {
        let href = with_query("/console/agents/new", &[("owner", &owner)]);
        view! { <ButtonLink href kind=ButtonKind::Secondary>"New sub-agent"</ButtonLink> }
    });
    let table = (direct > 0).then(|| {
        view! {
            <Table caption="Sub-agents" columns>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    let more = (direct > SHOWN).then(|| {
        let href = with_query("/console/agents", &[("owner", &owner)]);
        view! { <p class="border-t border-line p-4 text-sm"><a href=href class="link">{format!("All {direct}")}</a></p> }
    });
    view! {
        <Card title="Sub-agents" hint flush=true aside=aside.into_any()>
            {table}
            {more}
        </Card>
    }
}

fn row(child: &AgentNode, now: Timestamp) -> impl IntoView + use<> {
    let used = child.last_used_at.map(|at| view! { <Ago at now /> });
    let below = count(child);
    view! {
        <tr>
            <td><a href=format!("/console/agents/{}", child.id)>{child.name.clone()}</a></td>
            <td><AgentStatusBadge status=child.status /></td>
            <td>{below}</td>
            <td class=WIDE>{used}</td>
        </tr>
    }
}

/// How many are below, at any depth.
fn count(node: &AgentNode) -> usize {
    node.children.iter().map(|child| 1 + count(child)).sum()
}
