//! What an agent lends and borrows.

use crate::components::{Ago, ButtonKind, ButtonLink, Card, Column, HiddenField, Table};
use crate::context::Here;
use crate::pages::console::names::Names;
use crate::pages::console::permission_words::in_words;
use kavach_model::agent::{Agent, AgentStatus};
use kavach_model::delegation::{Delegation, DelegationFilter};
use kavach_model::{AgentId, ApiError, ErrorCode, PageRequest, PrincipalId, Timestamp};
use leptos::prelude::*;

/// Most of each kind that are shown; the API lists them all.
const SHOWN: u32 = 20;

/// Live delegations in both directions.
pub(super) async fn find(here: &Here, id: AgentId) -> Result<Vec<Delegation>, ApiError> {
    let live = DelegationFilter { live: true, ..DelegationFilter::default() };
    let page = PageRequest::new(Some(SHOWN), None).map_err(|_| ErrorCode::Internal)?;
    let lent = DelegationFilter { from: Some(id), ..live };
    let mut all = kavach_service::delegation::list(&here.kv, &here.cx, lent, &page).await?.data;
    let borrowed = DelegationFilter { to: Some(id), ..live };
    all.extend(kavach_service::delegation::list(&here.kv, &here.cx, borrowed, &page).await?.data);
    Ok(all)
}

/// What it lends and borrows, with a way to take it back.
pub(super) fn loans(
    agent: &Agent,
    loans: Vec<Delegation>,
    names: &Names,
    now: Timestamp,
) -> impl IntoView + use<> {
    let id = agent.id;
    let none = loans.is_empty();
    let rows = loans.into_iter().map(|loan| row(id, loan, names, now)).collect_view();
    let aside = (agent.status == AgentStatus::Active).then(|| {
        let href = format!("/console/agents/{id}/lend");
        view! { <ButtonLink href kind=ButtonKind::Secondary>"Lend permissions"</ButtonLink> }
    });
    let columns = vec![Column::new("With"), Column::new("Permissions"), Column::new("Until")];
    let hint = if none { "Nothing now." } else { "What is lent holds while the lender has it." };
    let table = (!none).then(|| {
        view! {
            <Table caption="Lent and borrowed permissions" columns>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    view! { <Card title="Lent and borrowed" hint=hint flush=true aside=aside.into_any()>{table}</Card> }
}

fn row(id: AgentId, loan: Delegation, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let (word, other) = match loan.from_agent == id {
        true => ("Lends to ", loan.to_agent),
        false => ("Borrows from ", loan.from_agent),
    };
    let name = names.name(PrincipalId::Agent(other));
    let whose = format!(" what {name} has of it");
    let until = match loan.expires_at {
        Some(at) => view! { <Ago at now /> }.into_any(),
        None => view! { <span class="text-muted">"No end"</span> }.into_any(),
    };
    let permissions = loan.permissions.iter().map(|permission| view! { <li>{in_words(permission)}</li> });
    view! {
        <tr>
            <td>{word}<a href=format!("/console/agents/{other}") class="underline">{name}</a></td>
            <td><ul class="space-y-1">{permissions.collect_view()}</ul></td>
            <td>
                {until}
                <form method="post" action="/_fn/delegations/revoke">
                    <HiddenField name="delegation" value=loan.id.to_string() />
                    <HiddenField name="agent" value=id.to_string() />
                    <button type="submit" class="min-h-6 text-start font-medium whitespace-nowrap link">
                        "Take back"
                        <span class="sr-only">{whose}</span>
                    </button>
                </form>
            </td>
        </tr>
    }
}
