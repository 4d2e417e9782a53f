//! Adding a server that tokens are for.

use crate::components::{Button, ButtonKind, ButtonLink, Card, Field, PageHeader, TextArea};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::FormAlert;
use crate::server_fns::resources::CREATE_FORM;
use leptos::prelude::*;

/// `/console/resources/new`
#[component]
pub fn NewServer() -> impl IntoView {
    console_page(Section::Mcp, "Add a server", |here, _| async move {
        let state = FormState::of(&here, CREATE_FORM);
        Ok(view! {
            <PageHeader
                title="Add a server"
                hint="An MCP server or an API that takes tokens of this one."
                back=("/console/resources".to_owned(), "Servers")
            />
            <FormAlert state=state.clone() />
            <form method="post" action="/_fn/resources/create" class="space-y-6">
                <Card>
                    <div class="grid gap-5 sm:grid-cols-2">
                        <Field
                            label="Address"
                            name="address"
                            value=state.value("address")
                            max=2048
                            error=state.error("address")
                            hint="As clients are given it, like https://mcp.example.com/mcp. It is the audience of its tokens."
                            as_is=true
                        />
                        <Field
                            label="Name"
                            name="name"
                            value=state.value("name")
                            max=100
                            error=state.error("name")
                            hint="What people are shown when they are asked."
                        />
                        <div class="sm:col-span-2">
                            <TextArea
                                label="Scopes"
                                name="scopes"
                                value=state.value("scopes")
                                error=state.error("offered")
                                hint="One on each line: its name, a space, what it allows. With + before it, clients get it that ask for none: +notes:read Read your notes"
                                optional=true
                            />
                        </div>
                        <Field
                            label="Permissions below"
                            name="root"
                            value=state.value("root")
                            max=512
                            error=state.error("permissionRoot")
                            hint="For agents: what its scopes hang below, like mcp:notes. Left empty, it is made of the host."
                            optional=true
                            as_is=true
                        />
                    </div>
                </Card>
                <div class="flex flex-wrap gap-2">
                    <Button>"Add the server"</Button>
                    <ButtonLink href="/console/resources" kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </div>
            </form>
        }
        .into_any())
    })
}
