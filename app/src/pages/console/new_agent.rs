//! Making an agent.

use super::agent_form::{lifetimes, permissions, rows};
use crate::components::{Button, ButtonKind, ButtonLink, Card, Choice, Field, PageHeader, Select};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::FormAlert;
use crate::server_fns::agents::CREATE_FORM;
use leptos::prelude::*;

/// `/console/agents/new`
#[component]
pub fn NewAgent() -> impl IntoView {
    console_page(Section::Agents, "New agent", |here, _| async move {
        let state = FormState::of(&here, CREATE_FORM);
        let editor = permissions(&state, rows(&state, Vec::new()));
        let alert = state.clone();
        let kinds = vec![
            Choice::new("autonomous", "Autonomous: decides on its own"),
            Choice::new("delegated", "Delegated: acts for a person who is present"),
            Choice::new("service", "Service: a program without judgement of its own"),
        ];
        let expires = state.typed("expires").unwrap_or_else(|| "90".to_owned());
        Ok(view! {
            <PageHeader
                title="New agent"
                hint="You will own it and answer for it. Its token is shown once, on the next page."
                back=("/console/agents".to_owned(), "Agents")
            />
            <FormAlert state=alert />
            <form method="post" action="/_fn/agents/create" class="space-y-6">
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
                <Card>{editor}</Card>
                <div class="flex flex-wrap gap-2">
                    <Button>"Create agent"</Button>
                    <ButtonLink href="/console/agents" kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}
