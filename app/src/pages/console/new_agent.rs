//! Making an agent.

use super::agent_form::{lifetimes, permissions, rows, to_tick};
use super::id;
use crate::components::{
    Button, ButtonKind, ButtonLink, Card, Choice, Field, HiddenField, PageHeader, Select,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::{FormAlert, query};
use crate::server_fns::agents::CREATE_FORM;
use leptos::prelude::*;

/// `/console/agents/new`, and with `?owner=agt_...` for one below another.
#[component]
pub fn NewAgent() -> impl IntoView {
    let owner = query("owner");
    console_page(Section::Agents, "New agent", move |here, _| async move {
        let state = FormState::of(&here, CREATE_FORM);
        let above = match owner.starts_with("agt_") {
            true => Some(kavach_service::agent::get(&here.kv, &here.cx, id(&owner)?).await?),
            false => None,
        };
        let name = above.as_ref().map(|above| above.name.as_str());
        let editor = permissions(&state, rows(&state, Vec::new()), name);
        let offers = match &above {
            Some(above) => kavach_service::agent::canopy::offers(&here.kv, &here.cx, above.id).await?,
            None => Vec::new(),
        };
        let choice = name.map(|name| to_tick(&state, name, offers));
        let choice = choice.map(|choice| view! { <Card>{choice}</Card> });
        let (title, hint) = match name {
            Some(name) => (
                format!("New agent under {name}"),
                format!(
                    "It stops when {name} does, and can never do what {name} cannot. Its token is shown once, on the next page."
                ),
            ),
            None => (
                "New agent".to_owned(),
                "You will own it and answer for it. Its token is shown once, on the next page.".to_owned(),
            ),
        };
        let back = match &above {
            Some(above) => (format!("/console/agents/{}", above.id), "Back to the agent"),
            None => ("/console/agents".to_owned(), "Agents"),
        };
        let cancel = back.0.clone();
        let alert = state.clone();
        let kinds = vec![
            Choice::new("autonomous", "Autonomous: decides on its own"),
            Choice::new("delegated", "Delegated: acts for a person who is present"),
            Choice::new("service", "Service: a program without judgement of its own"),
        ];
        let expires = state.typed("expires").unwrap_or_else(|| "90".to_owned());
        Ok(view! {
            <PageHeader
                title=title
                hint=hint
                back=back
            />
            <FormAlert state=alert />
            <form method="post" action="/_fn/agents/create" class="space-y-6">
                <HiddenField name="owner" value=owner />
                <Card>
                    <div class="grid gap-5 sm:grid-cols-2">
                        <Field
                            label="Name"
                            name="name"
                            value=state.value("name")
                            max=100
                            error=state.error("name")
                            hint="What people call it, like release-bot."
                        />
                        <Select label="Type" name="kind" choices=kinds value=state.value("kind") error=state.error("type") />
                        <Select
                            label="Works until"
                            name="expires"
                            choices=lifetimes(None)
                            value=expires
                            error=state.error("expiresAt")
                        />
                    </div>
                </Card>
                {choice}
                <Card>{editor}</Card>
                <div class="flex flex-wrap gap-2">
                    <Button>"Create agent"</Button>
                    <ButtonLink href=cancel kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}
