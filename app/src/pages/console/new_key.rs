//! Making an API key.

use crate::components::{
    Alert, Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Field, PageHeader, Select, Tone,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::FormAlert;
use crate::server_fns::keys::CREATE_FORM;
use kavach_model::api_key::Scope;
use leptos::prelude::*;

/// `/console/keys/new`
#[component]
pub fn NewKey() -> impl IntoView {
    console_page(Section::Keys, "New API key", |here, _| async move {
        let state = FormState::of(&here, CREATE_FORM);
        let chosen = state.value("scopes");
        let wrong_scopes = state.error("scopes");
        let alert = state.clone();
        let lives = vec![
            Choice::new("30", "30 days from now"),
            Choice::new("90", "90 days from now"),
            Choice::new("365", "1 year from now"),
        ];
        let scopes = Scope::ALL.map(|scope| {
            let checked = chosen.split(' ').any(|name| name == scope.as_str());
            view! {
                <Checkbox name="scopes[]" value=scope.as_str() label=scope.as_str() hint=meaning(scope) checked />
            }
        });
        Ok(view! {
            <PageHeader
                title="New API key"
                hint="It acts for you, within the scopes you choose. It is shown once, on the next page."
                back=("/console/keys".to_owned(), "API keys")
            />
            <FormAlert state=alert />
            <form method="post" action="/_fn/keys/create" class="space-y-6">
                <Card>
                    <div class="grid gap-5 sm:grid-cols-2">
                        <Field
                            label="Name"
                            name="name"
                            value=state.value("name")
                            max=100
                            error=state.error("name")
                            hint="What it is for, like nightly-report."
                        />
                        <Select
                            label="Works until"
                            name="expires"
                            choices=lives
                            value=state.typed("expires").unwrap_or_else(|| "90".to_owned())
                            error=state.error("expiresAt")
                        />
                    </div>
                </Card>
                <Card>
                    <fieldset class="space-y-3">
                        <legend class="text-base font-semibold">"Scopes"</legend>
                        {wrong_scopes.map(|error| view! { <Alert tone=Tone::Bad><p>{error}</p></Alert> })}
                        <div class="grid gap-x-6 gap-y-2 sm:grid-cols-2">{scopes.collect_view()}</div>
                    </fieldset>
                </Card>
                <div class="flex flex-wrap gap-2">
                    <Button>"Create API key"</Button>
                    <ButtonLink href="/console/keys" kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}

const fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::AgentsRead => "Read agents.",
        Scope::AgentsWrite => "Create, change and revoke agents.",
        Scope::Authorize => "Ask for decisions about any agent you answer for.",
        Scope::AuditRead => "Read the audit log.",
        Scope::UsersRead => "Read people.",
        Scope::KeysWrite => "List, create and revoke API keys.",
        Scope::Metrics => "Read metrics.",
    }
}
