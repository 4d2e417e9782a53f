//! Stopping an agent for good, after seeing what that stops.

use super::id;
use crate::components::{
    Ago, Alert, Button, ButtonKind, ButtonLink, Card, Description, HiddenField, Item, Mono, PageHeader, Tone,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::{FormAlert, segment};
use crate::server_fns::agents::REVOKE_FORM;
use leptos::prelude::*;

/// `/console/agents/:id/revoke`
#[component]
pub fn RevokeAgent() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "Revoke agent", move |here, _| async move {
        let agent = kavach_service::agent::get(&here.kv, &here.cx, id(&asked)?).await?;
        let state = FormState::of(&here, REVOKE_FORM);
        let back = format!("/console/agents/{}", agent.id);
        let now = here.now();
        let used = match agent.last_used_at {
            Some(at) => view! { <Ago at now /> }.into_any(),
            None => view! { "Never" }.into_any(),
        };
        Ok(view! {
            <PageHeader title=format!("Revoke {}", agent.name) back=(back.clone(), "Back to the agent") />
            <FormAlert state=state />
            <Card>
                <div class="max-w-2xl space-y-5">
                    <Alert tone=Tone::Warn title="This cannot be undone">
                        <p>"Every token stops working at once and every check is denied. The record stays."</p>
                    </Alert>
                    <Description>
                        <Item term="Agent"><Mono text=agent.id.to_string() /></Item>
                        <Item term="Live tokens">{agent.tokens.len()}</Item>
                        <Item term="Last used">{used}</Item>
                    </Description>
                    <form method="post" action="/_fn/agents/revoke" class="flex flex-wrap gap-2">
                        <HiddenField name="agent" value=agent.id.to_string() />
                        <Button kind=ButtonKind::Danger>"Revoke for good"</Button>
                        <ButtonLink href=back kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                    </form>
                </div>
            </Card>
        }
        .into_any())
    })
}
