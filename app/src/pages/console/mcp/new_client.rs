//! Registering a client.

use crate::components::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Field, PageHeader, Select, TextArea,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::FormAlert;
use crate::server_fns::clients::{CREATE_FORM, GRANTS};
use leptos::prelude::*;

/// `/console/clients/new`
#[component]
pub fn NewClient() -> impl IntoView {
    console_page(Section::Mcp, "New client", |here, _| async move {
        let state = FormState::of(&here, CREATE_FORM);
        Ok(view! {
            <PageHeader
                title="New client"
                hint="An app that signs people in, a program that acts for itself, or a server that looks into tokens."
                back=("/console/clients".to_owned(), "Clients")
            />
            <FormAlert state=state.clone() />
            <form method="post" action="/_fn/clients/create" class="space-y-6">
                {who(state.clone())}
                {what(state)}
                <div class="flex flex-wrap gap-2">
                    <Button>"Register client"</Button>
                    <ButtonLink href="/console/clients" kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}

fn who(state: FormState) -> impl IntoView {
    let methods = vec![
        Choice::new("none", "Not at all: on people's devices or in their browser"),
        Choice::new("client_secret_basic", "By a secret, in the Authorization header"),
        Choice::new("client_secret_post", "By a secret, in the body"),
        Choice::new("private_key_jwt", "By signing with its own key"),
    ];
    view! {
        <Card>
            <div class="grid gap-5 sm:grid-cols-2">
                <Field
                    label="Name"
                    name="name"
                    value=state.value("name")
                    max=100
                    error=state.error("name")
                    hint="What people are shown when they are asked."
                />
                <Select
                    label="How it proves who it is"
                    name="auth"
                    choices=methods
                    value=state.value("auth")
                    hint="A secret is shown once, on the next page."
                />
                <div class="sm:col-span-2">
                    <TextArea
                        label="Redirect URIs"
                        name="redirects"
                        value=state.value("redirects")
                        error=state.error("redirectUris")
                        hint="Where answers may go, one on each line. The port of http://127.0.0.1/ is free."
                        optional=true
                    />
                </div>
                <Field
                    label="Address of its keys"
                    name="jwks_uri"
                    value=state.value("jwks_uri")
                    max=2048
                    error=state.error("jwksUri").or(state.error("authMethod"))
                    hint="Only for an app that signs: https, a JSON Web Key Set."
                    optional=true
                    as_is=true
                />
            </div>
        </Card>
    }
}

fn what(state: FormState) -> impl IntoView {
    let chosen = state.typed("grants").unwrap_or_else(|| "people".to_owned());
    let grants = GRANTS.map(|(name, _)| {
        let (label, hint) = match name {
            "people" => ("Signs people in", "A person agrees, and it stays connected by refresh tokens."),
            "itself" => ("Acts for itself", "It proves who it is and gets tokens without a person."),
            _ => ("Runs on a device", "A person types a code on another screen."),
        };
        let checked = chosen.split(' ').any(|one| one == name);
        view! { <Checkbox name="grants[]" value=name label hint checked /> }
    });
    let wrong = state.error("grantTypes").map(|error| view! { <p class="error">{error}</p> });
    view! {
        <Card>
            <div class="space-y-5">
                <fieldset class="space-y-3">
                    <legend class="text-base font-semibold">"What it does"</legend>
                    {wrong}
                    <div class="grid gap-x-6 gap-y-2 sm:grid-cols-3">{grants.collect_view()}</div>
                </fieldset>
                <div class="grid gap-5 sm:grid-cols-2">
                    <Field
                        label="Scopes it may ask for"
                        name="scope"
                        value=state.value("scope")
                        max=2048
                        error=state.error("scope")
                        hint="With spaces between. Left empty, it may ask for all there are."
                        optional=true
                        as_is=true
                    />
                    <TextArea
                        label="Servers whose tokens it looks into"
                        name="introspects"
                        value=state.value("introspects")
                        error=state.error("introspects")
                        hint="For an MCP server that asks Kavach about tokens: its own address."
                        optional=true
                    />
                </div>
            </div>
        </Card>
    }
}
