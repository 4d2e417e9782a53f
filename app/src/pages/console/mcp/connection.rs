//! One try of a client, step by step.

use super::super::id;
use super::{badges, client_page};
use crate::components::{Alert, Card, Description, Icon, Item, Mono, PageHeader, Time, Tone};
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::segment;
use kavach_model::trace::{StepResult, TraceDetail, TraceStep};
use leptos::prelude::*;

/// `/console/connections/:id`
#[component]
pub fn Connection() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Mcp, "Connection", move |here, _| async move {
        let found = kavach_service::oauth::trace::get(&here.kv, &here.cx, id(&asked)?).await?;
        let outcome = found.trace.outcome;
        let name = found.trace.client_name.clone().or_else(|| found.trace.client_id.clone());
        let title =
            format!("Connection of {}", name.unwrap_or_else(|| "a client that is not named".to_owned()));
        let missing = badges::missing(outcome).map(never);
        let facts = facts(&found);
        let steps = found.steps.into_iter().map(step).collect_view();
        Ok(view! {
            <PageHeader title=title back=("/console/connections".to_owned(), "Connections") />
            <Card>{facts}</Card>
            <Card title="Step by step">
                <ol class="timeline">{steps} {missing}</ol>
            </Card>
        }
        .into_any())
    })
}

fn facts(found: &TraceDetail) -> impl IntoView + use<> {
    let trace = found.trace.clone();
    let client = trace.client_id.map(|id| {
        let known = trace.client_name.is_some();
        let shown = match known {
            true => view! { <a href=client_page(&id) class="link mono">{id.clone()}</a> }.into_any(),
            false => view! { <Mono text=id /> }.into_any(),
        };
        view! { <Item term="client_id">{shown}</Item> }
    });
    view! {
        <Description>
            <Item term="Outcome">{badges::outcome(trace.outcome)}</Item>
            <Item term="What it tried">{badges::tried(trace.kind)}</Item>
            {client}
            <Item term="Began"><Time at=trace.created_at /></Item>
            <Item term="From"><Mono text=trace.network /></Item>
        </Description>
    }
}

fn step(step: TraceStep) -> impl IntoView {
    let (class, icon, heard) = match step.result {
        StepResult::Fine => ("timeline-good", Icon::Check, "Fine: "),
        StepResult::Waits => ("timeline-wait", Icon::Onward, "Waits: "),
        StepResult::Failed => ("timeline-bad", Icon::Warning, "Failed: "),
    };
    let values = step.detail.into_iter().map(|(name, value)| {
        view! { <dt class="text-muted">{name}</dt> <dd class="min-w-0"><Mono text=value /></dd> }
    });
    let values = values.collect::<Vec<_>>();
    let values = (!values.is_empty()).then(|| {
        view! { <dl class="mt-2 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">{values}</dl> }
    });
    let audit = with_query("/console/connections", &[("request", &step.request_id)]);
    view! {
        <li class=class>
            {icon.view()}
            <div class="min-w-0">
                <p class="font-medium"><span class="sr-only">{heard}</span>{step.sentence}</p>
                {values}
                <p class="mt-1 text-xs text-muted">
                    <Time at=step.at /> " · request " <a href=audit class="link mono">{step.request_id}</a>
                </p>
            </div>
        </li>
    }
}

/// What nobody did.
fn never(text: &'static str) -> impl IntoView {
    view! {
        <li class="timeline-bad">
            {Icon::Warning.view()}
            <div class="min-w-0"><Alert tone=Tone::Warn title="Then nothing came"><p>{text}</p></Alert></div>
        </li>
    }
}
