//! A new token, shown for the only time.

use super::id;
use crate::components::{Alert, ButtonLink, Card, CodeBlock, CopyField, PageHeader, Tone};
use crate::context::Here;
use crate::layouts::{Section, console_page};
use crate::pages::segment;
use crate::reveal;
use kavach_model::{AgentId, ApiKeyId};
use leptos::prelude::*;

/// `/console/agents/:id/token`
#[component]
pub fn AgentToken() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Agents, "New token", move |here, _| async move {
        let agent: AgentId = id(&asked)?;
        let agent = kavach_service::agent::get(&here.kv, &here.cx, agent).await?;
        let next = format!("/console/agents/{}", agent.id);
        let Some(token) = reveal::take(&here, &agent.id.to_string()) else { return Ok(gone(next)) };
        let title = format!("Token of {}", agent.name);
        let command = authorize_command(&here, &token);
        Ok(shown(title, token, "The agent asks for a decision with it like this:", command, next))
    })
}

/// `/console/keys/:id/token`
#[component]
pub fn KeyToken() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Keys, "New API key", move |here, _| async move {
        let key: ApiKeyId = id(&asked)?;
        let next = "/console/keys".to_owned();
        let Some(token) = reveal::take(&here, &key.to_string()) else { return Ok(gone(next)) };
        let command = list_command(&here, &token);
        Ok(shown("Your new API key".to_owned(), token, "A program uses it like this:", command, next))
    })
}

pub(super) fn shown(
    title: String,
    token: String,
    how: &'static str,
    command: String,
    next: String,
) -> AnyView {
    view! {
        <PageHeader title=title />
        <Alert tone=Tone::Warn title="Store it now">
            <p>"This is the only time it is shown. Only a hash is kept, so nobody can look it up again."</p>
        </Alert>
        <Card>
            <div class="space-y-6">
                <CopyField label="Token" id="token" value=token />
                <div class="space-y-2">
                    <p class="text-sm text-muted">{how}</p>
                    <CodeBlock label="Example" code=command />
                </div>
                <ButtonLink href=next>"I have stored it"</ButtonLink>
            </div>
        </Card>
    }
    .into_any()
}

pub(super) fn gone(next: String) -> AnyView {
    view! {
        <PageHeader title="The token is not shown again" />
        <Card>
            <div class="space-y-4">
                <p class="text-muted">"A token is shown once. If it was not stored, make a new one."</p>
                <ButtonLink href=next>"Go on"</ButtonLink>
            </div>
        </Card>
    }
    .into_any()
}

fn authorize_command(here: &Here, token: &str) -> String {
    format!(
        "curl {}/api/auth/authorize/token \\\n  -H \"Authorization: Bearer {token}\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"action\":\"read\",\"resource\":\"mcp:github:repos\"}}'",
        here.kv.config().public_url
    )
}

fn list_command(here: &Here, token: &str) -> String {
    format!("curl {}/api/auth/agents \\\n  -H \"Authorization: Bearer {token}\"", here.kv.config().public_url)
}
