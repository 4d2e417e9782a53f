//! Giving an agent a new token, with time to change over.

use super::id;
use crate::components::{Button, ButtonKind, ButtonLink, Card, Choice, HiddenField, PageHeader, Select};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::{FormAlert, segment};
use crate::server_fns::agents::ROTATE_FORM;
use leptos::prelude::*;

/// `/console/agents/:id/rotate`
#[component]
pub fn RotateToken() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "Rotate token", move |here, _| async move {
        let agent = kavach_service::agent::get(&here.kv, &here.cx, id(&asked)?).await?;
        let state = FormState::of(&here, ROTATE_FORM);
        let back = format!("/console/agents/{}", agent.id);
        let overlaps = vec![
            Choice::new("0", "Stop at once"),
            Choice::new("3600", "Work for another hour"),
            Choice::new("86400", "Work for another day"),
            Choice::new("604800", "Work for another 7 days"),
        ];
        let value = state.typed("overlap").unwrap_or_else(|| "3600".to_owned());
        Ok(view! {
            <PageHeader
                title=format!("Rotate the token of {}", agent.name)
                hint="The agent gets a new token, shown once on the next page."
                back=(back.clone(), "Back to the agent")
            />
            <FormAlert state=state.clone() />
            <Card>
                <form method="post" action="/_fn/agents/rotate" class="max-w-md space-y-5">
                    <HiddenField name="agent" value=agent.id.to_string() />
                    <Select
                        label="Tokens it has now"
                        name="overlap"
                        choices=overlaps
                        value=value
                        error=state.error("overlapSeconds")
                        hint="Leave them working until the new one is in place. If one has leaked, stop them at once."
                    />
                    <div class="flex flex-wrap gap-2">
                        <Button>"Rotate token"</Button>
                        <ButtonLink href=back kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                    </div>
                </form>
            </Card>
        }
        .into_any())
    })
}
