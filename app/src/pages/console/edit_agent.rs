//! Changing an agent's name, life and permissions.

use super::agent_form::{lifetimes, permissions, rows};
use super::id;
use crate::components::{Button, ButtonKind, ButtonLink, Card, Field, HiddenField, PageHeader, Select};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::{FormAlert, segment};
use crate::permission_rows::PermissionRow;
use crate::server_fns::agents::{UPDATE_FORM, mark};
use kavach_model::PrincipalId;
use leptos::prelude::*;

/// `/console/agents/:id/edit`
#[component]
pub fn EditAgent() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "Edit agent", move |here, _| async move {
        let agent = kavach_service::agent::get(&here.kv, &here.cx, id(&asked)?).await?;
        let state = FormState::of(&here, UPDATE_FORM);
        let drawn = state.typed("drawn").unwrap_or_else(|| mark(&agent.permissions));
        let before = agent.permissions.iter().map(PermissionRow::from).collect();
        let above = match agent.owner_id {
            PrincipalId::Agent(above) => {
                Some(kavach_service::agent::get(&here.kv, &here.cx, above).await?.name)
            }
            PrincipalId::User(_) => None,
        };
        let editor = permissions(&state, rows(&state, before), above.as_deref());
        let alert = state.clone();
        let back = format!("/console/agents/{}", agent.id);
        let keep = if agent.expires_at.is_some() { "As it is" } else { "No end, as it is" };
        Ok(view! {
            <PageHeader
                title=format!("Edit {}", agent.name)
                hint="Changes hold from the next check on. Tokens stay as they are."
                back=(back.clone(), "Back to the agent")
            />
            <FormAlert state=alert />
            <form method="post" action="/_fn/agents/update" class="space-y-6">
                <HiddenField name="agent" value=agent.id.to_string() />
                <HiddenField name="drawn" value=drawn />
                <Card>
                    <div class="grid gap-5 sm:grid-cols-2">
                        <Field
                            label="Name"
                            name="name"
                            value=state.typed("name").unwrap_or(agent.name)
                            max=100
                            error=state.error("name")
                        />
                        <Select
                            label="Works until"
                            name="expires"
                            choices=lifetimes(Some(keep))
                            value=state.typed("expires").unwrap_or_else(|| "keep".to_owned())
                            error=state.error("expiresAt")
                        />
                    </div>
                </Card>
                <Card>{editor}</Card>
                <div class="flex flex-wrap gap-2">
                    <Button>"Save changes"</Button>
                    <ButtonLink href=back kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}
