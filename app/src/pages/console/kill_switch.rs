//! Stopping at once: one's own agents, and for administrators a resource or everything.

use super::names::Names;
use crate::components::{
    Ago, Button, ButtonKind, Card, Choice, Column, Field, HiddenField, Mono, PageHeader, Select, Table, WIDE,
};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::pages::FormAlert;
use crate::server_fns::kill_switch::FORM;
use kavach_model::Timestamp;
use kavach_model::kill_switch::Stop;
use leptos::prelude::*;

/// `/console/kill-switch`
#[component]
pub fn KillSwitch() -> impl IntoView {
    console_page(Section::KillSwitch, "Kill switch", |here, _| async move {
        let state = FormState::of(&here, FORM);
        let admin = here.cx.is_admin();
        let stops = match admin {
            true => kavach_service::agent::kill_switch::list(&here.kv, &here.cx).await?,
            false => Vec::new(),
        };
        let names = Names::of(&here, stops.iter().filter_map(|stop| stop.created_by)).await;
        let now = here.now();
        let held = admin.then(|| held(stops, &names, now));
        let hold = admin.then(|| hold(&state));
        Ok(view! {
            <PageHeader
                title="Kill switch"
                hint="Stops at once, on every replica. You are asked for your password unless you gave it just now."
            />
            <FormAlert state=state.clone() />
            {held}
            <div class="grid items-start gap-6 md:grid-cols-2 xl:grid-cols-3">
            <Card title="Your agents" hint="Every agent you answer for, with those below them.">
                <form method="post" action="/_fn/kill-switch/mine" class="space-y-5">
                    <Select
                        label="How"
                        name="how"
                        choices=vec![
                            Choice::new("suspend", "For now: each can be resumed"),
                            Choice::new("revoke", "For good: nothing brings them back"),
                        ]
                        value=state.value("how")
                    />
                    <Button kind=ButtonKind::Danger>"Stop all my agents"</Button>
                </form>
            </Card>
            {hold}
            </div>
        }
        .into_any())
    })
}

/// What is stopped now.
fn held(stops: Vec<Stop>, names: &Names, now: Timestamp) -> AnyView {
    if stops.is_empty() {
        return view! {
            <Card title="Stopped now"><p class="text-sm text-muted">"Nothing is stopped on any resource."</p></Card>
        }
        .into_any();
    }
    let row = |stop: Stop| {
        let everything = stop.resource.as_str() == "*";
        let what = match everything {
            true => view! { <b>"Everything"</b> }.into_any(),
            false => view! { <Mono text=stop.resource.as_str() /> }.into_any(),
        };
        let who = stop.created_by.map(|who| names.name(who));
        view! {
            <tr class="*:align-middle">
                <td>{what}</td>
                <td class=WIDE>{who}</td>
                <td><Ago at=stop.created_at now /></td>
                <td class="text-end">
                    <form method="post" action="/_fn/kill-switch/lift">
                        <HiddenField name="stop" value=stop.id.to_string() />
                        <Button kind=ButtonKind::Secondary>
                            "Lift" <span class="sr-only">{format!(" the stop of {}", stop.resource)}</span>
                        </Button>
                    </form>
                </td>
            </tr>
        }
    };
    let rows = stops.into_iter().map(row).collect_view();
    let columns = vec![
        Column::new("Resource"),
        Column::wide("Stopped by"),
        Column::new("When"),
        Column::silent("Lift"),
    ];
    view! {
        <Card title="Stopped now" hint="Every check on these is denied, whoever's agent asks." flush=true>
            <Table caption="What is stopped now, newest first" columns>
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
    .into_any()
}

/// The forms of administrators.
fn hold(state: &FormState) -> impl IntoView + use<> {
    let (resource, resource_error) = (state.value("resource"), state.error("resource"));
    let (confirm, confirm_error) = (state.value("confirm"), state.error("confirm"));
    view! {
            <Card title="A resource" hint="Whatever any agent wants to do there, until you lift it.">
                <form method="post" action="/_fn/kill-switch/resource" class="space-y-5">
                    <Field
                        label="Resource pattern"
                        name="resource"
                        value=resource
                        max=512
                        hint="Like mcp:deploy:* for everything below mcp:deploy."
                        error=resource_error
                    />
                    <Button kind=ButtonKind::Danger>"Stop this resource"</Button>
                </form>
            </Card>
            <Card title="Everything" hint="Every check of every agent is denied until you lift it.">
                <form method="post" action="/_fn/kill-switch/all" class="space-y-5">
                    <Field
                        label="Type EVERYTHING to confirm"
                        name="confirm"
                        value=confirm
                        max=20
                        error=confirm_error
                    />
                    <Button kind=ButtonKind::Danger>"Stop everything"</Button>
                </form>
            </Card>
    }
}
