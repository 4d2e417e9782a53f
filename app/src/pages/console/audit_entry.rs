//! One record of the audit log, with every attribute it has.

use super::chain::chain;
use super::id;
use super::names::Names;
use super::playground;
use crate::components::{
    ButtonKind, Card, CodeBlock, Description, Disclosure, Item, Mono, PageHeader, Time, VerdictBadge,
    button_class,
};
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::segment;
use kavach_model::PrincipalId;
use kavach_model::audit::{AuditEvent, AuditKind, AuditRecord};
use leptos::prelude::*;

const LIST: &str = "/console/audit";
/// How the address of the list begins when it is filtered, or not at its first page.
const FILTERED: &str = "/console/audit?";

/// `/console/audit/:id`
#[component]
pub fn AuditEntry() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Audit, "Audit record", move |here, _| async move {
        let record = kavach_service::audit::get(&here.kv, &here.cx, id(&asked)?).await?;
        let event = &record.event;
        let denied_at = event.denied_at.map(PrincipalId::Agent);
        let names = Names::of(&here, event.chain.iter().copied().chain(denied_at)).await;
        // Back to the list as it was filtered.
        let list = here.came_from().map(|page| page.to_string()).filter(|page| page.starts_with(FILTERED));
        let back = (list.unwrap_or_else(|| LIST.to_owned()), "Audit");
        let json = serde_json::to_string_pretty(&record).unwrap_or_default();
        Ok(view! {
            <PageHeader title=format!("Record {}", record.seq) back />
            <Card>
                <div class="space-y-6">
                    {attributes(&record, &names)}
                    <Disclosure summary="As JSON">
                        <CodeBlock label="The record as JSON" code=json />
                    </Disclosure>
                </div>
            </Card>
        }
        .into_any())
    })
}

/// Every attribute of a record, and where to go on from it.
fn attributes(record: &AuditRecord, names: &Names) -> impl IntoView + use<> {
    let event = &record.event;
    let (at, kind, verdict) = (event.at, event.kind, event.verdict);
    let why = (kind == AuditKind::Decision).then(|| event.reason_code.sentence());
    let path = (!event.chain.is_empty()).then(|| {
        let path = chain(&event.chain, names);
        view! { <Item term="Through">{path}</Item> }
    });
    let denied_at = event.denied_at.map(|id| {
        let name = names.name(PrincipalId::Agent(id));
        view! { <Item term="Denied at"><a href=format!("/console/agents/{id}") class="link">{name}</a></Item> }
    });
    let approval = event.approval_id.map(|id| {
        view! { <Item term="Approval"><a href=format!("/console/approvals/{id}") class="link mono">{id.to_string()}</a></Item> }
    });
    let more = more(event);
    let facts = facts(record).into_iter().map(|(term, value)| {
        view! { <Item term=term><Mono text=value /></Item> }
    });
    view! {
        <div class="space-y-4">
            <Description>
                <Item term="Time"><Time at /></Item>
                <Item term="Result">
                    <span class="flex flex-wrap items-center gap-2">
                        <VerdictBadge kind verdict />
                        {why}
                    </span>
                </Item>
                {path}
                {denied_at}
                {approval}
                {facts.collect_view()}
            </Description>
            <p class="flex flex-wrap gap-x-5 gap-y-1 text-sm">{more}</p>
            {verify(record)}
        </div>
    }
}

/// The same below a row of the list, which shows the rest; `close` is the way back to the row alone.
pub(super) fn in_short(record: &AuditRecord, close: AnyView) -> impl IntoView + use<> {
    let event = &record.event;
    let why = (event.kind == AuditKind::Decision).then(|| event.reason_code.sentence());
    let approval = event
        .approval_id
        .map(|id| view! { <a href=format!("/console/approvals/{id}") class="link">"The approval"</a> });
    let denied_at = event
        .denied_at
        .map(|id| view! { <a href=format!("/console/agents/{id}") class="link">"Where it was denied"</a> });
    let facts = facts(record).into_iter().map(|(term, value)| view! { <dt>{term}</dt><dd>{value}</dd> });
    view! {
        <p class="pb-3 text-sm">{why}</p>
        <dl class="facts">{facts.collect_view()}</dl>
        <p class="flex flex-wrap gap-x-5 gap-y-1 pt-3 text-sm">{more(event)} {approval} {denied_at} {close}</p>
        {verify(record)}
    }
}

/// Lets script check the record against the signed state of the log.
fn verify(record: &AuditRecord) -> impl IntoView + use<> {
    view! {
        <div class="mt-4">
            <button
                type="button"
                hidden
                data-verify=record.id.to_string()
                data-seq=record.seq.to_string()
                data-leaf=record.leaf_hash.clone()
                class=button_class(ButtonKind::Secondary)
            >
                "Verify in this browser"
            </button>
        </div>
    }
}

fn facts(record: &AuditRecord) -> Vec<(&'static str, String)> {
    let event = &record.event;
    let chain: Vec<String> = event.chain.iter().map(ToString::to_string).collect();
    let delegations: Vec<String> = event.delegations.iter().map(ToString::to_string).collect();
    let optional = [
        ("Who asked", event.actor_id.map(|id| id.to_string())),
        ("Agent", event.agent_id.map(|id| id.to_string())),
        ("Chain", Some(chain.join(" \u{25b8} ")).filter(|chain| !chain.is_empty())),
        ("Delegations", Some(delegations.join(", ")).filter(|all| !all.is_empty())),
        ("Person", event.user_id.map(|id| id.to_string())),
        ("Session", event.session_id.map(|id| id.to_string())),
        ("Token or key", event.token_id.clone()),
        ("Action", event.action.clone()),
        ("Resource", event.resource.clone()),
        ("Arguments, SHA-256", event.arguments_digest.clone()),
        ("Context", event.context.as_ref().and_then(|context| serde_json::to_string(context).ok())),
        ("Decided by", event.matched.as_ref().map(ToString::to_string)),
        ("Permissions revision", event.revision.map(|revision| revision.to_string())),
        ("Address", event.ip.clone()),
        ("Program", event.user_agent.clone()),
        ("Took", event.latency_us.map(|latency| format!("{latency} µs"))),
    ];
    let known = optional.into_iter().filter_map(|(term, value)| Some((term, value?)));
    let first =
        [("Event", event.kind.as_str().to_owned()), ("Reason", event.reason_code.as_str().to_owned())];
    let last = [
        ("Request", event.request_id.clone()),
        ("Record", record.id.to_string()),
        ("Number", record.seq.to_string()),
        ("Leaf hash", record.leaf_hash.clone()),
    ];
    first.into_iter().chain(known).chain(last).collect()
}

/// Links to what is like this record.
fn more(event: &AuditEvent) -> impl IntoView + use<> {
    let only = |name: &str, value: String| with_query(LIST, &[(name, &value)]);
    let links = [
        event.actor_id.map(|id| (only("actor", id.to_string()), "Only this actor")),
        event.resource.clone().map(|resource| (only("resource", resource), "Only this resource")),
        playground::again(event).map(|href| (href, "Try this")),
        event.agent_id.map(|id| (only("subtree", id.to_string()), "Only this subtree")),
        Some((only("reason", event.reason_code.as_str().to_owned()), "Only this reason")),
        event.agent_id.map(|id| (format!("/console/agents/{id}"), "The agent")),
    ];
    links
        .into_iter()
        .flatten()
        .map(|(href, text)| view! { <a href=href class="pivot">{text}</a> })
        .collect_view()
}
