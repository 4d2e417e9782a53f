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
        let radius = kavach_service::agent::tree::blast_radius(&here.kv, &here.cx, agent.id).await?;
        let state = FormState::of(&here, REVOKE_FORM);
        let back = format!("/console/agents/{}", agent.id);
        let now = here.now();
        let warning = match radius.agents {
            0 | 1 => {
                "Every token stops working at once and every check is denied. The record stays.".to_owned()
            }
            all => format!(
                "This agent and the {} below it stop at once: every token, every check. The record stays.",
                all - 1
            ),
        };
        let used = match radius.last_used_at {
            Some(at) => view! { <Ago at now /> }.into_any(),
            None => view! { "Never" }.into_any(),
        };
        Ok(view! {
            <PageHeader title=format!("Revoke {}", agent.name) back=(back.clone(), "Back to the agent") />
            <FormAlert state=state />
            <Card>
                <div class="max-w-2xl space-y-5">
                    <Alert tone=Tone::Warn title="This cannot be undone">
                        <p>{warning}</p>
                    </Alert>
                    <Description>
                        <Item term="Agent"><Mono text=agent.id.to_string() /></Item>
                        <Item term="Agents that stop">{radius.agents}</Item>
                        <Item term="Live tokens">{radius.live_tokens}</Item>
                        <Item term="Delegations that end">{radius.delegations}</Item>
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
