//! Lending permissions of an agent to another one.

use super::agent_form::{lifetimes, permissions, rows, to_choose_from};
use super::id;
use crate::components::{
    Button, ButtonKind, ButtonLink, Card, Choice, Field, HiddenField, PageHeader, Select,
};
use crate::context::Here;
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::{FormAlert, segment};
use crate::server_fns::delegations::LEND_FORM;
use kavach_model::agent::{Agent, AgentFilter, AgentStatus};
use kavach_model::{ApiError, ErrorCode, PageRequest};
use leptos::prelude::*;

/// `/console/agents/:id/lend`
#[component]
pub fn Lend() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "Lend permissions", move |here, _| async move {
        let agent = kavach_service::agent::get(&here.kv, &here.cx, id(&asked)?).await?;
        let state = FormState::of(&here, LEND_FORM);
        let others = others(&here, &agent).await?;
        let editor = permissions(&state, rows(&state, Vec::new()), Some(&agent.name));
        let choice = to_choose_from(&agent.name, &agent.permissions);
        let back = format!("/console/agents/{}", agent.id);
        let deepest = here.kv.config().agent.max_depth.min(3);
        let depths = ["No", "Once", "Twice", "Three times"];
        let depths = (0..=deepest).zip(depths);
        let depths: Vec<Choice> =
            depths.map(|(depth, label)| Choice::of(depth.to_string(), label.to_owned())).collect();
        let (alert, to) = (state.clone(), to(&state, others));
        let expires = state.typed("expires").unwrap_or_else(|| "7".to_owned());
        Ok(view! {
            <PageHeader
                title=format!("Lend permissions of {}", agent.name)
                hint="Nothing is given away: what is lent holds while this agent has it, and ends with it."
                back=(back.clone(), "Back to the agent")
            />
            <FormAlert state=alert />
            <form method="post" action="/_fn/delegations/create" class="space-y-6">
                <HiddenField name="agent" value=agent.id.to_string() />
                <Card>
                    <div class="grid gap-5 sm:grid-cols-3">
                        {to}
                        <Select
                            label="Until"
                            name="expires"
                            choices=lifetimes(None)
                            value=expires
                            error=state.error("expiresAt")
                        />
                        <Select
                            label="May be lent on"
                            name="depth"
                            choices=depths
                            value=state.value("depth")
                            error=state.error("maxDepth")
                        />
                    </div>
                </Card>
                <Card><div class="space-y-5">{choice}{editor}</div></Card>
                <div class="flex flex-wrap gap-2">
                    <Button>"Lend"</Button>
                    <ButtonLink href=back kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}

/// Agents it could be lent to; None when they are too many to choose from.
async fn others(here: &Here, agent: &Agent) -> Result<Option<Vec<Agent>>, ApiError> {
    let filter = AgentFilter { status: Some(AgentStatus::Active), ..AgentFilter::default() };
    let request = PageRequest::new(Some(100), None).map_err(|_| ErrorCode::Internal)?;
    let page = kavach_service::agent::list(&here.kv, &here.cx, &filter, &request).await?;
    let same = |other: &Agent| other.id != agent.id && other.sponsor_id == agent.sponsor_id;
    Ok(page.next_cursor.is_none().then(|| page.data.into_iter().filter(same).collect()))
}

/// The field for the agent that borrows.
fn to(state: &FormState, others: Option<Vec<Agent>>) -> AnyView {
    let (value, error) = (state.value("to"), state.error("toAgent"));
    match others {
        Some(others) => {
            let choices: Vec<Choice> =
                others.into_iter().map(|agent| Choice::of(agent.id.to_string(), agent.name)).collect();
            let hint = if choices.is_empty() { "There is no other active agent of the same person." } else { "" };
            view! { <Select label="To" name="to" choices value error hint /> }.into_any()
        }
        None => view! {
            <Field label="To" name="to" value error max=40 hint="The identifier of the agent, which begins with agt_." />
        }
        .into_any(),
    }
}
