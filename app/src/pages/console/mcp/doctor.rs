//! Looking at a server as its clients do, and what to change.

use super::Part;
use crate::components::{Alert, Badge, Button, Card, CodeBlock, Field, Icon, PageHeader, Time, Tone};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::{FormAlert, query};
use crate::server_fns::doctor::FORM;
use kavach_service::oauth::doctor::{self, Examined, Gravity, Shown};
use leptos::prelude::*;

/// `/console/doctor`
#[component]
pub fn Doctor() -> impl IntoView {
    let (report, address) = (query("report"), query("address"));
    console_page(Section::Mcp, "Doctor", move |here, _| async move {
        let state = FormState::of(&here, FORM);
        let examined = match report.as_str() {
            "" => None,
            report => Some(doctor::read(&here.kv, &here.cx, report).await?),
        };
        let looked_at = examined.as_ref().map(|examined| examined.address.clone());
        let value = state.typed("address").or(looked_at).unwrap_or(address);
        let shown = match examined {
            Some(examined) => report_of(examined).into_any(),
            None => ().into_any(),
        };
        Ok(view! {
            <PageHeader
                title="Doctor"
                hint="Looks at an MCP server the way the known clients do, step by step, and says what to change. Nothing is registered and no token is asked for."
            />
            {Part::Doctor.tabs()}
            <FormAlert state=state.clone() />
            <Card>
                <form method="post" action="/_fn/doctor/run" class="flex flex-wrap items-start gap-3">
                    <div class="min-w-64 grow">
                        <Field
                            label="Address of the server"
                            name="address"
                            value=value
                            max=1024
                            error=state.error("address")
                            hint="Like https://mcp.example.com/mcp"
                            as_is=true
                        />
                    </div>
                    <div class="sm:pt-6.5"><Button>"Examine"</Button></div>
                </form>
            </Card>
            {shown}
            {about()}
        }
        .into_any())
    })
}

fn about() -> impl IntoView {
    view! {
        <Card title="The same from the command line" hint="There it reaches whatever that machine reaches. From here a server on a private network is reached only if outbound.allow_private_hosts names it.">
            <CodeBlock label="The command" code="kavach doctor https://mcp.example.com/mcp" />
        </Card>
    }
}

fn report_of(examined: Examined) -> impl IntoView {
    let (tone, title, text) = match examined.gravest() {
        Gravity::Fine => (Tone::Good, "Clients get through", "Everything is as it should be."),
        Gravity::Warning => {
            (Tone::Warn, "Some clients stumble", "Most get through; change what is marked, and all do.")
        }
        Gravity::Problem => {
            (Tone::Bad, "Clients do not get through", "Change what is marked as a problem first.")
        }
    };
    let at = examined.at;
    let findings = examined.findings.into_iter().map(finding).collect_view();
    view! {
        <Alert tone title><p>{text}</p></Alert>
        <Card title="What was found">
            <p class="mb-4 text-sm text-muted">"Looked at " <Time at /></p>
            <ol class="timeline">{findings}</ol>
        </Card>
    }
}

fn finding(found: Shown) -> impl IntoView {
    let (class, icon, badge) = match found.gravity {
        Gravity::Fine => ("timeline-good", Icon::Check, view! { <Badge tone=Tone::Good text="Fine" /> }),
        Gravity::Warning => ("timeline-wait", Icon::Info, view! { <Badge tone=Tone::Warn text="Warning" /> }),
        Gravity::Problem => {
            ("timeline-bad", Icon::Warning, view! { <Badge tone=Tone::Bad text="Problem" /> })
        }
    };
    let change = found.change.map(|change| {
        view! { <p class="mt-1 break-words"><b class="font-medium">"To change: "</b>{change}</p> }
    });
    view! {
        <li class=class>
            {icon.view()}
            <div class="min-w-0">
                <p class="break-words">{found.found}</p>
                {change}
                <p class="mt-1 flex flex-wrap items-center gap-2">
                    {badge} <span class="mono text-muted">{found.code}</span>
                </p>
            </div>
        </li>
    }
}
